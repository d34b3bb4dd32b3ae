#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alembic itself and turnstone-cli on one database: alembic_agrees.py CLI. Exit code 77 (skipped) where Alembic cannot be had.

On a SQLite file, and on the server with pgvector that TURNSTONE_TEST_PGVECTOR_URL names; without one, or without the driver,
that part is skipped, audibly.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

cli = sys.argv[1]
VERSION = "1.13.3"
DRIVER = "pg8000==1.31.2"
SCRIPT = '''"""{title}"""
from alembic import op
import sqlalchemy as sa
revision = "{revision}"
down_revision = {below}
def upgrade():
    {up}
def downgrade():
    {down}
'''


def alembic_program():
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache")) / "turnstone-tests" / f"alembic-{VERSION}"
    program = cache / "bin" / "alembic"
    if not program.exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", cache], check=True, capture_output=True)
            subprocess.run([cache / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", f"alembic=={VERSION}"], check=True, capture_output=True, timeout=300)
        except (subprocess.SubprocessError, OSError) as problem:
            shutil.rmtree(cache, ignore_errors=True)
            print(f"SKIPPED  *** Alembic could not be installed from PyPI: {problem} ***")
            sys.exit(77)
    return program


def has_driver(python):
    if subprocess.run([python, "-c", "import pg8000"], capture_output=True).returncode == 0:
        return True
    try:
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", DRIVER], check=True, capture_output=True, timeout=300)
    except (subprocess.SubprocessError, OSError) as problem:
        print(f"SKIPPED  *** {DRIVER} could not be installed from PyPI: {problem} ***")
        return False
    return True


def run(*words, **options):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{words}: {done.stderr}{done.stdout}"
    return done.stdout


def agree(alembic, database, engine_url, system, first, table):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="turnstone-alembic-"))
    try:
        (folder / "a" / "versions").mkdir(parents=True)
        (folder / "alembic.ini").write_text(f"[alembic]\nscript_location = {folder}/a\n")
        (folder / "a" / "env.py").write_text("from alembic import context\nimport os\nimport sqlalchemy as sa\n"
                                             "engine = sa.create_engine(os.environ['ENGINE_URL'])\n"
                                             "with engine.connect() as connection:\n"
                                             "    context.configure(connection=connection)\n"
                                             "    with context.begin_transaction():\n"
                                             "        context.run_migrations()\n")
        steps = [(first, "None", "The first", "pass", "pass"),
                 ("002_mood", f"'{first}'", "A mood", f"op.add_column('{table}', sa.Column('mood', sa.String()))", f"op.drop_column('{table}', 'mood')")]
        for revision, below, title, up, down in steps:
            (folder / "a" / "versions" / f"{revision}.py").write_text(SCRIPT.format(revision=revision, below=below, title=title, up=up, down=down))
        alembic_run = lambda *words: run(alembic, "-c", folder / "alembic.ini", *words, cwd=folder, env={**os.environ, "ENGINE_URL": engine_url})
        status = lambda *words: json.loads(run(cli, "migrate", database, "status", "--json", *words))

        run(cli, "migrate", database, "up", "--system", system)
        assert alembic_run("current").split()[0] == first, "Alembic does not find the revision that was recorded here"
        assert status()["current"] == first
        alembic_run("upgrade", "head")
        ours = status("--dir", folder / "a")
        assert ours["current"] == "002_mood" and ours["pending"] == [], ours
        known = status()
        assert known["unknown"] == ["002_mood"] and known["pending"] is None, known
        refused = subprocess.run([cli, "migrate", str(database), "down"], capture_output=True, text=True)
        assert refused.returncode == 1 and "newer" in refused.stderr, refused.stderr
        alembic_run("downgrade", "-1")
        assert status("--dir", folder / "a")["pending"] == ["002_mood"]
        run(cli, "migrate", database, "stamp", "--to", "base")
        assert alembic_run("current").strip() == "", "Alembic sees a revision after stamping base"
        run(cli, "migrate", database, "stamp", "--to", "head")
        assert alembic_run("current").split()[0] == first
        alembic_run("stamp", "base")
        assert status("--dir", folder / "a")["applied"] == []
        print(f"{system}: Alembic {VERSION} and turnstone-cli agree after each other's work")
    finally:
        shutil.rmtree(folder)


def on_server(alembic):
    server = os.environ.get("TURNSTONE_TEST_PGVECTOR_URL")
    python = alembic.parent / "python"
    if not server:
        print("SKIPPED  *** PostgreSQL: TURNSTONE_TEST_PGVECTOR_URL is not set ***")
        return
    if not has_driver(python):
        return
    name = f"turnstone_alembic_{os.getpid()}"
    place = urllib.parse.urlsplit(server)
    database = place._replace(path="/" + name).geturl()
    engine_url = lambda url: "postgresql+pg8000" + url[url.index("://"):]

    def execute(sql):
        run(python, "-c", "import os, sys\nimport sqlalchemy as sa\n"
                          "with sa.create_engine(os.environ['ENGINE_URL'], isolation_level='AUTOCOMMIT').connect() as connection:\n"
                          "    connection.execute(sa.text(sys.argv[1]))\n", sql, env={**os.environ, "ENGINE_URL": engine_url(server)})

    execute(f"CREATE DATABASE {name}")
    try:
        agree(alembic, database, engine_url(database), "quorum", "001_quality_tables", "messages")
    finally:
        execute(f"DROP DATABASE {name} WITH (FORCE)")


def main():
    alembic = alembic_program()
    with tempfile.TemporaryDirectory(prefix="turnstone-alembic-") as folder:
        database = pathlib.Path(folder) / "consensus.db"
        agree(alembic, database, f"sqlite:///{database}", "consensus-engine", "001_initial", "rounds")
    on_server(alembic)


main()
