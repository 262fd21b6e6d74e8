# SPDX-License-Identifier: GPL-3.0-or-later
"""What every lint needs: the repository's C++ files, with comments and strings blanked on request."""
import os
import pathlib
import re

ROOT = pathlib.Path(os.environ.get("BW_SOURCE_DIR") or pathlib.Path(__file__).resolve().parents[2])
FOLDERS = ("app", "widgets", "models", "datasources", "runbooks", "resources", "tests")


def cpp_files(folders=FOLDERS):
    """Every .h and .cpp below `folders`, relative to the root, sorted."""
    found = []
    for folder in folders:
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".h", ".cpp") and "build" not in path.relative_to(ROOT).parts:
                found.append(path.relative_to(ROOT))
    return sorted(found)


_TOKENS = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])\'', re.S)


def code_only(text):
    """The text with comments and literals blanked, line breaks kept, so that line numbers stay."""
    return _TOKENS.sub(lambda m: re.sub(r"[^\n]", " ", m.group(0)), text)


def report(problems, what):
    """Prints problems and returns the exit status."""
    for problem in problems:
        print(problem)
    print(f"{what}: {len(problems)} problem(s)")
    return 1 if problems else 0
