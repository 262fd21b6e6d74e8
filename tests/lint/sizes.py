#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No source file over 700 lines; says how many are over the 400 we aim for. Every folder has a README of at
most a page."""
import sys

from sourcefiles import FOLDERS, ROOT, cpp_files, report

LIMIT, AIM, PAGE = 700, 400, 80


def main():
    problems, over = [], []
    scripts = [p.relative_to(ROOT) for f in FOLDERS for p in (ROOT / f).rglob("*.py")]
    for path in cpp_files() + sorted(scripts):
        lines = (ROOT / path).read_text(encoding="utf-8").count("\n")
        if lines > LIMIT:
            problems.append(f"{path}: {lines} lines; the limit is {LIMIT}")
        elif lines > AIM:
            over.append(f"{path} ({lines})")
    for folder in FOLDERS + ("packaging", "docs", "models/domain", "models/store", "models/items", "datasources/http"):
        readme = ROOT / folder / "README.md"
        if not readme.exists():
            problems.append(f"{folder}: no README.md")
        elif readme.read_text(encoding="utf-8").count("\n") > PAGE:
            problems.append(f"{readme.relative_to(ROOT)}: over a page ({PAGE} lines)")
    if over:
        print(f"over the aim of {AIM} lines:", ", ".join(over))
    return report(problems, "sizes")


if __name__ == "__main__":
    sys.exit(main())
