#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""No two headers define a type of the same name in one namespace: a program with both would mix up their code
without a word from compiler or linker."""
import re
import sys

from sourcefiles import ROOT, code_only, cpp_files, report

NAMESPACE = re.compile(r"^namespace ([\w:]+)\s*(?:\{|$)", re.M)
TYPE = re.compile(r"^(?:template<[^\n]*>\s*)?(?:struct|class|enum class|union) (\w+(?:::\w+)*)(?: final)?\s*(?::[^;{]*)?\{", re.M)


def types_of(path):
    """(namespace::name, line) of every type this header defines outside of other types."""
    text = code_only((ROOT / path).read_text(encoding="utf-8"))
    spaces = [(match.start(), match.group(1)) for match in NAMESPACE.finditer(text)]
    for match in TYPE.finditer(text):
        space = next((name for start, name in reversed(spaces) if start < match.start()), "")
        yield f"{space}::{match.group(1)}", text.count("\n", 0, match.start(1)) + 1


def main():
    headers = [f for f in cpp_files(("app", "widgets", "models", "datasources", "runbooks")) if f.suffix == ".h"]
    seen, problems = {}, []
    for path in headers:
        for name, line in types_of(path):
            if name in seen:
                problems.append(f"{path}:{line}: {name} is defined in {seen[name]} too")
            seen[name] = f"{path}:{line}"
    return report(problems, f"names of {len(seen)} types")


if __name__ == "__main__":
    sys.exit(main())
