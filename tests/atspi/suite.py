# SPDX-License-Identifier: GPL-3.0-or-later
"""The window as a user without a mouse, or without a screen, meets it. Run by run.sh; see README.md."""
import json
import os
import subprocess
import sys
import unittest

from driver import Program, find, keys, must, type_text, until

TURNSTONE, CLI = sys.argv[1:3]
SCRATCH = os.environ["TURNSTONE_SCRATCH"]
SYSTEMS = ("consensus-engine", "mindgames-arena", "quorum", "llm-orchestration", "project-2501")
ROWS, FIELDS, TREE = "Rows of %s", "Fields of the record", "Databases and tables"


def cli(*arguments):
    return subprocess.run([CLI, *arguments], check=True, capture_output=True, text=True).stdout


def demo(system):
    path = os.path.join(SCRATCH, system + ".db")
    if not os.path.exists(path):
        cli("demo", path, "--system", system)
    return path


def start(*arguments):
    environment = dict(os.environ, QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1")
    return Program([TURNSTONE, *arguments], environment, os.path.join(SCRATCH, "turnstone.log"))


def table_of(window, name):
    """The rows of a table, once the first of them is there."""
    rows = must(window, role="table", name=ROWS % name)
    until(lambda: rows.rows() > 0 and any(rows.cell(0, c).name for c in range(rows.columns())), "the first row of " + name)
    return rows


def column(view, number):
    return [view.cell(row, number).name for row in range(view.rows())]


def record(window):
    """Field → value as the record panel shows them."""
    fields = must(window, role="tree", name=FIELDS)
    return dict(zip(column(fields, 0), column(fields, 1)))


def focus_in(view):
    return until(lambda: next((n for n in view.children() if n.is_focused), None), "the focus in %r" % view)


CONTROLS = {"push button", "toggle button", "check box", "radio button", "combo box", "text", "entry", "password text", "spin button", "slider",
            "page tab", "page tab list", "menu item", "check menu item", "radio menu item", "table", "tree", "tree table", "list", "link",
            "scroll bar", "dial", "table column header"}


def unnamed(root):
    """Paths of the visible controls that a screen reader could only call by their kind."""
    found = []

    def look(node, path):
        step = "%s %r" % (node.role, node.name)
        # The bars inside a named view belong to it; Qt gives them no name.
        is_bar_of_view = node.role == "scroll bar" and any("text '" in s or "tree '" in s or "table '" in s or "list '" in s for s in path)
        if node.role in CONTROLS and node.is_showing and not node.name.strip() and not is_bar_of_view:
            found.append(" > ".join(path[-4:] + [step]))
        if node.role in ("table", "tree", "tree table", "list"):
            headers = (n for n in node.children(60) if n.role == "table column header")
            found.extend(" > ".join(path[-3:] + [step, "header without a name"]) for n in headers if n.is_showing and not n.name.strip())
            return
        for child in node.children():
            look(child, path + [step])

    look(root, [])
    return found


class Systems(unittest.TestCase):
    """Each demo database: what the window shows is held against what turnstone-cli reads from the same file."""

    def walk_tables(self, system):
        path = demo(system)
        tables = json.loads(cli("info", path, "--json"))["tables"]
        with start(path) as program:
            window = program.window()
            tree = must(window, role="tree", name=TREE)
            until(lambda: tree.rows() == len(tables) + 1, "%d tables in the tree" % len(tables))
            keys("F2", "Home")
            until(lambda: focus_in(tree).name == os.path.basename(path), "the database's own line")
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
                focus_in(tree)
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
    setattr(Systems, "test_every_table_of_" + _system.replace("-", "_"), lambda self, system=_system: self.walk_tables(system))


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
            entry = must(window, role="text", name="Filter tables by name")
            until(lambda: entry.is_focused, "the focus in the filter")
            type_text("citation")
            until(lambda: tree.rows() == 2, "one table below its database")
            self.assertIn("citation", tree.cell(1, 0).name)
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
            until(lambda: len([n for n in window.walk() if n.role == "page tab"]) == 2, "a second tab")
            keys("ctrl+w")
            until(lambda: len([n for n in window.walk() if n.role == "page tab"]) == 1, "one tab")
            table_of(window, "games")

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
        with start(path) as program:
            must(program.window(), role="tree", name=TREE)
            keys("F2", "ctrl+q")
            program.process.wait(timeout=20)
        with start() as program:
            window = program.window()
            must(window, role="push button", name=lambda n: path in n).press()
            until(lambda: must(window, role="tree", name=TREE).rows() > 1, "its tables")

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
