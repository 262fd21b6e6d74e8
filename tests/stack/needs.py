# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a test file, or skips it visibly where the servers are not installed."""
import os
import sys
import unittest

from live import StackError
from live.programs import find_programs


def main():
    """unittest.main(); 77 without the servers, a failure instead with CI=true."""
    try:
        find_programs()
    except StackError as error:
        print(f"skipped: {error}")
        sys.exit(1 if os.environ.get("CI") == "true" else 77)
    unittest.main(verbosity=2)
