# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lenses say of each demo database, read through AT-SPI and held against what the file holds. Loaded by suite.py."""
import json
import re

from driver import find, keys, must, type_text, until


def phrase(text):
    """Words of a text that stand in it as they are written, whatever is done to its Markdown."""
    found = re.findall(r"[A-Za-z][A-Za-z ,']{14,60}", text)
    return max(found, key=len).strip(" ,") if found else text.strip()[:20]


def go(window, path):
    keys("F6")
    place = must(window, role="text", name="Path of this place")
    until(lambda: place.is_focused, "the focus in the path")
    keys("ctrl+a")
    type_text(path)
    keys("Return")


def said(window, name):
    """The names of the entries of a reading column that can be seen."""
    return [child.name for child in must(window, role="list", name=name).children()]


def reads(window, name, *texts):
    """Waits until the entries that can be seen hold all of the texts."""
    missing = []

    def look():
        whole = "\n".join(said(window, name))
        missing[:] = [text for text in texts if text not in whole]
        return not missing

    until(look, lambda: "%r in %s: %r" % (missing, name, said(window, name)))


def label(window, text):
    return must(window, role="label", name=lambda name: text in name)


def cells(view):
    return [view.cell(row, column).name for row in range(view.rows()) for column in range(view.columns())]


def has_record(window, value):
    fields = must(window, role="tree", name="Fields of the record")
    until(lambda: value in cells(fields), "the record with " + value)


class Lenses:
    """A mixin: `rows(path, sql)` asks the file, `opened(system)` gives a running program and its file."""

    def rows(self, path, sql):
        return json.loads(self.cli("query", path, sql, "--format", "json"))

    def test_lenses_of_consensus_engine(self):
        with self.opened("consensus-engine") as (path, window):
            first, last = self.rows(path, "SELECT m.model_name, m.response_text, m.id FROM model_responses m JOIN rounds r ON r.id = m.round_id WHERE r.discussion_id = 2 ORDER BY m.id")[:2]
            prompt = self.rows(path, "SELECT prompt FROM discussions WHERE id = 2")[0]["prompt"]
            go(window, "discussions/2#transcript")
            reads(window, "Transcript", phrase(prompt), "Round 1", first["model_name"], phrase(first["response_text"]))
            has_record(window, str(first["id"]))
            go(window, "discussions/2#matrix")
            answers = must(window, role="table", name="Answers side by side")
            until(lambda: phrase(last["response_text"]) in answers.cell(0, 1).name, "the second model's answer")
            reads(window, "The answer in full", phrase(first["response_text"]))
            unfinished = self.rows(path, "SELECT prompt, id FROM discussions WHERE completed_at IS NULL")[0]
            latest = self.rows(path, "SELECT model_name, response_text FROM model_responses m JOIN rounds r ON r.id = m.round_id WHERE r.discussion_id = %d ORDER BY r.round_number DESC, m.id DESC LIMIT 1" % unfinished["id"])[0]
            go(window, "#failed")
            reads(window, "Failed things", unfinished["prompt"][:30], latest["model_name"], phrase(latest["response_text"])[:15])
            self.assertEqual(self.unnamed(window), [])

    def test_lenses_of_mindgames_arena(self):
        with self.opened("mindgames-arena") as (path, window):
            turn = self.rows(path, "SELECT t.id, t.action, a.alias, p.role FROM game_turns t JOIN game_players p ON p.game_id = t.game_id AND p.player_index = t.player_index "
                             "JOIN agents a ON a.id = p.agent_id WHERE t.game_id = 12 ORDER BY t.turn_number LIMIT 1")[0]
            total = self.rows(path, "SELECT sum(c.total_tokens_consumed) AS n, count(*) AS calls FROM llm_calls c JOIN game_turns t ON t.id = c.game_turn_id WHERE t.game_id = 12")[0]
            tokens = "{:,} tokens".format(total["n"])
            go(window, "games/12#transcript")
            reads(window, "Transcript", "Night 1", turn["alias"], turn["role"], turn["action"])
            label(window, "entries · 6 speakers · " + tokens)
            has_record(window, str(turn["id"]))
            # The tree stands at the game and says what it came to.
            label(window, tokens)
            label(window, "%d calls" % total["calls"])
            go(window, "games/12#totals")
            lines = must(window, role="tree", name="Totals by model")
            until(lambda: "{:,}".format(total["n"]) in cells(lines), "the sum of the game")
            call = self.rows(path, "SELECT id, messages, response FROM llm_calls WHERE id = 40")[0]
            messages = json.loads(call["messages"]) if isinstance(call["messages"], str) else call["messages"]
            go(window, "tables/llm_calls/40#call")
            reads(window, "Messages of the call", *(phrase(message["content"]) for message in messages[:1]))
            failed = self.rows(path, "SELECT id FROM games WHERE status = 'failed' ORDER BY started_at DESC LIMIT 1")[0]["id"]
            go(window, "#failed")
            reads(window, "Failed things", "Crashed", "Game %d, failed" % failed)
            fork = self.rows(path, "SELECT f.id, f.name, f.content, p.name AS parent, p.content AS before FROM prompts f JOIN prompts p ON p.id = f.forked_from ORDER BY f.id LIMIT 1")[0]
            go(window, "tables/prompts/%d#compare" % fork["id"])
            reads(window, fork["parent"], phrase(fork["before"]))
            reads(window, fork["name"], phrase(fork["content"]))
            label(window, "fields differ")
            self.assertEqual(self.unnamed(window), [])

    def test_lenses_of_quorum(self):
        with self.opened("quorum") as (path, window):
            talk = self.rows(path, "SELECT id FROM conversations WHERE has_contradictions = 1 LIMIT 1")[0]["id"]
            first = self.rows(path, "SELECT agent_name, content FROM messages WHERE conversation_id = '%s' ORDER BY sequence_number LIMIT 1" % talk)[0]
            go(window, "tables/conversations/%s#transcript" % talk)
            reads(window, "Transcript", first["agent_name"], phrase(first["content"]))
            label(window, "tokens")
            go(window, "tables/conversations/%s#matrix" % talk)
            answers = must(window, role="table", name="Answers side by side")
            until(lambda: phrase(first["content"]) in answers.cell(0, 0).name, "the first answer")
            clashes = self.rows(path, "SELECT statement_1, statement_2, resolved FROM contradictions ORDER BY resolved")
            go(window, "#findings")
            findings = must(window, role="tree", name="Findings")
            # The first of the list is the one that is shown.
            clash = until(lambda: next((each for name in cells(findings) for each in clashes if each["statement_1"][:30] in name), None), "a contradiction")
            reads(window, "First message", phrase(clash["statement_1"]))
            reads(window, "Second message", phrase(clash["statement_2"]))
            go(window, "#failed")
            reads(window, "Failed things", "Open contradictions", clashes[0]["statement_1"][:20])
            self.assertEqual(self.unnamed(window), [])

    def test_lenses_of_llm_orchestration(self):
        with self.opened("llm-orchestration") as (path, window):
            step, after = self.rows(path, "SELECT p.name, s.content FROM responses s JOIN payloads p ON p.id = s.payload_id WHERE s.run_id = 1 ORDER BY s.id")[:2]
            go(window, "runs/1#transcript")
            reads(window, "Transcript", step["name"], phrase(step["content"]), after["name"])
            tokens = self.rows(path, "SELECT sum(json_extract(metadata, '$.tokens')) AS n FROM responses WHERE run_id = 1")[0]["n"]
            label(window, "{:,} tokens".format(tokens))
            go(window, "workflows/1#matrix")
            answers = must(window, role="table", name="Answers side by side")
            until(lambda: phrase(step["content"]) in answers.cell(0, 0).name, "the first step of the first run")
            blocks = self.rows(path, "SELECT b.title, b.content FROM payload_blocks x JOIN blocks b ON b.id = x.block_id WHERE x.payload_id = 1 ORDER BY x.order_index")
            go(window, "payloads/1#prompt")
            reads(window, "The assembled prompt", *(block["title"] for block in blocks), phrase(blocks[0]["content"]))
            used = self.rows(path, "SELECT p.name FROM payload_blocks x JOIN payloads p ON p.id = x.payload_id WHERE x.block_id = (SELECT min(block_id) FROM payload_blocks)")
            block = self.rows(path, "SELECT min(block_id) AS id FROM payload_blocks")[0]["id"]
            go(window, "tables/blocks/%d#prompt" % block)
            reads(window, "The assembled prompt", "Used in", *(each["name"] for each in used))
            go(window, "tables/runs/1#compare")
            must(window, role="combo box", name="Record to compare with")
            reads(window, find(window, role="list", where=lambda n: n.name.startswith("Run 1")).name, phrase(step["content"])[:20])
            failed = self.rows(path, "SELECT id FROM runs WHERE lower(status) = 'failed' ORDER BY started_at DESC LIMIT 1")[0]["id"]
            go(window, "#failed")
            reads(window, "Failed things", "Run %d" % failed)
            self.assertEqual(self.unnamed(window), [])

    def test_lenses_of_project_2501(self):
        with self.opened("project-2501") as (path, window):
            talk = self.rows(path, "SELECT id FROM conversations LIMIT 1")[0]["id"]
            said_first = self.rows(path, "SELECT content, role FROM messages WHERE conversation_id = '%s' ORDER BY created_at LIMIT 1" % talk)[0]
            total = self.rows(path, "SELECT sum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)) AS n FROM messages WHERE conversation_id = '%s'" % talk)[0]["n"]
            go(window, "tables/conversations/%s#transcript" % talk)
            reads(window, "Transcript", phrase(said_first["content"]))
            label(window, "{:,} tokens".format(total))
            persona = self.rows(path, "SELECT id, name, template FROM personas LIMIT 1")[0]
            go(window, "tables/personas/%s#prompt" % persona["id"])
            module = re.search(r"@([a-z][a-z0-9_]*)", persona["template"]).group(1)
            content = self.rows(path, "SELECT content FROM modules WHERE name = '%s'" % module)[0]["content"]
            reads(window, "The assembled prompt", "@" + module, phrase(content))
            go(window, "tables/personas/%s#compare" % persona["id"])
            reads(window, persona["name"], phrase(persona["template"]))
            self.assertEqual(self.unnamed(window), [])
