#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a repository must not hold: private paths and addresses, secrets, large files, packages named in two
places, files of other folders' kinds."""
import re
import subprocess
import sys

from sourcefiles import ROOT, report

PATTERNS = [
    (re.compile(rb"/(?:root|home)/(?!\.\.)[a-z][a-z0-9_-]*/"), "a path of somebody's machine"),
    (re.compile(rb"-----BEGIN (?:RSA |EC )?PRIVATE KEY-----\n[A-Za-z0-9+/]"), "a private key"),
    (re.compile(rb'"resolved":\s*"http'), "a registry address in a lock file"),
]
LARGE = 2 << 20


def main():
    problems = []
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout
    files = [f for f in listed.decode().split("\0") if f]
    if not files:
        files = [str(p.relative_to(ROOT)) for p in ROOT.rglob("*") if p.is_file() and "build" not in p.parts]
    for name in files:
        path = ROOT / name
        if not path.is_file() or name == "tests/lint/words.py":
            continue
        body = path.read_bytes()
        if len(body) > LARGE:
            problems.append(f"{name}: {len(body)} bytes; at most {LARGE}")
        for pattern, what in PATTERNS:
            match = pattern.search(body)
            if match:
                problems.append(f"{name}:{body.count(b'%c' % 10, 0, match.start()) + 1}: {what}")
    for caller in ("run", "test", ".ci/run"):
        script = ROOT / caller
        if script.exists() and re.search(r"apt(-get)? +(-\S+ +)*install +[a-z]", script.read_text()):
            problems.append(f"{caller}: installs packages itself; the one list is packaging/packages.txt")
    return report(problems, f"words in {len(files)} files")


if __name__ == "__main__":
    sys.exit(main())
