# SPDX-License-Identifier: GPL-3.0-or-later
"""Editing from outside: real keys and clicks on copies of the demo databases, and what then stands in the file."""
import os
import shutil
import signal
import sqlite3
import tempfile
import unittest

from driver import drag, find, keys, must, type_text, until
from places import SCRATCH, demo, record, start, table_of, unnamed


class Editing(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(dir=SCRATCH)

    def copy_of(self, system):
        self.path = os.path.join(tempfile.mkdtemp(dir=SCRATCH), system + ".db")
        shutil.copy(demo(system), self.path)
        return self.path

    def stored(self, sql, *values):
        with sqlite3.connect(self.path) as reader:
            return reader.execute(sql, values).fetchone()[0]

    def change(self, sql, *values):
        """As the application does it, beside us."""
        writer = sqlite3.connect(self.path, timeout=10)
        writer.execute(sql, values)
        writer.commit()
        writer.close()

    def go_to(self, rows, row, name):
        """The cell becomes the current one, by keys."""
        place = rows.column_names().index(name)
        keys("F3", "ctrl+Home", "Home", *["Down"] * row, *["Right"] * place)
        until(lambda: rows.cell(row, place).is_focused, "the focus in %s of line %d" % (name, row))
        return place

    def write(self, text):
        """Into the current cell. Qt shows no editor in the tree of a table: what comes of it is looked at afterwards."""
        keys("ctrl+e", "ctrl+a")
        type_text(text)
        keys("Return")

    def dialog(self, program, title):
        return until(lambda: next((n for n in program.application().children() if n.role in ("dialog", "alert") and n.is_showing and n.name.startswith(title)), None),
                     lambda: "the dialog %r among %r" % (title, [n.name for n in program.application().children()]))

    def save(self, window, rows=1):
        keys("ctrl+s")
        must(window, role="push button", name="Save 1 row" if rows == 1 else "Save %d rows" % rows).press()

    def test_an_edit_is_undone_redone_and_saved(self):
        with start("--view", "agents", self.copy_of("mindgames-arena"), home=self.home) as program:
            window = program.window()
            rows = table_of(window, "agents")
            place = self.go_to(rows, 1, "alias")
            before, key = rows.cell(1, place).name, rows.cell(1, 0).name
            self.write("Ruddy")
            until(lambda: rows.cell(1, place).name == "Ruddy", "the new alias in its place")
            until(lambda: record(window).get("alias") == "Ruddy", "the new alias in the record")
            must(window, role="push button", name="1 row edited · Review")
            self.assertEqual(self.stored("SELECT alias FROM agents WHERE id = ?", key), before)
            keys("ctrl+z")
            until(lambda: rows.cell(1, place).name == before, "the alias as before")
            until(lambda: find(window, role="push button", name="1 row edited · Review") is None, "nothing staged")
            keys("ctrl+shift+z")
            until(lambda: rows.cell(1, place).name == "Ruddy", "the new alias again")
            self.save(window)
            until(lambda: self.stored("SELECT alias FROM agents WHERE id = ?", key) == "Ruddy", "the new alias in the file")
            until(lambda: find(window, role="push button", name="1 row edited · Review") is None, "nothing staged after the save")
            self.assertEqual(unnamed(window), [])

    def test_a_rule_is_named_and_a_choice_is_taken(self):
        with start("--view", "payloads", self.copy_of("llm-orchestration"), home=self.home) as program:
            window = program.window()
            rows = table_of(window, "payloads")
            place = self.go_to(rows, 0, "temperature")
            before = rows.cell(0, place).name
            self.write("1.5")
            must(window, role="label", name=lambda n: n.startswith("A temperature is between 0 and 1."))
            self.assertEqual(rows.cell(0, place).name, before)
            place = self.go_to(rows, 0, "model_format")
            before = rows.cell(0, place).name
            keys("ctrl+e", "Down" if before == "default" else "Up", "Return")
            until(lambda: rows.cell(0, place).name not in ("", before), lambda: "another format than " + before)
            chosen, key = rows.cell(0, place).name, rows.cell(0, 0).name
            self.save(window)
            until(lambda: self.stored("SELECT model_format FROM payloads WHERE id = ?", key) == chosen, "the format that was chosen")

    def test_a_conflict_is_merged(self):
        with start("--view", "games", self.copy_of("mindgames-arena"), home=self.home) as program:
            window = program.window()
            rows = table_of(window, "games")
            place = self.go_to(rows, 0, "total_turns")
            key = rows.cell(0, 0).name
            self.write("77")
            until(lambda: rows.cell(0, place).name == "77", "77 turns")
            self.change("UPDATE games SET total_turns = 55 WHERE id = ?", key)
            self.save(window)
            fields = must(window, role="tree", name="Fields that differ")
            until(lambda: fields.rows() == 1 and fields.cell(0, 0).name == "total_turns" and fields.cell(0, 2).name == "55" and fields.cell(0, 3).name == "77", "stored now and mine")
            self.assertEqual(self.stored("SELECT total_turns FROM games WHERE id = ?", key), 55) # nothing overwritten unseen
            self.assertEqual(unnamed(window), [])
            must(window, role="push button", name="Use the merge").press()
            must(window, role="push button", name="Save 1 row").press()
            until(lambda: self.stored("SELECT total_turns FROM games WHERE id = ?", key) == 77, "mine, after it was chosen")

    def test_a_prompt_is_forked(self):
        with start("--view", "prompts", self.copy_of("mindgames-arena"), home=self.home) as program:
            window = program.window()
            rows = table_of(window, "prompts")
            self.go_to(rows, 0, "content")
            key = rows.cell(0, 0).name
            before = self.stored("SELECT content FROM prompts WHERE id = ?", key)
            keys("ctrl+e")
            large = self.dialog(program, "Edit content of")
            text = must(large, role="text", name="Value of content")
            until(lambda: text.is_focused and text.text == before, "the prompt in the large editor")
            self.assertEqual(unnamed(large), [])
            keys("ctrl+End")
            type_text(" Say less.")
            must(large, role="push button", name="Stage").press()
            fork = self.dialog(program, "Fork")
            self.assertEqual(unnamed(fork), [])
            must(fork, role="push button", name="Fork").press()
            must(window, role="push button", name="1 row edited · Review")
            self.save(window)
            until(lambda: self.stored("SELECT count(*) FROM prompts WHERE content = ? AND forked_from = ?", before + " Say less.", key) == 1, "the fork, which points to its parent")
            self.assertEqual(self.stored("SELECT content FROM prompts WHERE id = ?", key), before)

    def test_a_block_is_moved(self):
        path = self.copy_of("llm-orchestration")
        payload = self.stored("SELECT payload_id FROM payload_blocks GROUP BY payload_id HAVING count(*) > 2 LIMIT 1")

        def order():
            return self.stored("SELECT group_concat(block_id) FROM (SELECT block_id FROM payload_blocks WHERE payload_id = ? ORDER BY order_index)", payload).split(",")

        before = order()
        with start("--view", "payload_blocks", path, home=self.home) as program:
            window = program.window()
            rows = table_of(window, "payload_blocks")
            keys("ctrl+f")
            type_text("payload_id = %s" % payload)
            keys("Return")
            until(lambda: rows.rows() == len(before), "the blocks of payload %s" % payload)
            place = self.go_to(rows, 0, "order_index")
            keys("ctrl+shift+Down")
            until(lambda: rows.cell(0, place).name == "1" and rows.cell(1, place).name == "0", "the first two to change places")
            keys("ctrl+z")
            until(lambda: rows.cell(0, place).name == "0", "the order as before, after one undo")
            keys("ctrl+shift+z")
            self.save(window, rows=2)
            until(lambda: order() == [before[1], before[0]] + before[2:], "the new order in the file")

    def test_a_block_is_dragged(self):
        path = self.copy_of("llm-orchestration")
        payload = self.stored("SELECT payload_id FROM payload_blocks GROUP BY payload_id HAVING count(*) > 2 LIMIT 1")
        sql = "SELECT group_concat(block_id) FROM (SELECT block_id FROM payload_blocks WHERE payload_id = ? ORDER BY order_index)"
        before = self.stored(sql, payload).split(",")
        with start("--view", "payload_blocks", path, home=self.home) as program:
            window = program.window()
            rows = table_of(window, "payload_blocks")
            keys("ctrl+f")
            type_text("payload_id = %s" % payload)
            keys("Return")
            until(lambda: rows.rows() == len(before), "the blocks of payload %s" % payload)
            place = self.go_to(rows, 0, "order_index")
            keys("ctrl+Up")
            must(window, role="label", name=lambda n: "ordered by order_index" in n)
            blocks = rows.column_names().index("block_id")
            until(lambda: [rows.cell(row, blocks).name for row in range(len(before))] == before, "the blocks in their order")
            x, y, width, height = rows.cell(0, place).box
            last = rows.cell(len(before) - 1, place).box
            drag((x + width // 2, y + height // 2), (x + width // 2, last[1] + height - 3))
            after = before[1:] + before[:1]
            until(lambda: [rows.cell(row, blocks).name for row in range(len(before))] == after, "the first block behind the last")
            self.save(window, rows=len(before))
            until(lambda: self.stored(sql, payload).split(",") == after, "the new order in the file")

    def test_a_delete_takes_along_what_it_says(self):
        with start("--view", "games", self.copy_of("mindgames-arena"), home=self.home) as program:
            window = program.window()
            rows = table_of(window, "games")
            self.go_to(rows, 0, "id")
            key = rows.cell(0, 0).name
            counts = {table: self.stored("SELECT count(*) FROM %s WHERE game_id = ?" % table, key) for table in ("game_players", "game_turns")}
            calls = self.stored("SELECT count(*) FROM llm_calls WHERE game_turn_id IN (SELECT id FROM game_turns WHERE game_id = ?)", key)
            all_calls = self.stored("SELECT count(*) FROM llm_calls")
            keys("ctrl+Delete")
            dialog = self.dialog(program, "Delete games " + key)
            words = until(lambda: next((n.name for n in dialog.walk() if n.role == "label" and "game_turns" in n.name), None), "what goes along")
            for table, count in dict(counts, llm_calls=calls).items():
                self.assertIn("%d rows of %s" % (count, table), words)
            self.assertEqual(unnamed(dialog), [])
            must(dialog, role="push button", name="Delete").press()
            must(window, role="push button", name="1 row edited · Review")
            self.assertEqual(self.stored("SELECT count(*) FROM games WHERE id = ?", key), 1)
            self.save(window)
            until(lambda: self.stored("SELECT count(*) FROM games WHERE id = ?", key) == 0, "the game to be gone")
            self.assertEqual(self.stored("SELECT count(*) FROM game_turns WHERE game_id = ?", key), 0)
            self.assertEqual(self.stored("SELECT count(*) FROM llm_calls"), all_calls - calls)

    def test_edits_survive_a_kill(self):
        path = self.copy_of("mindgames-arena")
        with start("--view", "games", path, home=self.home) as program:
            window = program.window()
            rows = table_of(window, "games")
            self.go_to(rows, 0, "winning_team")
            keys("ctrl+alt+n")
            must(window, role="push button", name="1 row edited · Review")
            os.kill(program.process.pid, signal.SIGKILL)
            program.process.wait()
        with start("--view", "games", path, home=self.home) as program:
            window = program.window()
            must(window, role="push button", name="1 row edited · Review")
            must(window, role="label", name=lambda n: "edits from last time" in n)
            rows = table_of(window, "games")
            until(lambda: rows.cell(0, rows.column_names().index("winning_team")).name == "NULL", "NULL in its place")
            self.assertIsNotNone(self.stored("SELECT count(winning_team) FROM games"))
