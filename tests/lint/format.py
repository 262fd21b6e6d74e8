#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every C++ file is as clang-format 14 writes it, starts with the licence line and, a header, with #pragma once."""
import concurrent.futures
import os
import shutil
import subprocess
import sys

from sourcefiles import ROOT, cpp_files, report

SPDX = "// SPDX-License-Identifier: GPL-3.0-or-later\n"


def check_words(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    if not text.startswith(SPDX):
        return f"{path}:1: the licence line is missing"
    if path.suffix == ".h" and "#pragma once\n" not in text:
        return f"{path}:1: #pragma once is missing"
    return None


def unformatted(paths):
    """Those of these files that clang-format would change; many a process, because starting one is most of the work."""
    done = subprocess.run(["clang-format-14", "--dry-run", *map(str, paths)], cwd=ROOT, capture_output=True, text=True, check=True)
    found = {line.split(":", 1)[0] for line in done.stderr.splitlines() if "[-Wclang-format-violations]" in line}
    return [f"{path}: run clang-format-14 -i {path}" for path in paths if str(path) in found]


if __name__ == "__main__":
    if not shutil.which("clang-format-14"):
        print("skipped: clang-format-14 is not installed")
        sys.exit(1 if os.environ.get("CI") == "true" else 77)
    files = cpp_files()
    problems = [problem for problem in map(check_words, files) if problem]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for found in pool.map(unformatted, [files[at:at + 50] for at in range(0, len(files), 50)]):
            problems += found
    sys.exit(report(problems, "format"))
