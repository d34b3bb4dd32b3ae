# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes into a SQLite file as an application does, in short transactions, for some seconds; prints how many a second.

usage: bench_neighbour_writer.py FILE.db SECONDS
The rows go into a table of the bench's own. After each thousand transactions the log is asked to be taken into the file.
"""
import os
import sqlite3
import sys
import time

path, seconds = sys.argv[1], float(sys.argv[2])
database = sqlite3.connect(path, timeout=30, isolation_level=None)
database.execute("PRAGMA journal_mode = WAL")
database.execute("PRAGMA synchronous = NORMAL")
database.execute("CREATE TABLE IF NOT EXISTS bench_neighbour(id INTEGER PRIMARY KEY, at REAL, note TEXT)")
note = "turnstone " * 40
written = 0
longest = 0.0
log = 0
unfinished = 0
end = time.monotonic() + seconds
begun = time.monotonic()
while time.monotonic() < end:
    before = time.monotonic()
    database.execute("BEGIN IMMEDIATE")
    database.executemany("INSERT INTO bench_neighbour(at, note) VALUES (?, ?)", [(before, note)] * 4)
    database.execute("COMMIT")
    written += 1
    longest = max(longest, time.monotonic() - before)
    if written % 1000 == 0:
        busy, frames, taken = database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        unfinished += 1 if busy or taken < frames else 0
        log = max(log, os.path.getsize(path + "-wal"))
rate = written / (time.monotonic() - begun)
print("%.1f %.1f %d %d" % (rate, longest * 1000, log // 1024, unfinished))
