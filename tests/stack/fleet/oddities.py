# SPDX-License-Identifier: GPL-3.0-or-later
"""Legal values and labels that readers tend to get wrong."""
import math

ODD_SAMPLES = (
    ({"case": "nan"}, math.nan),
    ({"case": "plus-inf"}, math.inf),
    ({"case": "minus-inf"}, -math.inf),
    ({"case": "smallest"}, 5e-324),
    ({"case": "biggest"}, 1.7976931348623157e308),
    ({"case": "negative-zero"}, -0.0),
    ({"case": "beyond-2^53"}, 9007199254740993),
    ({"case": "unicode", "text": "Zürich 東京 \U0001f525 e\u0301"}, 1),
    ({"case": "right-to-left", "text": "\u05e9\u05dc\u05d5\u05dd \u202eabc\u202c"}, 1),
    ({"case": "quotes", "text": 'C:\\temp\n"quoted" \'single\''}, 1),
    ({"case": "markup", "text": "<b>bold</b> <img src=x onerror=alert(1)> &amp; [link](https://example.org)"}, 1),
    ({"case": "terminal", "text": "\x1b[31mred\x1b[0m\ttab"}, 1),
    ({"case": "empty", "text": ""}, 1),
    ({"case": "long", "text": "x" * 2000}, 1),
)


def add_oddities(page):
    """Adds the gauge `odd_values`, one sample for each case."""
    for labels, value in ODD_SAMPLES:
        page.gauge("odd_values", "Values and labels that readers get wrong.\nSecond line with a \\.", labels, value)
