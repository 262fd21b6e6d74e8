#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proves that each lint can fail: seeds one violation of each rule in a copy of nothing and expects it named."""
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
HEAD = "// SPDX-License-Identifier: GPL-3.0-or-later\n"
SEEDS = [
    ("includes.py", "widgets/a.cpp", "#include <datasources/datasource.h>\n", "not for this folder"),
    ("includes.py", "widgets/b.cpp", "#include <sqlite3.h>\n", "may be included only in"),
    ("includes.py", "models/domain/c.cpp", "#include <QWidget>\n", "may be included only in"),
    ("includes.py", "app/d.cpp", '#include "../widgets/x.h"\n', "include by prefix"),
    ("sizes.py", "app/long.cpp", "\n" * 800, "the limit is 700"),
    ("names.py", "app/j.h", "namespace bw {\nstruct Twice\n{\n};\nclass Twice final : public Base\n{\n};\n}\n", "defined in"),
    ("results.py", "app/e.h", "Result<int> parse(const QString &text);\n", "not [[nodiscard]]"),
    ("safetext.py", "widgets/f.cpp", "auto *l = new QLabel(text);\n", "PlainLabel"),
    ("safetext.py", "widgets/g.cpp", "w->setToolTip(text);\n", "tip("),
    ("safetext.py", "widgets/h.cpp", "label->setText(verbatim(name));\n", "verbatim() is not for this file"),
    ("words.py", "app/i.cpp", "// see /ro" + "ot/secret/notes\n", "machine"),
]
CLEAN = {"includes.py": "#include <domain/base/result.h>\n", "names.py": "namespace bw {\nstruct A;\nstruct A\n{\n};\n}\nnamespace bw::inner {\nstruct A\n{\n};\n}\n", "results.py": "[[nodiscard]] Result<int> f();\n",
         "safetext.py": 'w->setToolTip(tip(text)); // new QLabel("x")\n'}


def run(lint, root):
    done = subprocess.run([sys.executable, HERE / lint], env={**os.environ, "BW_SOURCE_DIR": str(root)},
                          capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def tree(root, name, text):
    for number in range(60):  # the lints refuse to pass over an empty tree
        path = root / "models/domain" / f"filler{number}.h"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(HEAD)
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + text)


def main():
    failures = 0
    for lint, name, text, expected in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            tree(pathlib.Path(folder), name, text)
            status, output = run(lint, folder)
        good = status == 1 and expected in output and name in output
        failures += not good
        print("ok  " if good else "FAIL", lint, name, "" if good else output)
    for lint, text in CLEAN.items():
        with tempfile.TemporaryDirectory() as folder:
            tree(pathlib.Path(folder), "widgets/clean.h", text)
            status, output = run(lint, folder)
        failures += status != 0
        print("ok  " if status == 0 else "FAIL", lint, "a clean file", "" if status == 0 else output)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
