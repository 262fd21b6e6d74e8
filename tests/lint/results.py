#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every function declared in a header that returns Result<…> is [[nodiscard]]: tl::expected itself is not, so
nothing else would notice a dropped error."""
import re
import sys

from sourcefiles import ROOT, code_only, cpp_files, report

# A declaration: optional specifiers, Result<…>, a name, an opening parenthesis. Not std::function<Result…>.
DECLARATION = re.compile(r"^(?P<before>[^;{}()]*?)\b(?:tl::expected|Result)<[^;{}()]*>\s+[&*]?(?P<name>\w+)\s*\(", re.M)


def problems_in(path):
    text = code_only((ROOT / path).read_text(encoding="utf-8"))
    for match in DECLARATION.finditer(text):
        before = match.group("before").strip().split("\n")[-1]
        if "[[nodiscard]]" in match.group("before") or "using" in before or "return" in before:
            continue
        line = text.count("\n", 0, match.start("name")) + 1
        yield f"{path}:{line}: {match.group('name')}() returns a Result and is not [[nodiscard]]"


if __name__ == "__main__":
    headers = [f for f in cpp_files(("app", "widgets", "models", "datasources", "runbooks")) if f.suffix == ".h"]
    sys.exit(report([p for f in headers for p in problems_in(f)], f"results of {len(headers)} headers"))
