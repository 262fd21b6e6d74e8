#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builds everything that needs no Gui with address and undefined-behaviour sanitizers and runs its unit tests there.
A build of its own, below build/asan-core. Also runs by hand: python3 tests/sanitizers.py"""
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
BUILD = ROOT / "build" / "asan-core"


def run(*command):
    done = subprocess.run(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        print(done.stdout[-20000:])
        sys.exit(1)
    return done.stdout


def main():
    run("cmake", "-S", ".", "-B", str(BUILD), "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Debug", "-DBW_UI=OFF",
        "-DBW_SANITIZE=address,undefined")
    run("cmake", "--build", str(BUILD))
    output = run("ctest", "--test-dir", str(BUILD), "--output-on-failure", "-j2", "-LE", "lint|live|sanitizers|bench")
    print(output[output.rfind("% tests passed") - 8:])


if __name__ == "__main__":
    main()
