#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text from outside never becomes rich text. Qt's labels, tooltips and message boxes guess HTML, so only
widgets/base/safetext may use them bare; verbatim() is for codecs, matchers, sorting and hashing."""
import re
import sys

from sourcefiles import ROOT, code_only, cpp_files, report

BANNED = [
    (r"\bnew QLabel\b|\bQLabel\s+\w+\s*[;({]|public QLabel\b", "use PlainLabel"),
    (r"\bsetToolTip\s*\((?!\s*tip\()", "use setToolTip(tip(…))"),
    (r"\bsetWhatsThis\s*\(|\bsetStatusTip\s*\(", "tips guess HTML; use tip()"),
    (r"\bQToolTip::showText\s*\((?![^;]*\btip\()", "use tip(…)"),
    (r"\bQMessageBox\b", "use PlainMessageBox"),
    (r"\bsetHtml\s*\(|\bsetMarkdown\s*\(|\bQTextBrowser\b|\bQTextDocument\s+\w+|\bnew QTextDocument\b", "use SafeTextDocument"),
    (r"\bQDesktopServices\b", "use safelinks"),
    (r"\bQNetworkAccessManager\b", "libcurl does all HTTP"),
]
WRAPPERS = ("widgets/base/safetext", "widgets/base/safelinks", "tests/")
# Callers of verbatim(), by path prefix: codecs, matchers, keys and the domain's own text rules.
VERBATIM = ("models/domain/", "models/store/", "models/items/", "datasources/", "app/cli/", "tests/",
            "app/deploywatch", "app/tracefanout", "widgets/dashboard/variablebar", "widgets/editor/promqlnames", "widgets/panels/panelcontroller")


def problems_in(path):
    text = code_only((ROOT / path).read_text(encoding="utf-8"))
    name = str(path)
    for pattern, hint in BANNED:
        if name.startswith(WRAPPERS):
            break
        for match in re.finditer(pattern, text):
            yield f"{path}:{text.count(chr(10), 0, match.start()) + 1}: {match.group(0).strip()}: {hint}"
    if not name.startswith(VERBATIM):
        for match in re.finditer(r"\bverbatim\s*\(", text):
            yield f"{path}:{text.count(chr(10), 0, match.start()) + 1}: verbatim() is not for this file; pick a render:: function"


if __name__ == "__main__":
    files = cpp_files()
    sys.exit(report([p for f in files for p in problems_in(f)], f"safe text in {len(files)} files"))
