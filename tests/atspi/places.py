# SPDX-License-Identifier: GPL-3.0-or-later
"""The window of Turnstone by its names: starting it on demo databases, its tables, record and tree."""
import os
import subprocess
import sys
import tempfile

from driver import Program, keys, must, until

TURNSTONE, CLI = sys.argv[1:3]
SCRATCH = os.environ["TURNSTONE_SCRATCH"]
ROWS, FIELDS, TREE = "Rows of %s", "Fields of the record", "Databases and tables"


def cli(*arguments):
    return subprocess.run([CLI, *arguments], check=True, capture_output=True, text=True).stdout


def demo(system):
    path = os.path.join(SCRATCH, system + ".db")
    if not os.path.exists(path):
        cli("demo", path, "--system", system)
    return path


def start(*arguments, home=None):
    """The program with settings of its own, or with those of an earlier start in the same home."""
    home = home or tempfile.mkdtemp(dir=SCRATCH)
    environment = dict(os.environ, QT_LINUX_ACCESSIBILITY_ALWAYS_ON="1", XDG_CONFIG_HOME=home, XDG_DATA_HOME=home)
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


def line(view):
    """The focused line without what stands behind its title."""
    return focus_in(view).name.split(",")[0]


def go_down_to(tree, title):
    while line(tree) != title:
        before = focus_in(tree).name
        keys("Down")
        until(lambda: focus_in(tree).name != before, "the line below " + before)


CONTROLS = {"push button", "toggle button", "check box", "radio button", "combo box", "text", "entry", "password text", "spin button", "slider",
            "page tab", "page tab list", "menu item", "check menu item", "radio menu item", "table", "tree", "tree table", "list", "link",
            "scroll bar", "dial", "table column header"}


def unnamed(root):
    """Paths of the visible controls that a screen reader could only call by their kind."""
    found = []

    def look(node, path):
        step = "%s %r" % (node.role, node.name)
        # The bars inside a named view belong to it; Qt gives them no name.
        is_bar_of_view = node.role == "scroll bar" and any("text '" in s or "tree '" in s or "table '" in s or "list '" in s or "label '" in s for s in path)
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
