#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every example of turnstone-cli in README.md exactly as it is printed there, one after the other in an empty folder.

usage: readme_examples.py CLI ROOT

Also: every verb has an example, and every file that README.md and CONTRIBUTING.md name is there.
"""
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

CLI, ROOT = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
HEADING = "## turnstone-cli by example"
failures = []


def check(what, is_so, detail=""):
    if not is_so:
        failures.append("%s%s" % (what, "\n    " + detail.strip().replace("\n", "\n    ") if detail else ""))


def examples():
    section = (ROOT / "README.md").read_text(encoding="utf-8").split(HEADING + "\n", 1)[1].split("\n## ", 1)[0]
    return [line.strip() for line in section.splitlines() if line.startswith("    turnstone-cli")]


def files(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def run_examples(folder, home):
    """Each one succeeds and says or writes something; nothing that is there already is changed by any of them."""
    (folder / ".env").write_text("DATABASE_URL=sqlite:///arena.db\n")
    shutil.copy(ROOT / "resources/profiles/llm-logs.json", folder / "my-profile.json")
    environment = {"PATH": "%s:/usr/bin:/bin" % CLI.parent, "HOME": str(home), "LANG": "C.UTF-8"}
    for line in examples():
        before = files(folder)
        done = subprocess.run(["bash", "-c", line], cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120)
        after = files(folder)
        # The samples are believable: there is something to be found in them.
        expected = 1 if "exit code 1 if anything is" in line else 0
        check("%s\n    ended with %d, not %d" % (line, done.returncode, expected), done.returncode == expected, done.stderr)
        made = set(after) - set(before)
        check("%s\n    neither printed nor wrote anything" % line, done.stdout.strip() or done.stderr.strip() or made)
        wanted = re.findall(r"(?:-o|backup \S+|restore|demo|new) (\S+\.\w+)", line)
        check("%s\n    did not write %s but %s" % (line, wanted, sorted(made)), set(wanted) == made)
        check("%s\n    changed what was there" % line, all(after.get(name) == before[name] for name in before))


def every_verb_has_one():
    described = subprocess.run([str(CLI), "--describe", "man"], capture_output=True, text=True, check=True).stdout
    verbs = set(re.findall(r"^\.SS ([a-z]+)", described, re.M))
    check("no verbs in turnstone-cli --describe man", len(verbs) > 10, described[:400])
    shown = {line.split()[1] for line in examples()}
    check("verbs without an example in README.md: %s" % sorted(verbs - shown), verbs <= shown)


def named_files_are_there():
    for document in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        named = re.findall(r"(?:`|\]\()((?:app|models|views|resources|tests|packaging|migrations)/[A-Za-z0-9_./-]+)(?:`|\)| )", text)
        check("%s names no file" % document, named)
        for path in named:
            check("%s names %s, which is not there" % (document, path), (ROOT / path).exists())


with tempfile.TemporaryDirectory() as scratch, tempfile.TemporaryDirectory() as home:
    run_examples(Path(scratch), Path(home))
every_verb_has_one()
named_files_are_there()
for failure in failures:
    print("FAILED: " + failure)
print("%d examples, %d failures" % (len(examples()), len(failures)))
sys.exit(1 if failures or len(examples()) < 10 else 0)
