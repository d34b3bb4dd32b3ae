#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alembic itself and turnstone-cli on one database: alembic_agrees.py CLI. Exit code 77 (skipped) where Alembic cannot be had."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

cli = sys.argv[1]
VERSION = "1.13.3"
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


def run(*words, **options):
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, **options)
    assert done.returncode == 0, f"{words}: {done.stderr}{done.stdout}"
    return done.stdout


def main():
    alembic = alembic_program()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="turnstone-alembic-"))
    try:
        database = folder / "consensus.db"
        (folder / "a" / "versions").mkdir(parents=True)
        (folder / "alembic.ini").write_text(f"[alembic]\nscript_location = {folder}/a\nsqlalchemy.url = sqlite:///{database}\n")
        (folder / "a" / "env.py").write_text("from alembic import context\nimport sqlalchemy as sa\n"
                                             "engine = sa.create_engine(context.config.get_main_option('sqlalchemy.url'))\n"
                                             "with engine.connect() as connection:\n"
                                             "    context.configure(connection=connection)\n"
                                             "    with context.begin_transaction():\n"
                                             "        context.run_migrations()\n")
        steps = [("001_initial", "None", "The first", "pass", "pass"),
                 ("002_mood", "'001_initial'", "A mood", "op.add_column('rounds', sa.Column('mood', sa.String()))", "op.drop_column('rounds', 'mood')")]
        for revision, below, title, up, down in steps:
            (folder / "a" / "versions" / f"{revision}.py").write_text(SCRIPT.format(revision=revision, below=below, title=title, up=up, down=down))
        alembic_run = lambda *words: run(alembic, "-c", folder / "alembic.ini", *words, cwd=folder)
        status = lambda *words: json.loads(run(cli, "migrate", database, "status", "--json", *words))

        run(cli, "migrate", database, "up", "--system", "consensus-engine")
        assert alembic_run("current").split()[0] == "001_initial", "Alembic does not find the revision that was recorded here"
        assert status()["current"] == "001_initial"
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
        assert alembic_run("current").split()[0] == "001_initial"
        alembic_run("stamp", "base")
        assert status("--dir", folder / "a")["applied"] == []
        print(f"Alembic {VERSION} and turnstone-cli agree after each other's work")
    finally:
        shutil.rmtree(folder)


main()
