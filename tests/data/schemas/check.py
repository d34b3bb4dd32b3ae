#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the schemas in this folder with the histories in migrations/.

For every history: its files are well formed; each step up and down leads back to the same catalog;
the last step gives the catalog of <system>/<variant>.<engine>.sql where that file exists; everything
down leaves nothing; up again gives the same. Rows of <system>/<variant>.<engine>.rows.sql are put in
after the first step and must survive the way up and down.
"""

import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
MIGRATIONS = HERE.parents[2] / "migrations"

# The variant whose history stands in migrations/<system>/<engine>/ itself.
DEFAULT_VARIANT = {
    "consensus-engine": {"sqlite": "documented", "postgresql": "documented"},
    "mindgames-arena": {"sqlite": "current", "postgresql": "current"},
    "quorum": {"sqlite": "orm", "postgresql": "migrated"},
    "llm-orchestration": {"sqlite": "current", "postgresql": "current"},
    "project-2501": {"sqlite": "documented", "postgresql": "documented"},
}

# Tables in which applications note their migrations: their rows belong to the state that is compared.
TRACKING = {"alembic_version": "version_num", "applied_migrations": "filename"}


class CheckError(Exception):
    """What is wrong, in one or more lines."""


# ---------------------------------------------------------------- migration files


class Migration:
    def __init__(self, path):
        self.path = path
        raw = path.read_bytes()
        problems = []
        if raw.startswith(b"\xef\xbb\xbf"):
            problems.append("begins with a byte order mark")
        if b"\r" in raw:
            problems.append("contains carriage returns")
        if not raw.endswith(b"\n"):
            problems.append("has no newline at the end")
        lines = raw.decode("ascii").split("\n")
        ups = [i for i, line in enumerate(lines) if line == "-- migrate:up"]
        downs = [i for i, line in enumerate(lines) if line == "-- migrate:down"]
        if len(ups) != 1 or len(downs) != 1 or ups[0] > downs[0]:
            raise CheckError("%s: needs one '-- migrate:up' and then one '-- migrate:down', each alone on its line" % path)
        head = [line for line in lines[: ups[0]] if line]
        if len(head) < 2 or not all(line.startswith("-- ") for line in head):
            problems.append("needs a title and a sentence, as comments, before '-- migrate:up'")
        self.up = "\n".join(lines[ups[0] + 1 : downs[0]])
        self.down = "\n".join(lines[downs[0] + 1 :])
        for part, sql in (("up", self.up), ("down", self.down)):
            bare = re.sub(r"\$(\w*)\$.*?\$\1\$", "''", re.sub(r"'(?:[^']|'')*'", "''", sql), flags=re.S)
            if not bare.strip():
                problems.append("has an empty %s part" % part)
            if not bare.rstrip().endswith(";"):
                problems.append("the %s part does not end with ';'" % part)
            bad = re.search(r"\b(CONCURRENTLY|VACUUM|BEGIN|COMMIT|ROLLBACK|REINDEX DATABASE|ALTER SYSTEM)\b", bare, re.I)
            if bad:
                problems.append("the %s part contains %s, which does not fit into a transaction" % (part, bad.group(1)))
        if problems:
            raise CheckError("\n".join("%s: %s" % (path, p) for p in problems))


def history(folder):
    files = sorted(folder.glob("*.sql"))
    numbers = [f.name[:4] for f in files]
    first = int(numbers[0])
    if first not in (0, 1) or numbers != ["%04d" % (first + i) for i in range(len(files))]:
        raise CheckError("%s: numbers are not consecutive from 0000 or 0001: %s" % (folder, ", ".join(numbers)))
    return [Migration(f) for f in files]


# ---------------------------------------------------------------- SQLite


def tokens(sql):
    """Words, names, literals and signs of an SQL text, without blanks and comments."""
    pattern = re.compile(r"""--[^\n]*|/\*.*?\*/|\s+|('(?:[^']|'')*')|"((?:[^"]|"")*)"|(\w+)|(<>|!=|<=|>=|==|\|\||.)""", re.S)
    for m in pattern.finditer(sql):
        if m.group(1):
            yield m.group(1)
        elif m.group(2) is not None:
            yield m.group(2).lower()
        elif m.group(3):
            yield m.group(3).lower()
        elif m.group(4):
            yield m.group(4)


def named_parts(sql):
    """CHECKs with their names and texts, other named constraints with theirs, and the table's options."""
    t = list(tokens(sql))
    parts = []
    for i, word in enumerate(t):
        name = t[i - 1] if i > 1 and t[i - 2] == "constraint" else ""
        if word == "check":
            depth, j = 0, i + 1
            while True:
                depth += {"(": 1, ")": -1}.get(t[j], 0)
                j += 1
                if depth == 0:
                    break
            parts.append(["check", name, " ".join(t[i + 2 : j - 1])])
        elif name and word in ("primary", "unique", "foreign", "references", "not"):
            parts.append([word, name])
        elif word == "autoincrement":
            parts.append([word])
    tail = t[len(t) - 1 - t[::-1].index(")") + 1 :]
    return sorted(parts) + [["options"] + tail]


class Sqlite:
    def __init__(self, foreign_keys):
        self.db = sqlite3.connect(":memory:", isolation_level=None)
        self.db.execute("PRAGMA foreign_keys = %s" % ("ON" if foreign_keys else "OFF"))

    def run(self, sql, what):
        statement = ""
        self.db.execute("BEGIN")
        try:
            for line in sql.split("\n"):
                statement += line + "\n"
                if sqlite3.complete_statement(statement):
                    self.db.execute(statement)
                    statement = ""
            if re.sub(r"--[^\n]*", "", statement).strip():
                raise CheckError("%s: the last statement has no end:\n%s" % (what, statement.strip()))
            self.db.execute("COMMIT")
        except sqlite3.Error as e:
            raise CheckError("%s: %s\n%s" % (what, e, statement.strip()))
        broken = self.db.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise CheckError("%s: rows point to nothing: %s" % (what, broken[:5]))

    def catalog(self):
        q = lambda sql, *a: [list(r) for r in self.db.execute(sql, a)]
        result = {}
        for kind, name, table, sql in q("SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name"):
            if name.startswith("sqlite_"):
                continue
            if kind == "table":
                indexes = []
                for _, index, unique, origin, partial in q("SELECT * FROM pragma_index_list(?)", name):
                    columns = [r[1:] for r in q("SELECT * FROM pragma_index_xinfo(?)", index)]
                    indexes.append([index if origin == "c" else "", unique, origin, partial, columns])
                keys = {}
                for r in q("SELECT * FROM pragma_foreign_key_list(?)", name):
                    keys.setdefault(r[0], []).append(r[1:])
                result["table " + name] = {
                    "columns": q("SELECT * FROM pragma_table_xinfo(?)", name),
                    "indexes": sorted(indexes, key=json.dumps),
                    "foreign keys": sorted(keys.values(), key=json.dumps),
                    "named": named_parts(sql),
                }
            else:
                result["%s %s" % (kind, name)] = {"table": table, "sql": " ".join(tokens(sql)) if kind != "index" else ""}
        for table, column in TRACKING.items():
            if "table " + table in result:
                result["rows " + table] = q("SELECT %s FROM %s ORDER BY 1" % (column, table))
        return result

    def tables(self):
        return [r[0] for r in self.db.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]

    def rows(self, table):
        cursor = self.db.execute('SELECT * FROM "%s"' % table)
        names = [c[0] for c in cursor.description]
        return [dict(zip(names, r)) for r in cursor]

    def close(self):
        self.db.close()


# ---------------------------------------------------------------- PostgreSQL

# Objects of extensions are left out. NOT NULL is compared with the columns: only PostgreSQL 18 names it.
PG_CATALOG = r"""
WITH ext AS (SELECT classid, objid FROM pg_depend WHERE deptype = 'e'),
rel AS (
  SELECT c.* FROM pg_class c
   WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S', 'i', 'f')
     AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_class'::regclass AND objid = c.oid)),
parts (name, value) AS (
  SELECT CASE relkind WHEN 'r' THEN 'table ' WHEN 'S' THEN 'sequence ' WHEN 'v' THEN 'view ' ELSE 'relation ' END || relname,
         jsonb_build_object(
           'columns', (SELECT jsonb_agg(jsonb_build_array(a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
                                                          pg_get_expr(d.adbin, d.adrelid), col_description(a.attrelid, a.attnum)) ORDER BY a.attnum)
                         FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
                        WHERE a.attrelid = rel.oid AND a.attnum > 0 AND NOT a.attisdropped AND rel.relkind <> 'S'),
           'comment', obj_description(oid, 'pg_class'))
    FROM rel WHERE relkind <> 'i'
  UNION ALL
  SELECT 'constraint ' || rel.relname || '.' || conname,
         jsonb_build_array(pg_get_constraintdef(k.oid), convalidated, obj_description(k.oid, 'pg_constraint'))
    FROM pg_constraint k JOIN rel ON rel.oid = conrelid WHERE contype <> 'n'
  UNION ALL
  SELECT 'index ' || i.relname, jsonb_build_array(pg_get_indexdef(indexrelid), indisunique, indisvalid)
    FROM pg_index x JOIN rel i ON i.oid = indexrelid
  UNION ALL
  SELECT 'trigger ' || rel.relname || '.' || tgname, to_jsonb(pg_get_triggerdef(t.oid))
    FROM pg_trigger t JOIN rel ON rel.oid = tgrelid WHERE NOT tgisinternal
  UNION ALL
  SELECT 'type ' || typname, (SELECT jsonb_agg(enumlabel ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid)
    FROM pg_type t WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
     AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_type'::regclass AND objid = t.oid)
  UNION ALL
  SELECT 'function ' || p.oid::regprocedure, jsonb_build_array(prosrc, prorettype::regtype, provolatile, (SELECT lanname FROM pg_language WHERE oid = prolang))
    FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
     AND NOT EXISTS (SELECT FROM ext WHERE classid = 'pg_proc'::regclass AND objid = p.oid)
)
SELECT coalesce(jsonb_object_agg(name, value), '{}') FROM parts;
"""

# A type `vector` for servers without pgvector: text inside, vector(1536) for the eye, no HNSW.
STAND_IN = """
CREATE SCHEMA stand_in;
CREATE TYPE stand_in.vector;
CREATE FUNCTION stand_in.vector_in(cstring, oid, integer) RETURNS stand_in.vector LANGUAGE internal IMMUTABLE STRICT AS 'textin';
CREATE FUNCTION stand_in.vector_out(stand_in.vector) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'textout';
CREATE FUNCTION stand_in.vector_typmod_in(cstring[]) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodin';
CREATE FUNCTION stand_in.vector_typmod_out(integer) RETURNS cstring LANGUAGE internal IMMUTABLE STRICT AS 'varchartypmodout';
CREATE TYPE stand_in.vector (INPUT = stand_in.vector_in, OUTPUT = stand_in.vector_out,
  TYPMOD_IN = stand_in.vector_typmod_in, TYPMOD_OUT = stand_in.vector_typmod_out, LIKE = text);
"""


class Server:
    def __init__(self, url):
        self.url = url
        self.version = self.psql("SELECT current_setting('server_version')").strip()
        self.extensions = set(self.psql("SELECT name FROM pg_available_extensions").split())

    def psql(self, sql, database=None, transaction=False):
        parts = urllib.parse.urlsplit(self.url)
        if database:
            parts = parts._replace(path="/" + database)
        env = dict(os.environ, PGOPTIONS="-c client_min_messages=warning")
        query = urllib.parse.urlsplit(self.url).query
        if parts.password is not None:  # never on a command line
            env["PGPASSWORD"] = urllib.parse.unquote(parts.password)
            user = urllib.parse.quote(urllib.parse.unquote(parts.username or ""), safe="")
            parts = parts._replace(netloc=user + "@" + parts.netloc.rpartition("@")[2], query=query)
        command = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", parts.geturl(), "-f", "-"]
        if transaction:
            command.append("--single-transaction")
        done = subprocess.run(command, input=sql, capture_output=True, text=True, env=env)
        if done.returncode:
            raise CheckError(done.stderr.strip())
        return done.stdout


class Postgres:
    serial = 0

    def __init__(self, server, vector):
        self.server = server
        self.stand_in = vector and "vector" not in server.extensions
        Postgres.serial += 1
        self.name = "turnstone_check_%d_%d" % (os.getpid(), Postgres.serial)
        server.psql('CREATE DATABASE "%s"' % self.name)
        if self.stand_in:
            server.psql(STAND_IN + 'ALTER DATABASE "%s" SET search_path = public, stand_in;' % self.name, self.name, True)

    def run(self, sql, what):
        if self.stand_in:
            sql = re.sub(r"^CREATE EXTENSION IF NOT EXISTS vector;", "", sql, flags=re.M)
            sql = re.sub(r"^CREATE INDEX [^;]*USING hnsw[^;]*;", "", sql, flags=re.M)
        try:
            self.server.psql(sql, self.name, True)
        except CheckError as e:
            raise CheckError("%s: %s" % (what, e))

    def catalog(self):
        result = json.loads(self.server.psql(PG_CATALOG, self.name))
        for name, value in result.items():
            # pgvector's defaults, spelled out or not, are the same index
            if name.startswith("index "):
                value[0] = value[0].replace(" WITH (m='16', ef_construction='64')", "")
        for table, column in TRACKING.items():
            if "table " + table in result:
                result["rows " + table] = self.server.psql("SELECT %s FROM %s ORDER BY 1" % (column, table), self.name).split()
        return result

    def tables(self):
        return self.server.psql("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", self.name).split()

    def rows(self, table):
        return json.loads(self.server.psql("SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]') FROM \"%s\" t" % table, self.name))

    def close(self):
        self.server.psql('DROP DATABASE "%s"' % self.name)


# ---------------------------------------------------------------- the checks


def same(expected, found, what):
    if expected == found:
        return
    lines = [what]
    for name in sorted(set(expected) | set(found)):
        e, f = expected.get(name), found.get(name)
        if e == f:
            continue
        if e is None or f is None:
            lines.append("  %s %s" % ("unexpected:" if e is None else "missing:", name))
        elif isinstance(e, dict) and isinstance(f, dict):
            for key in e:
                if e[key] != f[key]:
                    lines.append("  %s, %s:\n    expected %s\n    found    %s" % (name, key, json.dumps(e[key]), json.dumps(f[key])))
        else:
            lines.append("  %s:\n    expected %s\n    found    %s" % (name, json.dumps(e), json.dumps(f)))
    raise CheckError("\n".join(lines))


def contents(db):
    """All rows, the tracking tables' aside; an empty text counts as NULL, since steps may turn one into the other."""
    result = {}
    for table in db.tables():
        if table not in TRACKING:
            rows = [{k: None if v == "" else v for k, v in row.items()} for row in db.rows(table)]
            result[table] = sorted(json.dumps(r, sort_keys=True) for r in rows)
    return result


def check(steps, schema, rows, connect):
    """One history on one database; gives back what was compared, in words."""
    said = []
    db = connect()
    try:
        levels = [db.catalog()]
        if levels[0]:
            raise CheckError("the new database is not empty: %s" % ", ".join(levels[0]))
        for step in steps:
            name = step.path.name
            db.run(step.up, name + " up")
            levels.append(db.catalog())
            db.run(step.down, name + " down")
            same(levels[-2], db.catalog(), "%s: down does not lead back" % name)
            db.run(step.up, name + " up again")
            same(levels[-1], db.catalog(), "%s: up again differs" % name)
        if schema:
            other = connect()
            try:
                other.run(schema.read_text(), schema.name)
                same(other.catalog(), levels[-1], "%s: the history ends in another catalog" % schema.name)
            finally:
                other.close()
            said.append("equal to %s" % schema.name)
        for step, below in zip(reversed(steps), reversed(levels[:-1])):
            db.run(step.down, step.path.name + " down")
            same(below, db.catalog(), "%s: all down does not lead back" % step.path.name)
        said.append("down leaves nothing")
        for i, step in enumerate(steps):
            db.run(step.up, step.path.name + " up")
            if i == 0 and rows:
                db.run(rows.read_text(), rows.name)
                before = contents(db)
        same(levels[-1], db.catalog(), "up again ends in another catalog")
        if rows:
            counts = {t: len(r) for t, r in before.items()}
            above = contents(db)
            same(counts, {t: len(above[t]) for t in before}, "rows are lost on the way up")
            for step in reversed(steps[1:]):
                db.run(step.down, step.path.name + " down with rows")
            same(levels[1], db.catalog(), "down with rows ends in another catalog")
            same(before, contents(db), "rows change on the way up and down")
            said.append("%d rows survive up and down" % sum(counts.values()))
    finally:
        db.close()
    return said


def main():
    wanted = sys.argv[1:]
    servers, skipped, failures, done = {}, [], 0, 0
    for key, variable in (("plain", "TURNSTONE_TEST_PG_URL"), ("vector", "TURNSTONE_TEST_PGVECTOR_URL")):
        if os.environ.get(variable):
            try:
                servers[key] = Server(os.environ[variable])
                print("%s: PostgreSQL %s" % (variable, servers[key].version))
            except CheckError as e:
                print("FAILED   %s cannot be used: %s" % (variable, e))
                failures += 1
        else:
            skipped.append("%s is not set" % variable)
    used = set()
    cases = []
    for system, engines in DEFAULT_VARIANT.items():
        for engine, default in engines.items():
            base = MIGRATIONS / system / engine
            cases.append((system, default, engine, base))
            cases += [(system, d.name, engine, d) for d in sorted(base.iterdir()) if d.is_dir() and d.name != "conversions"]
    for system, variant, engine, folder in cases:
        title = "%s/%s on %s" % (system, variant, engine)
        schema = HERE / system / ("%s.%s.sql" % (variant, engine))
        used.add(schema)
        if wanted and not any(w in title for w in wanted):
            continue
        rows = HERE / system / ("%s.%s.rows.sql" % (variant, engine))
        rows = rows if rows.exists() else None
        try:
            steps = history(folder)
            schema = schema if schema.exists() else None
            runs = []
            if engine == "sqlite":
                runs = [("foreign keys on", lambda: Sqlite(True)), ("foreign keys off", lambda: Sqlite(False))]
            else:
                text = "".join(s.up for s in steps)
                vector = "EXTENSION IF NOT EXISTS vector" in text
                pgcrypto = "EXTENSION IF NOT EXISTS pgcrypto" in text
                for key, server in servers.items():
                    if pgcrypto and "pgcrypto" not in server.extensions:
                        skipped.append("%s (PostgreSQL %s): it has no pgcrypto" % (title, server.version))
                        continue
                    label = "PostgreSQL " + server.version
                    if vector and "vector" not in server.extensions:
                        label += ", stand-in for vector"
                        if "USING hnsw" in text:
                            skipped.append("%s (PostgreSQL %s): the HNSW index, for want of pgvector" % (title, server.version))
                    runs.append((label, lambda server=server: Postgres(server, vector)))
                if not runs:
                    skipped.append("%s: no server" % title)
            for label, connect in runs:
                try:
                    said = check(steps, schema, rows, connect)
                    done += 1
                    print("ok       %s (%s): %d step%s, %s" % (title, label, len(steps), "s" * (len(steps) != 1), ", ".join(said)))
                except CheckError as e:
                    failures += 1
                    print("FAILED   %s (%s): %s" % (title, label, e))
        except CheckError as e:
            failures += 1
            print("FAILED   %s: %s" % (title, e))
    for schema in sorted(HERE.glob("*/*.sql")):
        if schema not in used and not schema.name.endswith(".rows.sql"):
            failures += 1
            print("FAILED   %s has no history in migrations/" % schema.relative_to(HERE))
    for line in skipped:
        print("SKIPPED  *** %s ***" % line)
    print("%d checked, %d failed, %d skipped" % (done, failures, len(skipped)))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
