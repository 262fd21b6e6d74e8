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


def check(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    if not text.startswith(SPDX):
        return f"{path}:1: the licence line is missing"
    if path.suffix == ".h" and "#pragma once\n" not in text:
        return f"{path}:1: #pragma once is missing"
    formatted = subprocess.run(["clang-format-14", str(ROOT / path)], capture_output=True, text=True, check=True).stdout
    if formatted != text:
        return f"{path}: run clang-format-14 -i {path}"
    return None


if __name__ == "__main__":
    if not shutil.which("clang-format-14"):
        print("skipped: clang-format-14 is not installed")
        sys.exit(1 if os.environ.get("CI") == "true" else 77)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        sys.exit(report([p for p in pool.map(check, cpp_files()) if p], "format"))
