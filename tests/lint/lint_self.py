#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proves that the lints bite: each passes on a right tree and fails on the same tree with one mistake."""
import shutil
import subprocess
import sys
from pathlib import Path

LINT = Path(__file__).with_name("lint.py")
SPDX = "SPDX-License-Identifier: GPL-3.0-or-later"
CPP = f"// {SPDX}\n"
HEADER = CPP + "#pragma once\n"

# A small project that keeps every rule.
RIGHT = {
    "layers.txt": "models/core:\nmodels/database:models/core\nviews/browse:models/core\nviews/query:models/core\nviews/widgets:\napp/cli:models/core\n",
    "CMakeLists.txt": f"# {SPDX}\n", "CMakePresets.json": "{}", "README.md": "", "CHANGELOG.md": "", "LICENSE": "", "CONTRIBUTING.md": "",
    ".gitignore": "", "build/anything.txt": "", "packaging/run.sh": f"#!/bin/sh\n# {SPDX}\n", "migrations/a.sql": "-- The first line is a title\n",
    "resources/profiles/a.json": '{"tables": {"llm_calls": {}, "games": {}}, "variants": [{"tables": {"game_turns": {}}}]}',
    "models/core/CMakeLists.txt": f"# {SPDX}\nturnstone_add_module(models/core QT Core Gui)\n",
    "models/core/README.md": "", "models/core/error.h": HEADER,
    "models/database/README.md": "", "models/database/session.h": HEADER + '#include "models/core/error.h"\n#include <QString>\n',
    "models/database/session.cpp": CPP + '#include "models/database/session.h"\n\n// qWait and "llm_calls" in a comment\n'
                                         "const char *s = \"processEvents games '\"; // \"\nint n = 1'000; char c = '\"';\n#include \"session.moc\"\n",
    "views/browse/README.md": "", "views/browse/panel.h": HEADER + "#include <QWidget>\n",
    "views/widgets/README.md": "", "views/widgets/englishplurals.cpp": CPP + 'auto one = map{{"%n rows", "%n row"}};\n',
    "views/query/README.md": "", "views/query/editor.h": HEADER + 'auto a = tr("%n rows", nullptr, 1);\n',
    "app/cli/README.md": "", "app/cli/main.cpp": CPP + '#include "models/core/error.h"\nauto a = R"(x "llm" y)";\n',
    "tests/unit/README.md": "", "tests/unit/models/core/tst_error.cpp": CPP + "#include <QTest>\nbool b = QTest::qWaitFor(f);\n",
    "tests/data/strange.sql": "no licence", "qt/QtWidgets/QWidget": "", "qt/QtWidgets/QAction": "", "qt/QtGui/QAction": "",
}
# qt/ and layers.txt are parts of this test, not of the tree that house looks at.
NOT_HOUSE = {"layers.txt", "qt/QtWidgets/QWidget", "qt/QtWidgets/QAction", "qt/QtGui/QAction"}

# check, changed files (None: the file is missing), what the finding says
MISTAKES = [
    ("layering", {"models/core/error.h": HEADER + '#include "models/database/session.h"\n'}, "models/core/error.h:3: \"models/database/session.h\""),
    ("layering", {"models/core/error.h": HEADER + '#include "error.h"\n'}, "no such file seen from the repository root"),
    ("layering", {"models/core/error.h": HEADER + "  #  include <models/database/session.h>\n"}, "included with quotes"),
    ("layering", {"views/browse/panel.h": HEADER + '#include "models/database/session.h"\n'}, "views/browse may include models/core, views/browse"),
    ("layering", {"models/new/thing.cpp": CPP}, "models/new is no module"),
    ("layering", {"layers.txt": RIGHT["layers.txt"].replace("models/core:", "models/core:models/database")}, "depends on itself"),
    ("layering", {"layers.txt": RIGHT["layers.txt"].replace("models/core:\n", "models/core:views/browse\n")}, "stands above it"),
    ("layering", {"layers.txt": RIGHT["layers.txt"].replace("app/cli:", "app/cli:views/browse ")}, "app/cli: depends on views/browse"),
    ("layering", {"layers.txt": RIGHT["layers.txt"].replace("views/browse:", "views/browse:views/query ")}, "another panel"),
    ("layering", {"layers.txt": RIGHT["layers.txt"].replace("app/cli:", "app/cli:models/none ")}, "which is no module"),
    ("headers", {"models/core/error.h": "#pragma once\n"}, "models/core/error.h:1: the file does not begin"),
    ("headers", {"models/core/error.h": "\n" + HEADER}, "does not begin"),
    ("headers", {"packaging/run.sh": "#!/bin/sh\necho\n"}, "packaging/run.sh:1"),
    ("headers", {"packaging/tool": "#!/bin/sh\necho\n"}, "packaging/tool:1"),
    ("headers", {"CMakeLists.txt": "project(x)"}, "CMakeLists.txt:1"),
    ("headers", {"models/core/error.h": CPP + "// #pragma once\n"}, "no #pragma once"),
    ("headers", {"models/database/session.cpp": CPP + '#include <QString>\n#include "models/database/session.h"\n'}, "session.cpp:2: the first include"),
    ("headers", {"models/database/session.cpp": CPP}, "the first include"),
    ("headers", {"models/database/session.h": HEADER + '#include "../core/error.h"\n'}, "written from the repository root"),
    ("headers", {"models/core/error.h": HEADER + "#include <QWidget>\n"}, "belongs to QtWidgets"),
    ("headers", {"app/cli/main.cpp": CPP + "#include <QtWidgets/qlabel.h>\n"}, "belongs to QtWidgets"),
    ("headers", {"models/core/CMakeLists.txt": f"# {SPDX}\nturnstone_add_module(models/core QT Core Widgets)\n"}, "models/core/CMakeLists.txt:2: links QtWidgets"),
    ("waits", {"models/core/error.h": HEADER + "QEventLoop loop;\n"}, "models/core/error.h:3: QEventLoop"),
    ("waits", {"views/browse/panel.h": HEADER + "/* \n */ QCoreApplication::processEvents();\n"}, "views/browse/panel.h:4: processEvents"),
    ("waits", {"app/cli/main.cpp": CPP + "auto a = R\"(\n)\"; future.waitForFinished();\n"}, "app/cli/main.cpp:3: waitForFinished"),
    ("waits", {"app/cli/main.cpp": CPP + "int a = 1'000, b = 2; QTest::qWait(10); int c = 1'0;\n"}, "app/cli/main.cpp:2: qWait"),
    ("waits", {"tests/unit/models/core/tst_error.cpp": CPP + "QTest::qWait(10);\n"}, "tst_error.cpp:2: qWait"),
    ("house", {"misc/a.txt": ""}, "misc: does not belong to the top level"),
    ("house", {"LICENSE": None}, "LICENSE: is missing"),
    ("house", {"models/core/README.md": None}, "models/core: a folder with code has a README.md"),
    ("house", {"tests/cli/support/run.py": ""}, "tests/cli: a folder with code has a README.md"),
    ("applications", {"models/core/error.h": HEADER + 'auto a = u"SELECT * FROM llm_calls"_s;\n'}, 'error.h:3: "llm_calls"'),
    ("applications", {"app/cli/main.cpp": CPP + 'auto a = R"sql(\n"game_turns".id)sql";\n'}, '"game_turns"'),
    ("applications", {"views/browse/panel.h": HEADER + "char q = '\"'; auto a = \"\\\"llm_calls\\\"\";\n"}, '"llm_calls"'),
    ("applications", {"resources/profiles/a.json": "{"}, "resources/profiles/a.json:1: no JSON"),
    ("applications", {"resources/profiles/a.json": "{}"}, "SKIPPED"),
    ("plurals", {"views/query/editor.h": HEADER + 'auto a = tr("%Ln hits", nullptr, 1);\n'}, 'editor.h:3: "%Ln hits" has no words for one'),
    ("plurals", {"views/widgets/englishplurals.cpp": None}, '"%n rows" has no words for one'),
]


def write(tree, changes, check):
    shutil.rmtree(tree, ignore_errors=True)
    content = {**RIGHT, **changes}
    for name, text in content.items():
        if text is None or (check == "house" and name in NOT_HOUSE):
            continue
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def run(check, tree):
    command = [sys.executable, str(LINT), check, "--root", str(tree), "--layers", str(tree / "layers.txt"), "--qt-headers", str(tree / "qt/QtWidgets")]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    return result.returncode, result.stdout + result.stderr


def main():
    tree = Path(sys.argv[1]) / "lint_self"
    failures = 0
    for check in ("layering", "headers", "waits", "house", "applications", "plurals"):
        write(tree, {}, check)
        code, output = run(check, tree)
        if code != 0:
            failures += 1
            print(f"{check} refuses the right tree:\n{output}")
    for check, changes, expected in MISTAKES:
        write(tree, changes, check)
        code, output = run(check, tree)
        if code not in (1, 77) or expected not in output or "Traceback" in output or (code == 77) != (expected == "SKIPPED"):
            failures += 1
            print(f"{check} misses {changes} (exit code {code}, expected {expected!r}):\n{output}")
    shutil.rmtree(tree, ignore_errors=True)
    print(f"lint_self: {len(MISTAKES)} mistakes, {failures} failures")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
