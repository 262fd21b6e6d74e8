#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metric requests of one refresh of each built-in dashboard, with 10 and 500 services, at a server that counts
(tests/app/tst_querybudget.cpp). No peer: a dashboard elsewhere asks once a panel and query."""
import os
import pathlib
import re
import subprocess

from processes import emit, program


def main():
    test = pathlib.Path(program()).parent.parent / "tests" / "tst_app_querybudget"
    done = subprocess.run([str(test)], env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True, text=True,
                          timeout=300, check=False)
    pattern = r"(\S+) (\d+) services: opening (\d+) refreshes QList\(([\d, ]+)\)"
    for name, services, opening, refreshes in re.findall(pattern, done.stdout + done.stderr):
        emit(f"queries_{name}_{services}", max(int(count) for count in refreshes.split(",")), "requests a refresh", "none", None,
             opening=int(opening))


if __name__ == "__main__":
    main()
