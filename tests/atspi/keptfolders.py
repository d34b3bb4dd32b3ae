# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the program writes while somebody works with a database: settings, journals, history, copies of vectors. Run with suite.py."""
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from driver import Program, find, keys, must, type_text, until

TURNSTONE, CLI = sys.argv[1:3]
SCRATCH = os.environ["TURNSTONE_SCRATCH"]
XDG = {"XDG_CONFIG_HOME": "config", "XDG_DATA_HOME": "data", "XDG_CACHE_HOME": "cache", "XDG_STATE_HOME": "state"}


def below(folder):
    """Files below a folder, relative to it."""
    return sorted(os.path.relpath(os.path.join(where, name), folder) for where, _, names in os.walk(folder) for name in names)


def digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


class Places(unittest.TestCase):
    def setUp(self):
        self.home = tempfile.mkdtemp(dir=SCRATCH)
        self.folder = os.path.join(self.home, "mine")
        os.mkdir(self.folder)
        self.path = os.path.join(self.folder, "debates.db")
        subprocess.run([CLI, "demo", self.path, "--system", "quorum"], check=True, capture_output=True)
        self.before = digest(self.path)

    def environment(self):
        for folder in XDG.values():
            os.mkdir(os.path.join(self.home, folder))
        return dict(os.environ, HOME=self.home, QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1", **{name: os.path.join(self.home, folder) for name, folder in XDG.items()})

    def work(self, program, data, cache):
        """A table is read, a value changed and changed back, SQL run, all vectors compared, the window closed. Looks at each step."""
        window = program.window()
        rows = must(window, role="table", name="Rows of conversations")
        until(lambda: rows.rows() > 0 and rows.cell(0, 0).name, "the first row")
        topic = rows.column_names().index("topic")
        keys("F3", "ctrl+Home", *["Right"] * topic, "ctrl+e", "ctrl+a")
        type_text("another topic")
        keys("Return")
        until(lambda: rows.cell(0, topic).name == "another topic", "the staged value")
        until(lambda: any("journal" in name for name in below(data)), lambda: "a journal among %r" % below(data))
        self.assertEqual(os.listdir(self.folder), ["debates.db"])
        keys("ctrl+z")
        until(lambda: rows.cell(0, topic).name != "another topic", "the value as it was")
        keys("ctrl+shift+q")
        editor = must(window, role="text", name=lambda n: "SQL" in n)
        until(lambda: editor.is_focused, "the focus in the SQL")
        type_text("SELECT 6 * 7 AS answer")
        until(lambda: "answer" in editor.text, "the statement")
        keys("ctrl+Return")
        until(lambda: any(name.startswith("queries") for name in below(data)), lambda: "drafts or history among %r" % below(data))
        self.assertEqual(os.listdir(self.folder), ["debates.db"])
        keys("F6")
        place = must(window, role="text", name="Path of this place")
        until(lambda: place.is_focused, "the focus in the path")
        keys("ctrl+a")
        type_text("#similar")
        keys("Return")
        must(window, role="push button", name="Find near-duplicates").press()
        until(lambda: any(name.endswith(".base") for name in below(os.path.join(cache, "vectors"))), lambda: "a copy of the vectors among %r" % below(cache))
        self.assertEqual(os.listdir(self.folder), ["debates.db"])
        keys("ctrl+q")
        self.assertEqual(program.process.wait(timeout=20), 0, program.output())
        self.assertEqual(os.listdir(self.folder), ["debates.db"])
        self.assertEqual(digest(self.path), self.before)

    def test_the_folders_of_the_desktop(self):
        environment = self.environment()
        with Program([TURNSTONE, "--view", "conversations", self.path], environment, os.path.join(SCRATCH, "keptfolders.log")) as program:
            self.work(program, os.path.join(self.home, "data", "turnstone"), os.path.join(self.home, "cache", "turnstone"))
        self.assertIn("turnstone.ini", below(os.path.join(self.home, "config", "turnstone")))
        # What it kept, and nothing of it anywhere else.
        ours = [name for name in below(self.home) if "turnstone" in name.lower()]
        self.assertEqual([name for name in ours if name.split("/")[0] not in XDG.values()], [])

    def test_portable_keeps_all_in_one_folder(self):
        environment = self.environment()
        program_folder = os.path.join(self.home, "stick")
        os.mkdir(program_folder)
        shutil.copy(TURNSTONE, program_folder)
        kept = os.path.join(program_folder, "turnstone-portable")
        command = [os.path.join(program_folder, "turnstone"), "--portable"]
        with Program(command + ["--view", "conversations", self.path], environment, os.path.join(SCRATCH, "keptfolders.log")) as program:
            self.work(program, os.path.join(kept, "data"), os.path.join(kept, "cache"))
        self.assertIn("config/turnstone.ini", below(kept))
        for folder in (*XDG.values(), ".config", ".local", ".cache"):
            self.assertEqual([name for name in below(os.path.join(self.home, folder)) if "turnstone" in name.lower()], [])
        self.assertEqual(sorted(os.listdir(program_folder)), ["turnstone", "turnstone-portable"])
        # The next start finds what the first one kept.
        with Program(command, environment, os.path.join(SCRATCH, "keptfolders.log")) as program:
            must(program.window(), role="tree", name="Databases and tables")
            until(lambda: find(program.window(), role="push button", name="Find near-duplicates"), "the panel that was open")
        self.assertEqual(os.listdir(self.folder), ["debates.db"])
