# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user of an older version finds after the upgrade: driven by keys and read through AT-SPI, in a Debian root.

usage: tests/atspi/run.sh --in python3 packaging/upgrade.py before|after DEBIAN_ROOT DATABASE [PICTURE]

`before` works with the program that is installed in the root until it has something to remember: a table with a filter, the dark
theme, a zoom. `after` starts the program without arguments and looks whether all of that is there, and is written again at its end.
DATABASE, a sample of the arena, is meant inside the root.
"""
import json
import os
import re
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests/atspi"))
from driver import Program, keys, must, type_text, until  # noqa: E402

PHASE, ROOT, DATABASE = sys.argv[1:4]
SETTINGS = Path(ROOT) / "root/.config/turnstone/turnstone.ini"
TABLE, FILTER = "games", "status = failed"


def start(*arguments):
    """The display, the bus and their sockets are shared with the root; everything else is the root's own."""
    shared = {name: os.environ[name] for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR")}
    inside = {"HOME": "/root", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1", **shared}
    return Program(["chroot", ROOT, "/usr/bin/env", "-i", *("%s=%s" % each for each in inside.items()), "turnstone", *arguments], os.environ,
                   os.path.join(os.environ["TURNSTONE_SCRATCH"], "turnstone.log"))


def quit(program):
    keys("ctrl+q")
    until(lambda: program.process.poll() is not None, "the end of the program")
    assert program.process.returncode == 0, "the program ended with %s: %s" % (program.process.returncode, program.output())


def go(window, path):
    place = must(window, role="text", name="Path of this place")
    keys("F6")
    until(lambda: place.is_focused, "the focus in the path")
    keys("ctrl+a")
    type_text(path)
    keys("Return")


def palette(window, words):
    keys("ctrl+shift+p")
    field = must(window, role="text", name="Action, table or place")
    until(lambda: field.is_focused, "the focus in the palette")
    type_text(words)
    keys("Return")


def failed_games(window):
    rows = must(window, role="table", name="Rows of " + TABLE)

    def look():
        column = rows.column_names().index("status")
        states = [rows.cell(row, column).name for row in range(rows.rows())]
        return states if states and set(states) == {"failed"} else None

    return until(look, "nothing but failed games")


def remembered():
    """What the settings say of what was done, whatever else they hold."""
    text = SETTINGS.read_text(encoding="utf-8")
    plain = dict(re.findall(r"^(theme|zoom|density|zone)=(.*)$", text, re.M))
    session = re.search(r'^session="@ByteArray\((.*)\)"$', text, re.M)
    databases = json.loads(session.group(1).replace('\\"', '"').replace("\\\\", "\\")) if session else []
    plain["tabs"] = [[(database["place"].split("//")[-1], tab.get("table"), len(tab.get("filters", []))) for tab in database["tabs"]] for database in databases]
    return plain


def before():
    with start(DATABASE) as program:
        window = program.window()
        go(window, TABLE)
        must(window, role="table", name="Rows of " + TABLE)
        keys("F3", "ctrl+f")
        until(lambda: any(node.is_focused for node in window.walk() if node.role == "text"), "the focus in the filter")
        type_text(FILTER)
        keys("Return")
        failed_games(window)
        keys("F3", "ctrl+equal", "ctrl+equal")
        palette(window, "dark")
        until(lambda: SETTINGS.exists() and "theme=dark" in SETTINGS.read_text(encoding="utf-8"), "the dark theme in the settings")
        quit(program)
    kept = remembered()
    assert kept.get("theme") == "dark" and float(kept["zoom"]) > 1.1 and kept["tabs"] == [[(DATABASE, TABLE, 1)]], "the older version keeps %s" % kept


def after():
    was = remembered()
    with start() as program:
        window = program.window()
        found = failed_games(window)
        if len(sys.argv) > 4:
            subprocess.run(["import", "-window", "root", sys.argv[4]], check=True)
        quit(program)
    now = remembered()
    assert now == was, "of the settings %s is left: %s" % (was, now)
    print("the session is there again: %d failed games, as the filter of the older version says" % len(found))


{"before": before, "after": after}[PHASE]()
print("%s the upgrade the settings hold %s" % (PHASE, remembered()))
