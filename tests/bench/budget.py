#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metric requests of one refresh of each built-in dashboard, with 10 and 500 services, at a server that counts
(tests/app/tst_querybudget.cpp). No peer: a dashboard elsewhere asks once a panel and query."""
import os
import pathlib
import re
import subprocess
import sys

from processes import emit, program


def main():
    test = pathlib.Path(program()).parent.parent / "tests" / "tst_app_querybudget"
    done = subprocess.run([str(test)], env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True, text=True,
                          timeout=300, check=False)
    found = re.findall(r"(\S+) (\d+) services: opening (\d+) \+ \d+ refreshes ([\d+ ]+)", done.stdout + done.stderr)
    if done.returncode != 0 or not found:
        sys.exit(done.stdout + done.stderr)
    for name, services, opening, refreshes in found:
        most = max(int(count.split("+")[0]) for count in refreshes.split())
        emit(f"queries_{name}_{services}", most, "requests a refresh", "none", None, opening=int(opening))


if __name__ == "__main__":
    main()
