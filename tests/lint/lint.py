#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""House rules that a compiler does not check: lint.py CHECK --root DIR [--layers FILE] [--qt-headers DIR].

Every check yields findings, one line each: where, what, and what is allowed. Exit code 0 without findings, 1 with some,
77 when there is nothing to check yet (ctest shows such a test as skipped).
"""
import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

SPDX = "SPDX-License-Identifier: GPL-3.0-or-later"
OURS = ("app", "models", "views")
TOP_LEVEL = {"CMakeLists.txt", "CMakePresets.json", "app", "models", "views", "resources", "migrations", "tests", "packaging",
             "README.md", "CHANGELOG.md", "LICENSE", "CONTRIBUTING.md"}
# What every panel may use; all other folders of views/ are panels, which never see each other.
SHARED_VIEWS = {"views/widgets", "views/reading", "views/charts", "views/panels", "views/dialogs", "views/prices", "views/shell"}
# A migration tool's own table, found in databases of any application.
TOOL_TABLES = {"alembic_version"}
# Words of the chat formats of model providers, which an application's table happens to share.
CHAT_WORDS = {"tool_calls", "tool_results"}
NOTHING_TO_CHECK = 77

LITERAL = r'(?:u8|[LuU])?R"(?P<delimiter>[^\s()\\]{0,16})\((?P<raw>.*?)\)(?P=delimiter)"|"(?P<text>(?:\\.|[^"\\\n])*)"'
TOKEN = re.compile(rf"//[^\n]*|/\*.*?\*/|{LITERAL}|(?<![0-9A-Fa-f])'(?:\\.|[^'\\\n])+'", re.S)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:"(?P<quoted>[^"]+)"|<(?P<angled>[^>]+)>)', re.M)


def files(root, folders, suffixes):
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in suffixes and path.is_file():
                yield path


def sources(root, folders=OURS):
    return files(root, folders, {".h", ".cpp"})


def read(path):
    return path.read_text(encoding="utf-8", errors="replace")


def where(root, path, text="", position=0):
    return f"{path.relative_to(root)}:{text.count(chr(10), 0, position) + 1}"


def blank(match):
    """Replaces a token by spaces and its line ends, so that positions stay what they were."""
    return re.sub(r"[^\n]", " ", match.group())


def without_comments(text):
    return TOKEN.sub(lambda m: blank(m) if m.group().startswith("/") else m.group(), text)


def without_comments_and_strings(text):
    return TOKEN.sub(blank, text)


def includes(text):
    for match in INCLUDE.finditer(without_comments(text)):
        yield match, match["quoted"], match["angled"]


def read_layers(path):
    layers = {}
    for line in read(path).splitlines():
        if line.strip():
            folder, _, depends = line.partition(":")
            layers[folder.strip()] = set(depends.split())
    return layers


def layer_mistakes(layers):
    """What the lists themselves must not say, whatever is included."""
    for folder, depends in sorted(layers.items()):
        for dep in sorted(depends):
            upward = (folder.startswith("models/") and not dep.startswith(("models/", "resources/"))) or (folder.startswith("views/") and dep.startswith("app/"))
            if upward or (folder == "app/cli" and not dep.startswith("models/")):
                yield f"{folder}: depends on {dep}, which stands above it"
            panels = {x for x in (folder, dep) if x.startswith("views/") and x not in SHARED_VIEWS}
            if len(panels) == 2:
                yield f"{folder}: a panel depends on another panel, {dep}"
            if dep not in layers:
                yield f"{folder}: depends on {dep}, which is no module"
    done = set()

    def visit(folder, trail):
        if folder in trail:
            yield f"{folder}: depends on itself through {' → '.join(trail[trail.index(folder):] + [folder])}"
        elif folder not in done:
            for dep in sorted(layers.get(folder, ())):
                yield from visit(dep, trail + [folder])
            done.add(folder)

    for folder in sorted(layers):
        yield from visit(folder, [])


def layering(root, args):
    layers = read_layers(args.layers)
    yield from layer_mistakes(layers)
    for path in sources(root):
        folder = path.parent.relative_to(root).as_posix()
        text = read(path)
        if folder not in layers:
            yield f"{where(root, path)}: the folder {folder} is no module: it lacks turnstone_add_module or turnstone_record_layer"
            continue
        allowed = layers[folder] | {folder}
        for match, quoted, angled in includes(text):
            place = where(root, path, text, match.start())
            if angled and angled.split("/")[0] in OURS:
                yield f"{place}: <{angled}>: our own headers are included with quotes"
            if not quoted or quoted.endswith(".moc") or quoted.startswith("moc_"):
                continue
            if not (root / quoted).is_file():
                yield f"{place}: \"{quoted}\": no such file seen from the repository root (libraries are included with <>)"
            elif str(Path(quoted).parent) not in allowed:
                yield f"{place}: \"{quoted}\": {folder} may include {', '.join(sorted(allowed))}"


def wants_licence(root, path):
    relative = path.relative_to(root)
    if relative.parts[:2] == ("tests", "data") or "__pycache__" in relative.parts:
        return False
    if path.suffix in {".h", ".cpp", ".c", ".py", ".sh", ".cmake"} or path.name == "CMakeLists.txt":
        return True
    with path.open("rb") as file:
        return file.read(2) == b"#!"


def widget_headers(folder):
    """Names of the headers that only QtWidgets has (it also forwards some that moved to QtGui)."""
    names = {p.name for p in Path(folder).iterdir()} if folder and Path(folder).is_dir() else set()
    gui = Path(folder).parent / "QtGui" if folder else None
    return names - ({p.name for p in gui.iterdir()} if gui and gui.is_dir() else set())


def headers(root, args):
    for folder in (*OURS, "tests", "packaging", "migrations", "resources", ".ci", "CMakeLists.txt"):
        start = root / folder
        for path in [start] if start.is_file() else sorted(p for p in start.rglob("*") if p.is_file()):
            if wants_licence(root, path):
                lines = read(path).splitlines()[:2]
                first = lines[1:] if lines and lines[0].startswith("#!") else lines
                if not first or SPDX not in first[0]:
                    yield f"{where(root, path)}: the file does not begin with \"{SPDX}\""

    widgets = widget_headers(args.qt_headers)
    for path in sources(root, (*OURS, "tests")):
        text = read(path)
        relative = path.relative_to(root).as_posix()
        found = [(match, quoted or angled) for match, quoted, angled in includes(text)]
        if path.suffix == ".h" and not re.search(r"^\s*#\s*pragma\s+once\b", without_comments(text), re.M):
            yield f"{where(root, path)}: the header has no #pragma once"
        own = relative[: -len(".cpp")] + ".h"
        if path.suffix == ".cpp" and (root / own).is_file() and (not found or found[0][1] != own):
            yield f"{where(root, path, text, found[0][0].start() if found else 0)}: the first include must be \"{own}\""
        for match, name in found:
            place = where(root, path, text, match.start())
            if name.startswith(".."):
                yield f"{place}: \"{name}\": includes are written from the repository root"
            if relative.startswith(("models/", "app/cli/")) and (name.startswith("QtWidgets") or name.split("/")[-1] in widgets):
                yield f"{place}: <{name}> belongs to QtWidgets, which models/ and app/cli never use"
    for path in (p for folder in ("models", "app/cli") for p in sorted((root / folder).rglob("CMakeLists.txt"))):
        for number, line in enumerate(read(path).splitlines(), 1):
            if re.search(r"\bQt6?::Widgets\b|\bQT\b[^)]*\bWidgets\b", line.split("#")[0]):
                yield f"{path.relative_to(root)}:{number}: links QtWidgets, which models/ and app/cli never use"


def waits(root, args):
    rules = [(OURS, r"\b(qWait|qWaitFor|processEvents|waitForFinished|QEventLoop)\b", "blocks or nests the event loop; deliver the result by signal"),
             (("tests",), r"\b(qWait)\b", "waits for a time, not for an event; use QTRY_VERIFY, QSignalSpy or QTest::qWaitFor")]
    for folders, pattern, reason in rules:
        for path in sources(root, folders):
            text = without_comments_and_strings(read(path))
            for match in re.finditer(pattern, text):
                yield f"{where(root, path, text, match.start())}: {match[1]} {reason}"


def tracked(root):
    """The names at the top level that belong to the project."""
    git = subprocess.run(["git", "-C", str(root), "ls-files", "-z", "--", "."], capture_output=True, text=True, check=False)
    if (root / ".git").exists() and git.returncode == 0:
        return {name.split("/")[0] for name in git.stdout.split("\0") if name}
    return {p.name for p in root.iterdir() if not re.fullmatch(r"build(-.*)?", p.name)}


def house(root, args):
    names = {name for name in tracked(root) if not name.startswith(".")}
    for name in sorted(names - TOP_LEVEL):
        yield f"{name}: does not belong to the top level, which is exactly {', '.join(sorted(TOP_LEVEL))} and dotfiles"
    for name in sorted(TOP_LEVEL - names):
        yield f"{name}: is missing at the top level"
    folders = {path.parent for path in sources(root)}
    # tests/unit mirrors the sources, so that its folders need no words of their own.
    folders |= {root / "tests" / path.relative_to(root / "tests").parts[0] for path in files(root, ("tests",), {".h", ".cpp", ".py", ".sh"})
                if path.parent != root / "tests" and "__pycache__" not in path.parts}
    for folder in sorted(folders - {root / "tests" / "data"}):
        if not (folder / "README.md").is_file():
            yield f"{folder.relative_to(root)}: a folder with code has a README.md"


def table_names(value):
    """Every name of a table in a profile: the keys of each object "tables", at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "tables" and isinstance(inner, dict):
                yield from inner
            yield from table_names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from table_names(inner)


def applications(root, args):
    profiles = sorted((root / "resources" / "profiles").glob("*.json"))
    names = set()
    broken = False
    for profile in profiles:
        try:
            names |= {name for name in table_names(json.loads(read(profile))) if "_" in name} - TOOL_TABLES - CHAT_WORDS
        except json.JSONDecodeError as error:
            broken = True
            yield f"{profile.relative_to(root)}:{error.lineno}: no JSON: {error.msg}"
    if not names and not broken:
        print("SKIPPED: resources/profiles has no profile yet, so no table name can be looked for")
        sys.exit(NOTHING_TO_CHECK)
    pattern = re.compile(rf"(?<!\w)({'|'.join(sorted(map(re.escape, names))) or '(?!)'})(?!\w)")
    for path in sources(root):
        text = read(path)
        for token in TOKEN.finditer(text):
            literal = token["raw"] if token["raw"] is not None else token["text"]
            for match in pattern.finditer(literal or ""):
                yield f"{where(root, path, text, token.start())}: \"{match[1]}\" is a table of an application; only profiles may name it"


PLURALS = "views/widgets/englishplurals.cpp"


def plurals(root, args):
    """A count of one has words of its own for every "%n" that the window says."""
    known = {token["text"] for token in TOKEN.finditer(read(root / PLURALS)) if token["text"]} if (root / PLURALS).is_file() else set()
    for path in sources(root, ("models", "views")):
        if path == root / PLURALS:
            continue
        text = read(path)
        for token in TOKEN.finditer(text):
            literal = token["text"] or ""
            if re.search(r"%L?n(?![a-zA-Z])", literal) and literal not in known:
                yield f"{where(root, path, text, token.start())}: \"{literal}\" has no words for one in {PLURALS}"


CHECKS = {check.__name__: check for check in (layering, headers, waits, house, applications, plurals)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("check", choices=CHECKS)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--layers", type=Path, help="the build's layers.txt (for layering)")
    parser.add_argument("--qt-headers", help="the folder of QtWidgets' headers (for headers)")
    args = parser.parse_args()
    if args.check == "layering" and not args.layers:
        parser.error("layering needs --layers")
    findings = list(CHECKS[args.check](args.root.resolve(), args))
    for finding in findings:
        print(finding)
    print(f"lint_{args.check}: {len(findings)} findings")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
