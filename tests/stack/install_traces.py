#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs one trace backend before the tests that need it, so that the time it takes is seen as its own.

Exits with 77 (skipped) where it cannot be had, except with CI=true.
"""
import sys

import needs
from live import StackError, tracesinstall


def main(name):
    """Installs, or says why not."""
    if name in needs.left_out():
        print(f"skipped: BW_WITHOUT_TRACES names {name}")
        return needs.SKIPPED
    try:
        tracesinstall.install(name, lambda line: print(line, flush=True))
    except StackError as error:
        needs.skip(error)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
