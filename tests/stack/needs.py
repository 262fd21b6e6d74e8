# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a test file, or skips it visibly where what it needs is not installed."""
import os
import sys
import unittest

from live import StackError, tracesinstall
from live.programs import find_programs

SKIPPED = 77


def left_out():
    """Trace backends that are not wanted on this machine: BW_WITHOUT_TRACES=jaeger."""
    return os.environ.get("BW_WITHOUT_TRACES", "").replace(",", " ").split()


def trace_backends():
    """Those that can be started here and now."""
    return [name for name in ("zipkin", "jaeger") if name not in left_out() and _reason(name) is None]


def skip(reason):
    """Ends the program as skipped; as failed with CI=true, where nothing may be missing."""
    print(f"skipped: {reason}", flush=True)
    sys.exit(1 if os.environ.get("CI") == "true" else SKIPPED)


def servers(*traces):
    """Skips unless the servers, and these trace backends, are installed."""
    for name in traces:
        if name in left_out():
            print(f"skipped: BW_WITHOUT_TRACES names {name}", flush=True)
            sys.exit(SKIPPED)
        if _reason(name):
            skip(_reason(name))
    try:
        find_programs()
    except StackError as error:
        skip(error)


def main(*traces):
    """unittest.main(), or a skip."""
    servers(*traces)
    unittest.main(verbosity=2)


def _reason(name):
    try:
        tracesinstall.require(name)
    except StackError as error:
        return str(error)
    return None
