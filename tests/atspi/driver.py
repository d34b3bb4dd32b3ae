# SPDX-License-Identifier: GPL-3.0-or-later
"""A program driven from outside: what it shows is read through AT-SPI, what is done to it goes through the X server.

Nothing here sleeps for a fixed time: until() looks again and again and fails loudly when its time is over.
Accessible objects die whenever the program rebuilds a view, so a look that meets a dead one counts as "not yet".
"""
import os
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

PATIENCE = float(os.environ.get("TURNSTONE_ATSPI_PATIENCE", "15"))
TICK = 0.02


class Gone(Exception):
    """What was looked for is not there (any more)."""


def until(look, what, patience=PATIENCE):
    """The first true answer of look(). `what` is the sentence of the failure, or makes it."""
    end = time.monotonic() + patience
    last = None
    while True:
        try:
            last = look()
            if last:
                return last
        except (GLib.Error, Gone) as error:
            last = error
        if time.monotonic() > end:
            raise AssertionError("not within %g s: %s (last: %r)" % (patience, what() if callable(what) else what, last))
        time.sleep(TICK)


class Node:
    """One accessible object. Every property is asked for anew."""

    def __init__(self, accessible):
        if accessible is None:
            raise Gone("no object")
        self.accessible = accessible

    @property
    def role(self):
        return self.accessible.get_role_name()

    @property
    def name(self):
        return self.accessible.get_name() or ""

    @property
    def text(self):
        text = self.accessible.get_text_iface()
        return "" if text is None else Atspi.Text.get_text(text, 0, Atspi.Text.get_character_count(text))

    def has(self, state):
        return self.accessible.get_state_set().contains(state)

    @property
    def is_showing(self):
        return self.has(Atspi.StateType.SHOWING) and self.has(Atspi.StateType.VISIBLE)

    @property
    def is_focused(self):
        return self.has(Atspi.StateType.FOCUSED)

    @property
    def is_focusable(self):
        return self.has(Atspi.StateType.FOCUSABLE)

    @property
    def box(self):
        extents = self.accessible.get_component_iface().get_extents(Atspi.CoordType.SCREEN)
        return extents.x, extents.y, extents.width, extents.height

    def children(self, limit=400):
        for index in range(min(self.accessible.get_child_count(), limit)):
            child = self.accessible.get_child_at_index(index)
            if child is not None:
                yield Node(child)

    def child_count(self):
        return self.accessible.get_child_count()

    def walk(self, into=lambda node: True):
        """This object and all below it; into(node) says whose children are looked at."""
        yield self
        if into(self):
            for child in self.children():
                yield from child.walk(into)

    # Tables and trees: Qt gives each visible cell as a child; single cells are asked for by place.
    def rows(self):
        return self.accessible.get_table_iface().get_n_rows()

    def columns(self):
        return self.accessible.get_table_iface().get_n_columns()

    def cell(self, row, column):
        return Node(self.accessible.get_table_iface().get_accessible_at(row, column))

    def column_names(self):
        table = self.accessible.get_table_iface()
        return [table.get_column_description(column) for column in range(table.get_n_columns())]

    def actions(self):
        action = self.accessible.get_action_iface()
        return [] if action is None else [Atspi.Action.get_action_name(action, i) for i in range(Atspi.Action.get_n_actions(action))]

    def press(self):
        names = self.actions()
        for wanted in ("Press", "Toggle", "ShowMenu"):
            if wanted in names:
                return Atspi.Action.do_action(self.accessible.get_action_iface(), names.index(wanted))
        raise AssertionError("%r can neither be pressed nor toggled: %r" % (self, names))

    def click(self, button=1, times=1):
        x, y, width, height = self.box
        pointer(x + min(width // 2, 60), y + height // 2, button, times)

    def __repr__(self):
        try:
            return "<%s %r>" % (self.role, self.name)
        except GLib.Error:
            return "<gone>"


# Tables show cells by the thousand; nobody walks them.
ITEM_VIEWS = ("table", "tree", "tree table", "list")


def controls(node):
    return node.role not in ITEM_VIEWS


def find(root, role=None, name=None, showing=True, where=None, into=controls):
    for node in root.walk(into):
        if role is not None and node.role != role:
            continue
        if name is not None and not (name(node.name) if callable(name) else node.name == name):
            continue
        if where is not None and not where(node):
            continue
        if showing and not node.is_showing:
            continue
        return node
    return None


def must(root, **wanted):
    return until(lambda: find(root, **wanted), "no %s below %r" % (wanted, root))


def keys(*names):
    subprocess.run(["xdotool", "key", "--clearmodifiers", *names], check=True)


def type_text(text):
    subprocess.run(["xdotool", "type", "--delay", "4", text], check=True)


def pointer(x, y, button=1, times=1):
    subprocess.run(["xdotool", "mousemove", str(x), str(y), "click", "--repeat", str(times), "--delay", "40", str(button)], check=True)


def drag(start, end):
    """With the left button from one place to the other, in steps as a hand makes them."""
    steps = 8
    command = ["xdotool", "mousemove", str(start[0]), str(start[1]), "mousedown", "1"]
    for step in range(1, steps + 1):
        command += ["mousemove", "--sync", *(str(round(a + (b - a) * step / steps)) for a, b in zip(start, end))]
    subprocess.run(command + ["mouseup", "1"], check=True)


class Program:
    """A running program. With `with`, it ends together with the block, and must end by itself within a few seconds."""

    def __init__(self, command, environment, log):
        self.log = open(log, "w+", encoding="utf-8", errors="replace")
        self.process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.log.close()

    def output(self):
        self.log.flush()
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()

    def check_alive(self):
        if self.process.poll() is not None:
            raise AssertionError("the program ended with %s: %s" % (self.process.returncode, self.output()))

    def application(self):
        def look():
            self.check_alive()
            desktop = Atspi.get_desktop(0)
            for index in range(desktop.get_child_count()):
                candidate = desktop.get_child_at_index(index)
                if candidate is not None and candidate.get_process_id() == self.process.pid:
                    return Node(candidate)
            return None

        return until(look, lambda: "the program on the accessibility bus; it said: " + self.output())

    def window(self):
        application = self.application()
        return until(lambda: next((n for n in application.children() if n.is_showing), None), "a window of the program")
