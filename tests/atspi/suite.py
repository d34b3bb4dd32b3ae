# SPDX-License-Identifier: GPL-3.0-or-later
"""The window as a user without a mouse, or without a screen, meets it. Run by run.sh; see README.md."""
import contextlib
import json
import os
import sqlite3
import sys
import tempfile
import unittest

import lenses
from driver import Atspi, find, keys, must, type_text, until
from editing import Editing  # noqa: F401: unittest finds it here
from keptfolders import Places  # noqa: F401: as above
from places import FIELDS, SCRATCH, TREE, cli, column, demo, focus_in, go_down_to, line, record, start, table_of, unnamed

SYSTEMS = ("consensus-engine", "mindgames-arena", "quorum", "llm-orchestration", "project-2501")


def open_and_find(tree, beginnings):
    """Opens the focused line and goes down to the first line that begins so; its name."""
    before = tree.rows()
    here = focus_in(tree).name
    keys("Right")
    until(lambda: tree.rows() > before, "lines below " + here)
    for _ in range(60):
        name = focus_in(tree).name
        if name != here and name.startswith(beginnings):
            return name
        keys("Down")
        until(lambda: focus_in(tree).name != name, "the line below " + name)
    raise AssertionError("no line below %s begins with one of %r" % (here, beginnings))


def deepest(node, above=()):
    """The way down to a deepest row, of those the one with the fewest lines to pass: (names of the group, row, key) for each level."""
    best = (len(above), 0, above)
    for group in node["children"]:
        # The rows of the same table that point to a prompt are its forks.
        names = (group["label"], "Forks") if group["table"] == node["table"] else (group["label"],)
        for place, row in enumerate(group["children"]):
            level, cost, way = deepest(row, above + ((names, row["label"], row["key"]),))
            best = max(best, (level, cost - place, way), key=lambda each: each[:2])
    return best


class Systems(unittest.TestCase):
    """Each demo database: what the window shows is held against what turnstone-cli reads from the same file."""

    def walk_tables(self, system):
        path = demo(system)
        tables = json.loads(cli("info", path, "--json"))["tables"]
        with start(path) as program:
            window = program.window()
            tree = must(window, role="tree", name=TREE)
            until(lambda: tree.rows() >= len(tables) + 2, "%d tables in the tree" % len(tables))
            keys("F2", "Home")
            until(lambda: line(tree) == os.path.basename(path), "the database's own line")
            go_down_to(tree, "Tables and views")
            # Each line in turn, by keyboard alone; Enter opens it.
            for _ in tables:
                before = focus_in(tree).name
                keys("Down")
                until(lambda: focus_in(tree).name != before, "the next line after " + before)
                name = focus_in(tree).name.split(",")[0]
                count = next(t["rows"] for t in tables if t["name"] == name)
                keys("Return")
                if count:
                    rows = table_of(window, name)
                    until(lambda: rows.rows() == count, "%d rows of %s" % (count, name))
                else:
                    until(lambda: find(window, role="label", name="This table has no rows yet."), "the sentence that %s is empty" % name)
                self.check_first_record(path, window, name, count)
                keys("F2")
                until(lambda: line(tree) == name, "the line of " + name)
            self.assertEqual(unnamed(window), [])
            program.check_alive()

    def walk_hierarchy(self, system):
        path = demo(system)
        level, _, way = deepest(json.loads(cli("tree", path, "--depth", "12", "--json")))
        self.assertGreaterEqual(level, 3)
        with start(path) as program:
            window = program.window()
            tree = must(window, role="tree", name=TREE)
            until(lambda: tree.rows() > 3, "the tree")
            keys("F2", "Home")
            until(lambda: line(tree) == os.path.basename(path), "the database's own line")
            go_down_to(tree, way[0][0][0])
            for number, (names, leaf, _) in enumerate(way):
                # A row with one kind of group shows the rows of that group directly.
                if number > 0 and open_and_find(tree, (leaf, *names)).startswith(leaf):
                    continue
                open_and_find(tree, (leaf,))
            keys("Return")
            until(lambda: str(way[-1][2]) in record(window).values(), "the record of " + leaf)
            place = must(window, role="text", name="Path of this place")
            until(lambda: place.text.count("/") >= 1, lambda: "a path to %s, not %r" % (leaf, place.text))
            # What belongs together is found from the record as well.
            until(lambda: must(window, role="tree", name="Related records").rows() > 0, "related records of " + leaf)
            self.assertEqual(unnamed(window), [])
            program.check_alive()

    def check_first_record(self, path, window, name, count):
        if not count:
            return
        rows = table_of(window, name)
        columns = rows.column_names()
        first = dict(zip(columns, (rows.cell(0, c).name for c in range(len(columns)))))
        until(lambda: list(record(window)) == columns, "the fields of " + name)
        keys("F3", "ctrl+Home")
        until(lambda: record(window).get(columns[0]) == first[columns[0]], "the first record of " + name)
        keys("F4", "Home")
        until(lambda: focus_in(must(window, role="tree", name=FIELDS)).name in (columns[0], first[columns[0]]), "the first field")
        # Its value can be read whole and as stored.
        value = must(window, role="text", name="Value of the chosen field")
        until(lambda: value.text == first[columns[0]], lambda: "the value %r, not %r" % (first[columns[0]], value.text))
        stored = json.loads(cli("query", path, 'SELECT "%s" AS v FROM "%s" WHERE CAST("%s" AS TEXT) = :v' % (columns[0], name, columns[0]),
                                "--param", "v=" + value.text, "--format", "json"))
        self.assertTrue(stored, "%s.%s holds no %r" % (name, columns[0], value.text))


for _system in SYSTEMS:
    setattr(Systems, "test_hierarchy_of_" + _system.replace("-", "_"), lambda self, system=_system: self.walk_hierarchy(system))
    setattr(Systems, "test_every_table_of_" + _system.replace("-", "_"), lambda self, system=_system: self.walk_tables(system))


class SystemLenses(lenses.Lenses, unittest.TestCase):
    cli = staticmethod(cli)
    unnamed = staticmethod(unnamed)

    @contextlib.contextmanager
    def opened(self, system):
        path = demo(system)
        with start(path) as program:
            window = program.window()
            until(lambda: must(window, role="tree", name=TREE).rows() > 3, "the tree")
            until(lambda: window.has(Atspi.StateType.ACTIVE), "the keyboard in the window")
            yield path, window
            program.check_alive()


class Keyboard(unittest.TestCase):
    def test_rows_are_walked_and_the_record_follows(self):
        with start("--view", "games", demo("mindgames-arena")) as program:
            window = program.window()
            rows = table_of(window, "games")
            keys("F3", "ctrl+Home")
            ids = column(rows, 0)
            for expected in ids[1:4]:
                keys("Down")
                until(lambda: record(window).get("id") == expected, "the record of game " + expected)
            keys("ctrl+End")
            until(lambda: record(window).get("id") == ids[-1], "the last game")

    def test_the_tree_is_filtered_by_typing(self):
        with start(demo("quorum")) as program:
            window = program.window()
            tree = must(window, role="tree", name=TREE)
            until(lambda: tree.rows() > 5, "the tables")
            before = tree.rows()
            keys("ctrl+l")
            entry = must(window, role="text", name="Filter tables")
            until(lambda: entry.is_focused, "the focus in the filter")
            type_text("citation")
            until(lambda: tree.rows() == 3, "one table below its list")
            self.assertIn("citation", tree.cell(2, 0).name)
            self.assertEqual(unnamed(window), [])
            keys("ctrl+a", "BackSpace")
            until(lambda: tree.rows() == before, "all tables again")

    def test_tables_open_in_tabs_and_close(self):
        with start("--view", "games", demo("mindgames-arena")) as program:
            window = program.window()
            table_of(window, "games")
            keys("F2")
            tree = must(window, role="tree", name=TREE)
            before = focus_in(tree).name
            keys("Down")
            until(lambda: focus_in(tree).name != before, "the next line")
            keys("Return")
            tabs = must(must(window, role="filler", name="Open views"), role="page tab list")
            until(lambda: len([n for n in tabs.walk() if n.role == "page tab"]) == 2, "a second tab")
            keys("ctrl+w")
            until(lambda: len([n for n in tabs.walk() if n.role == "page tab"]) == 1, "one tab")
            table_of(window, "games")

    def test_rows_are_ordered_and_filtered(self):
        path = demo("mindgames-arena")
        with start("--view", "games", path) as program:
            window = program.window()
            rows = table_of(window, "games")
            place = rows.column_names().index("total_turns")
            keys("F3", "ctrl+Home", *["Right"] * place, "ctrl+Up")
            expected = [str(r["total_turns"]) for r in json.loads(cli("query", path, "SELECT total_turns FROM games ORDER BY total_turns, id", "--format", "json"))]
            until(lambda: column(rows, place)[:10] == expected[:10], "the games by their turns")
            keys("ctrl+f")
            keys("ctrl+a")
            type_text("status = failed")
            keys("Return")
            failed = json.loads(cli("query", path, "SELECT count(*) AS n FROM games WHERE status = 'failed'", "--format", "json"))[0]["n"]
            until(lambda: rows.rows() == failed, "%d failed games" % failed)
            must(window, role="push button", name="Remove the filter status = failed").press()
            until(lambda: rows.rows() == len(expected), "all games")

    def test_rows_are_filtered_by_a_value_out_of_all(self):
        path = demo("mindgames-arena")
        with start("--view", "games", path) as program:
            window = program.window()
            rows = table_of(window, "games")
            keys("F3", "ctrl+Home", *["Right"] * rows.column_names().index("status"), "ctrl+shift+v")
            popup = until(lambda: find(program.application(), role="tree", name="Values of status"), "the values")
            counts = {r["status"]: r["n"] for r in json.loads(cli("query", path, "SELECT status, count(*) AS n FROM games GROUP BY status", "--format", "json"))}
            until(lambda: popup.rows() == len(counts), "%d values" % len(counts))
            shown = dict(zip(column(popup, 0), column(popup, 1)))
            self.assertEqual(shown, {status: str(n) for status, n in counts.items()})
            self.assertEqual(unnamed(popup), [])
            keys("Down", "Return")
            second = list(shown)[1]
            until(lambda: rows.rows() == counts[second], "the games with " + second)

    def test_words_are_found_in_a_value(self):
        with start("--view", "prompts", demo("mindgames-arena")) as program:
            window = program.window()
            table_of(window, "prompts")
            keys("F3", "ctrl+Home")
            until(lambda: record(window).get("content"), "the record")
            must(window, role="page tab", name="Text").click()
            value = must(window, role="text", name="Value of the chosen field")
            until(lambda: len(value.text) > 20, "the prompt")
            word = next(w for w in value.text.split() if len(w) > 5 and w.isalpha())
            value.click()
            until(lambda: value.is_focused, "the focus in the value")
            keys("ctrl+f")
            entry = must(window, role="text", name="Find in the value")
            until(lambda: entry.is_focused, "the focus in the field")
            type_text(word)
            must(window, role="label", name=lambda n: n.startswith("1 of "))
            self.assertEqual(unnamed(window), [])
            keys("Escape")
            until(lambda: find(window, role="text", name="Find in the value") is None, "the field to close")

    def test_the_keys_are_shown_on_one_page(self):
        with start(demo("quorum")) as program:
            application = program.application()
            until(lambda: find(program.window(), role="tree", name=TREE), "the window")
            keys("ctrl+F1")
            sheet = until(lambda: next((n for n in application.children() if n.role == "dialog" and n.is_showing), None), "the page of keys")
            until(lambda: find(sheet, role="label", name="Order by this column", showing=False), lambda: "a key among %r" % [n.name for n in sheet.walk()][:40])
            self.assertEqual(unnamed(sheet), [])
            keys("Escape")

    def test_a_reference_is_followed_and_one_comes_back(self):
        path = demo("mindgames-arena")
        with start("--view", "game_players", path) as program:
            window = program.window()
            rows = table_of(window, "game_players")
            place = rows.column_names().index("agent_id")
            keys("F3", "ctrl+Home", "Down", "Down", *["Right"] * place)
            until(lambda: record(window).get("id") == "3", "the third player")
            agent = record(window)["agent_id"]
            keys("ctrl+Return")
            until(lambda: table_of(window, "agents").rows() == 1 and record(window).get("id") == agent, "agent " + agent)
            keys("alt+Left")
            until(lambda: record(window).get("id") == "3" and "agent_id" in record(window), "the third player again")

    def test_the_palette_opens_a_table(self):
        with start(demo("mindgames-arena")) as program:
            window = program.window()
            table_of(window, "games")
            keys("F3", "ctrl+shift+p")
            field = must(window, role="text", name="Action, table or place")
            until(lambda: field.is_focused, "the focus in the palette")
            type_text("agent_trueskill")
            keys("Return")
            table_of(window, "agent_trueskill")
            self.assertEqual(unnamed(window), [])

    def test_a_path_is_written(self):
        with start(demo("mindgames-arena")) as program:
            window = program.window()
            table_of(window, "games")
            keys("F3", "F6")
            place = must(window, role="text", name="Path of this place")
            until(lambda: place.is_focused, "the focus in the path")
            type_text("games/3/players")
            keys("Return")
            rows = table_of(window, "game_players")
            until(lambda: rows.rows() == 6, "the six players of game 3")

    def test_rows_of_others_appear(self):
        path = os.path.join(SCRATCH, "live.db")
        with sqlite3.connect(path) as other:
            other.execute("PRAGMA journal_mode = WAL")
            other.execute("CREATE TABLE birds(id INTEGER PRIMARY KEY, name TEXT)")
            other.execute("INSERT INTO birds(name) VALUES ('knot')")
            other.commit()
            with start(path) as program:
                rows = table_of(program.window(), "birds")
                keys("F3", "ctrl+shift+l")
                until(lambda: find(program.window(), role="check box", name="Live", where=lambda n: n.has(Atspi.StateType.CHECKED))
                      or find(program.window(), role="toggle button", name="Live", where=lambda n: n.has(Atspi.StateType.CHECKED)), "live")
                for count in (2, 3):
                    other.execute("INSERT INTO birds(name) VALUES ('turnstone')")
                    other.commit()
                    until(lambda: rows.rows() == count, "%d rows" % count)

    def test_a_click_chooses_a_row(self):
        with start("--view", "games", demo("mindgames-arena")) as program:
            window = program.window()
            rows = table_of(window, "games")
            wanted = rows.cell(3, 0).name
            rows.cell(3, 0).click()
            until(lambda: record(window).get("id") == wanted, "the record of the clicked row")

    def test_quit(self):
        with start(demo("quorum")) as program:
            until(lambda: find(program.window(), role="tree", name=TREE), "the window")
            keys("F2", "ctrl+q")
            self.assertEqual(program.process.wait(timeout=20), 0, program.output())


class Pages(unittest.TestCase):
    """What is shown when there is nothing, or nothing good, to show."""

    def test_welcome_page(self):
        with start() as program:
            window = program.window()
            must(window, role="push button", name=lambda n: n.startswith("Open a file"))
            self.assertEqual(unnamed(window), [])

    def test_a_database_is_opened_from_the_recent_list(self):
        path = demo("consensus-engine")
        home = tempfile.mkdtemp(dir=SCRATCH)
        with start(path, home=home) as program:
            table_of(program.window(), "discussions")
            keys("F2", "ctrl+shift+w")
            must(program.window(), role="push button", name=lambda n: n.startswith("Open a file"))
            keys("ctrl+q")
            program.process.wait(timeout=20)
        with start(home=home) as program:
            window = program.window()
            must(window, role="push button", name=lambda n: path in n).press()
            until(lambda: must(window, role="tree", name=TREE).rows() > 1, "its tables")

    def test_what_was_open_comes_back(self):
        home = tempfile.mkdtemp(dir=SCRATCH)
        with start("--view", "agents", demo("mindgames-arena"), home=home) as program:
            window = program.window()
            table_of(window, "agents")
            keys("F3", "ctrl+f")
            type_text("id > 20")
            keys("Return")
            until(lambda: table_of(window, "agents").rows() == 4, "four agents")
            keys("F3", "ctrl+q")
            program.process.wait(timeout=20)
        with start(home=home) as program:
            window = program.window()
            until(lambda: table_of(window, "agents").rows() == 4, "four agents again")
            must(window, role="push button", name="Remove the filter id > 20")

    def test_a_sample_is_made_and_opened(self):
        with start() as program:
            window = program.window()
            must(window, role="push button", name="Open the sample Consensus engine").press()
            self.assertGreater(table_of(window, "discussions").rows(), 0)

    def test_a_missing_file_is_said(self):
        with start(os.path.join(SCRATCH, "missing.db")) as program:
            window = program.window()
            must(window, role="label", name=lambda n: "There is no file" in n)
            self.assertEqual(unnamed(window), [])

    def test_a_file_that_is_no_database_is_said(self):
        path = os.path.join(SCRATCH, "letter.db")
        with open(path, "w", encoding="utf-8") as letter:
            letter.write("Dear database,\n" * 200)
        with start(path) as program:
            window = program.window()
            must(window, role="label", name=lambda n: "letter.db" in n or "not a database" in n)
            details = find(window, role="check box", name="Details")
            if details is not None:
                details.press()
            self.assertEqual(unnamed(window), [])

    def test_connection_dialog(self):
        with start() as program:
            application = program.application()
            must(program.window(), role="push button", name=lambda n: n.startswith("Connect to PostgreSQL")).press()
            dialog = until(lambda: next((n for n in application.children() if n.role == "dialog" and n.is_showing), None), "the dialog")
            self.assertEqual(unnamed(dialog), [])
            # What is typed into the fields stands in the URL, and the other way round; never the password.
            url = must(dialog, role="text", name="URL of the database")
            for name, text in (("Host, or several with commas", "db.example.org"), ("Port", "5433"), ("Database", "debates"), ("User", "reader"), ("Password", "sesame")):
                field = must(dialog, role="password text" if name == "Password" else "text", name=name)
                field.click()
                until(lambda: field.is_focused, "the focus in " + name)
                keys("ctrl+a")
                type_text(text)
            until(lambda: url.text == "postgresql://reader@db.example.org:5433/debates", lambda: "the URL, not %r" % url.text)
            url.click()
            until(lambda: url.is_focused, "the focus in the URL")
            keys("ctrl+a")
            type_text("postgresql://writer@other:1234/games?sslmode=require")
            until(lambda: must(dialog, role="text", name="Host, or several with commas").text == "other" and must(dialog, role="text", name="Port").text == "1234", "the fields of the URL")
            keys("Escape")
            until(lambda: not any(n.role == "dialog" and n.is_showing for n in application.children()), "the dialog to close")

    def test_every_menu_entry_has_a_name_of_its_own(self):
        with start() as program:
            bar = until(lambda: find(program.window(), role="menu bar"), "the menu bar")
            names = [n.name for n in bar.walk() if n.role.endswith("menu item")]
            self.assertGreater(len(names), 5)
            self.assertNotIn("", names)


if __name__ == "__main__":
    unittest.main(argv=[sys.argv[0], *sys.argv[3:]], verbosity=2)
