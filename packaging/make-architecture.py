#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the folders of the house and what each uses, from the build's own list of layers.

usage: make-architecture.py LAYERS OUTPUT.svg      (LAYERS: build/release/layers.txt)

Every folder stands below all that use it. Only edges that no longer way implies are drawn.
"""
import sys
from pathlib import Path

ROOM_WIDTH, ROOM_HEIGHT, GAP_X, GAP_Y, MARGIN = 148, 34, 18, 56, 32
KINDS = {"app": ("#B5522A", "#FFFFFF"), "views": ("#0F6E78", "#FFFFFF"), "models": ("#F6F7F8", "#1B1E22"), "resources": ("#FFFFFF", "#5A6470")}


def read(path):
    uses = {}
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        folder, _, depends = line.partition(":")
        if folder.strip():
            uses[folder.strip()] = set(depends.split())
    return uses


def reach(uses):
    """What each folder uses at all, over any number of steps."""
    known = {}

    def visit(folder):
        if folder not in known:
            known[folder] = set()
            for dep in uses.get(folder, ()):
                known[folder] |= {dep} | visit(dep)
        return known[folder]

    for folder in uses:
        visit(folder)
    return known


def ranks(uses):
    """0 for who uses nothing; else one more than the highest that is used."""
    known = {}

    def visit(folder):
        if folder not in known:
            known[folder] = 1 + max((visit(dep) for dep in uses.get(folder, ())), default=-1)
        return known[folder]

    for folder in uses:
        visit(folder)
    return known


def arrange(rows, edges):
    """Orders the rooms of each row by where those stand that they are joined to, a few times up and down."""
    place = {}
    for row in rows:
        for i, folder in enumerate(sorted(row)):
            place[folder] = i - len(row) / 2
    near = {folder: [] for row in rows for folder in row}
    for a, b in edges:
        near[a].append(b)
        near[b].append(a)
    for turn in range(12):
        for row in rows if turn % 2 == 0 else reversed(rows):
            row.sort(key=lambda f: (sum(place[n] for n in near[f]) / len(near[f]) if near[f] else 0, f))
            for i, folder in enumerate(row):
                place[folder] = i - len(row) / 2
    return rows


def split(row, widest):
    """A long row becomes several."""
    count = -(-len(row) // widest)
    size = -(-len(row) // count)
    return [row[i:i + size] for i in range(0, len(row), size)]


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    uses = read(sys.argv[1])
    uses = {f: {d for d in deps if d in uses} for f, deps in uses.items()}
    all_used = reach(uses)
    edges = [(f, d) for f, deps in sorted(uses.items()) for d in sorted(deps) if not any(d in all_used[o] for o in deps if o != d)]
    rank = ranks(uses)
    rows = [[f for f in uses if rank[f] == r] for r in range(max(rank.values()) + 1)]
    rows = arrange(rows, edges)
    rows = [part for row in rows for part in split(row, 8)]
    widest = max(len(row) for row in rows)
    width = 2 * MARGIN + widest * (ROOM_WIDTH + GAP_X) - GAP_X
    height = 2 * MARGIN + len(rows) * (ROOM_HEIGHT + GAP_Y) - GAP_Y
    spot = {}
    for level, row in enumerate(rows):
        left = (width - len(row) * (ROOM_WIDTH + GAP_X) + GAP_X) / 2
        for i, folder in enumerate(row):
            spot[folder] = (left + i * (ROOM_WIDTH + GAP_X), height - MARGIN - ROOM_HEIGHT - level * (ROOM_HEIGHT + GAP_Y))
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" font-family="sans-serif" font-size="13">',
           "<!-- SPDX-License-Identifier: GPL-3.0-or-later; made by packaging/make-architecture.py -->",
           "<title>The folders of Turnstone; each uses only what stands below it</title>",
           f'<rect width="{width:.0f}" height="{height:.0f}" fill="#FFFFFF"/>', '<g fill="none" stroke="#8A939D" stroke-opacity="0.55">']
    for user, used in edges:
        (ax, ay), (bx, by) = spot[user], spot[used]
        ax, bx, ay = ax + ROOM_WIDTH / 2, bx + ROOM_WIDTH / 2, ay + ROOM_HEIGHT
        middle = (ay + by) / 2
        out.append(f'<path d="M{ax:.0f} {ay:.0f}C{ax:.0f} {middle:.0f} {bx:.0f} {middle:.0f} {bx:.0f} {by:.0f}"/>')
    out.append("</g>")
    for folder, (x, y) in sorted(spot.items()):
        ground, text = KINDS[folder.split("/")[0]]
        out.append(f'<rect x="{x:.0f}" y="{y:.0f}" width="{ROOM_WIDTH}" height="{ROOM_HEIGHT}" rx="6" fill="{ground}" stroke="#D9DCE0"/>'
                   f'<text x="{x + ROOM_WIDTH / 2:.0f}" y="{y + ROOM_HEIGHT / 2 + 4.5:.0f}" fill="{text}" text-anchor="middle">{folder}</text>')
    out.append("</svg>\n")
    Path(sys.argv[2]).write_text("\n".join(out), encoding="utf-8")


if __name__ == "__main__":
    main()
