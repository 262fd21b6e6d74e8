#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every benchmark, one after the other, and prints their JSON lines. A peer that is not installed prints as
null. `run.py NAME…` runs only those; `--quick` shortens the long ones."""
import argparse
import pathlib
import subprocess
import sys

from processes import ROOT, program

HERE = pathlib.Path(__file__).resolve().parent


def commands(quick):
    bin_dir = pathlib.Path(program()).parent
    short = ["--minutes", "1.5"] if quick else []
    return {
        "decode": [bin_dir.parent / "tests" / "bench_decode"],
        "export": [bin_dir.parent / "tests" / "bench_export"],
        "import": [bin_dir.parent / "tests" / "bench_import"],
        "incidents": [bin_dir.parent / "tests" / "bench_incidents", bin_dir],
        "traces": [bin_dir.parent / "tests" / "bench_traces"],
        "waterfall": [bin_dir.parent / "tests" / "bench_waterfall", *(["--quick"] if quick else [])],
        "plot": [bin_dir.parent / "tests" / "bench_plot"],
        "cardinality": [bin_dir.parent / "tests" / "bench_cardinality", *(["--quick"] if quick else [])],
        "http": [bin_dir.parent / "tests" / "bench_http"],
        "budget": [sys.executable, HERE / "budget.py"],
        "start": [sys.executable, HERE / "start.py"],
        "render": [sys.executable, HERE / "render.py"],
        "glass": [sys.executable, HERE / "glass.py", *(["--trials", "20"] if quick else [])],
        "slo": [sys.executable, HERE / "slo.py"],
        "slo-window": [bin_dir.parent / "tests" / "bench_slo"],
        "soak-window": [bin_dir.parent / "tests" / "bench_soak", *(["--hours", "1"] if quick else [])],
        "soak": [sys.executable, HERE / "soak.py", *short],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    known = commands(options.quick)
    unknown = set(options.names) - set(known)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    failed = []
    for name, command in known.items():
        if options.names and name not in options.names:
            continue
        if subprocess.run([str(word) for word in command], cwd=ROOT, check=False).returncode:
            failed.append(name)
    if failed:
        print("failed:", ", ".join(failed), file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
