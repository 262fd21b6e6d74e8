#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the arrows between folders. Own headers: each folder may include only the prefixes its target links.
Third-party headers sit in shared system folders that no link rule can guard, so a table here does."""
import re
import sys

from sourcefiles import ROOT, code_only, cpp_files, report

# Folder (longest match wins) -> prefixes it may include.
PREFIXES = {
    "models/domain": {"domain"},
    "models/store": {"domain", "store"},
    "models/items": {"domain", "items"},
    "datasources/http": {"domain", "http"},
    "datasources": {"domain", "http", "datasources"},
    "runbooks": {"domain", "http", "runbooks"},
    "widgets": {"domain", "items", "widgets"},
    "app": {"domain", "store", "items", "http", "datasources", "runbooks", "widgets", "app"},
    "tests/domain": {"domain", "support"},
    "tests/store": {"domain", "store", "support"},
    "tests/items": {"domain", "items", "support"},
    "tests/http": {"domain", "http", "support", "app"},
    "tests/datasources": {"domain", "http", "datasources", "support"},
    "tests/widgets": {"domain", "items", "widgets", "support"},
    "tests": {"domain", "store", "items", "http", "datasources", "runbooks", "widgets", "app", "support"},
}
OURS = set().union(*PREFIXES.values())

# Header pattern -> where it may be included (path prefixes).
THIRD_PARTY = [
    (r"qcustomplot\.h", ("widgets/plot/plotwidget", "widgets/plot/ticks", "tests/bench/")),
    (r"curl/", ("datasources/http/", "tests/http/", "tests/bench/")),
    (r"sqlite3\.h", ("models/store/sqlite/", "tests/store/")),
    (r"zstd\.h", ("models/store/incidents/tararchive",)),
    (r"yaml-cpp/", ("models/store/documents/",)),
    (r"nlohmann/", ("datasources/", "models/store/", "app/", "tests/")),
    (r"simdjson\.h", ("datasources/", "tests/bench/", "tests/datasources/")),
    (r"fast_float/", ("datasources/", "tests/bench/", "tests/datasources/")),
    (r"CLI/", ("app/cli/",)),
    (r"qt6keychain/|keychain\.h", ("app/system/",)),
    (r"QNetworkAccessManager|QNetworkReply|QNetworkRequest", ("tests/bench/",)),
    (r"QTcpServer|QTcpSocket|QLocalS", ("app/", "tests/")),
    (r"Q(Widget|Label|MainWindow|Application|Painter|Image|Pixmap|Color|Font|Palette|Icon)$",
     ("widgets/", "app/", "tests/widgets/", "tests/app/", "tests/bench/")),
    (r"QProcess$", ("app/", "tests/", "runbooks/")),
    (r"QSql", ()),
]
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def allowed_prefixes(path):
    folder = max((f for f in PREFIXES if str(path).startswith(f + "/")), key=len, default=None)
    return PREFIXES.get(folder, set())


def problems_in(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    for match in INCLUDE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        style, header = match.groups()
        prefix = header.split("/")[0]
        if style == '"' and not header.endswith(".moc") and not header.startswith(("ui_", "moc_")):
            if not (ROOT / path).parent.joinpath(header).exists() or "/" in header or not str(path).startswith("tests/"):
                yield f'{path}:{line}: "{header}": include by prefix, <…/…>'
        if "/" in header and prefix in OURS and prefix not in allowed_prefixes(path):
            yield f"{path}:{line}: <{header}> is not for this folder; it may see {sorted(allowed_prefixes(path))}"
        for pattern, places in THIRD_PARTY:
            if re.match(pattern, header.rsplit("/", 1)[-1] if pattern.startswith("Q") else header):
                if not str(path).startswith(tuple(places)):
                    yield f"{path}:{line}: <{header}> may be included only in {', '.join(places) or 'no file'}"


if __name__ == "__main__":
    files = cpp_files()
    assert len(files) > 50, "the lint found no files: wrong folder?"
    sys.exit(report([p for f in files for p in problems_in(f)], f"includes of {len(files)} files"))
