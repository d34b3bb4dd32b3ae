#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at random moments of a migration: migrate_killed.py CLI [ROUNDS] [SEED].

Each round migrates a database through three steps that move many rows, both ways in turn, and is killed somewhere. What is
there afterwards must be the state before or after one migration, with the record that belongs to it; a backup that has its
name must open and be whole; and the next run must go on from there. With TURNSTONE_TEST_PG_URL every other round runs on the server.
"""
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

cli = sys.argv[1]
rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 12
chance = random.Random(int(sys.argv[3]) if len(sys.argv) > 3 else 1)
server = os.environ.get("TURNSTONE_TEST_PG_URL")
ROWS = 60_000

STEPS = {
    "0001_items.sql": f"""-- Items
-- migrate:up
CREATE TABLE items(id INTEGER PRIMARY KEY, a TEXT);
WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < {ROWS}) INSERT INTO items SELECT i, 'item ' || i FROM c;
-- migrate:down
DROP TABLE items;
""",
    "0002_rebuild.sql": """-- Rebuild
-- count items: SELECT count(*) FROM items => SELECT count(*) FROM items
-- migrate:up
CREATE TABLE items_new(id INTEGER PRIMARY KEY, a TEXT, b INTEGER NOT NULL);
INSERT INTO items_new SELECT id, a, id * 2 FROM items;
DROP TABLE items;
ALTER TABLE items_new RENAME TO items;
-- migrate:down
CREATE TABLE items_new(id INTEGER PRIMARY KEY, a TEXT);
INSERT INTO items_new SELECT id, a FROM items;
DROP TABLE items;
ALTER TABLE items_new RENAME TO items;
""",
    "0003_log.sql": """-- Log
-- migrate:up
CREATE TABLE log(id INTEGER PRIMARY KEY, item INTEGER REFERENCES items(id));
INSERT INTO log SELECT id, id FROM items;
CREATE INDEX log_item ON log(item);
UPDATE items SET b = b + 1;
-- migrate:down
UPDATE items SET b = b - 1;
DROP TABLE log;
""",
}


def state_of(ask):
    """(level by the record, level by what is there): both must be the same."""
    tables = set(ask("tables"))
    recorded = sorted(ask("SELECT version FROM schema_migrations")) if "schema_migrations" in tables else []
    level = 0
    if "items" in tables:
        level = 1
        assert ask("SELECT count(*) FROM items") == [ROWS], "rows of items are missing"
        if "b" in ask("columns"):
            level = 2
            total = ask("SELECT sum(b) FROM items")[0]
            expected = ROWS * (ROWS + 1)
            if "log" in tables:
                level = 3
                assert ask("SELECT count(*) FROM log") == [ROWS], "rows of log are missing"
                expected += ROWS
            assert total == expected, f"the sum is {total}, not {expected}, at level {level}"
    assert not {"items_new"} & tables, "a half-made table stays"
    assert recorded == ["0001", "0002", "0003"][:level], f"recorded {recorded}, there is level {level}"
    return level


def ask_sqlite(path):
    db = sqlite3.connect(path)

    def ask(sql):
        if sql == "tables":
            sql = "SELECT name FROM sqlite_schema WHERE type = 'table'"
        if sql == "columns":
            sql = "SELECT name FROM pragma_table_info('items')"
        return [row[0] for row in db.execute(sql)]

    return ask


def psql(url, sql):
    parts = urllib.parse.urlsplit(url)
    env = dict(os.environ, PGPASSWORD=urllib.parse.unquote(parts.password or ""), PGOPTIONS="-c client_min_messages=warning")
    bare = parts._replace(netloc=urllib.parse.quote(urllib.parse.unquote(parts.username or ""), safe="") + "@" + parts.netloc.rpartition("@")[2]).geturl()
    return subprocess.run(["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", bare, "-c", sql], capture_output=True, text=True, env=env, check=True).stdout.split("\n")[:-1]


def ask_server(url):
    def ask(sql):
        if sql == "tables":
            sql = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        if sql == "columns":
            sql = "SELECT column_name FROM information_schema.columns WHERE table_name = 'items'"
        return [int(v) if v.lstrip("-").isdigit() and "version" not in sql else v for v in psql(url, sql)]

    return ask


def wait_until_alone(url):
    """The server notices the death of a client when it next talks to it."""
    name = urllib.parse.urlsplit(url).path[1:]
    for _ in range(600):
        if psql(url, f"SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' AND pid <> pg_backend_pid() AND backend_type = 'client backend'") == ["0"]:
            return
        time.sleep(0.1)
    raise AssertionError("the session of the killed process does not end")


def main():
    folder = pathlib.Path(tempfile.mkdtemp(prefix="turnstone-killed-"))
    migrations = folder / "m"
    migrations.mkdir()
    for name, sql in STEPS.items():
        (migrations / name).write_text(sql)
    places = [("sqlite", str(folder / "x.db"))]
    if server:
        database = f"turnstone_killed_{os.getpid()}"
        psql(server, f"CREATE DATABASE {database}")
        places.append(("postgresql", urllib.parse.urlsplit(server)._replace(path="/" + database).geturl()))
    else:
        print("SKIPPED: TURNSTONE_TEST_PG_URL is not set; only SQLite is killed")
    moved, killed, backups = {}, 0, 0 # moved: rounds by where they began and ended
    usual = {} # seconds that a whole run takes today, its backup with it: there is none before the first
    ways = {"up": ["up"], "down": ["down", "--to", "base"]}
    try:
        for name, where in places:
            for way in ("up", "down", "up"):
                began = time.monotonic()
                subprocess.run([cli, "migrate", where, *ways[way], "--dir", str(migrations)], cwd=folder, capture_output=True, check=True)
                usual[(name, way)] = time.monotonic() - began
        ends = {name: set() for name, _ in places} # states that rounds ended in
        number = -1
        while (number := number + 1) < rounds or (number < 5 * rounds and min(map(len, ends.values())) < 2):
            name, where = places[number % len(places)]
            ask = ask_sqlite(where) if name == "sqlite" else ask_server(where)
            level = 0 if name == "sqlite" and not os.path.exists(where) else state_of(ask)
            del ask
            way = "up" if level == 0 or (level < 3 and chance.random() < 0.5) else "down"
            isKilled = False
            began = time.monotonic()
            work = subprocess.Popen([cli, "migrate", where, *ways[way], "--dir", str(migrations)], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)
            try:
                _, err = work.communicate(timeout=chance.uniform(0.05, 1.1) * usual[(name, way)])
                if level == (0 if way == "up" else 3):
                    usual[(name, way)] = (usual[(name, way)] + time.monotonic() - began) / 2
                assert work.returncode == 0, err.decode()
            except subprocess.TimeoutExpired:
                os.killpg(work.pid, signal.SIGKILL) # with it a pg_dump that it started
                work.communicate()
                killed += 1
                isKilled = True
            if name == "postgresql":
                wait_until_alone(where)
            after = state_of(ask_sqlite(where) if name == "sqlite" else ask_server(where)) if name != "sqlite" or os.path.exists(where) else 0
            moved[(name, level, after)] = moved.get((name, level, after), 0) + 1
            ends[name].add(after)
            if isKilled and after == level:
                usual[(name, way)] *= 1.15 # a machine that has become slower is given more time
            for copy in folder.glob("x.backup-*.db"):
                db = sqlite3.connect(copy)
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",), f"the backup {copy} is damaged"
                db.close()
                state_of(ask_sqlite(str(copy)))
                backups += 1
                copy.unlink()
            for copy in folder.glob("*.dump*"):
                copy.unlink()
        for name, where in places: # nothing that a killed one left is in the way
            done = subprocess.run([cli, "migrate", where, "up", "--dir", str(migrations), "--no-backup"], cwd=folder, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            assert state_of(ask_sqlite(where) if name == "sqlite" else ask_server(where)) == 3
    finally:
        if server:
            psql(server, f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")
        shutil.rmtree(folder)
    print(f"{number} rounds, {killed} killed, {backups} backups opened; ways gone: " + ", ".join(f"{n} {a}→{b}: {c}" for (n, a, b), c in sorted(moved.items())))
    assert killed >= number // 3, "too few were killed to tell anything"
    for name, states in ends.items():
        assert len(states) > 1, f"on {name} every round ended in the same state: that tells nothing"


main()
