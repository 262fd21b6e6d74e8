# SPDX-License-Identifier: GPL-3.0-or-later
"""Traces that are wrong, extreme or hostile, one peculiarity each; and one of any size."""
import random

from .model import Span, Trace

SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
DEEP, WIDE, SIBLINGS, LONG_TEXT = 1000, 5000, 412, 70_000


class _Maker:
    """Random ids, and the moment the traces are about."""

    def __init__(self, seed, now_us):
        self.random = random.Random(seed)
        self.now_us = now_us
        self.began_us = now_us - 60 * SECOND_US

    def id(self):
        """A span id."""
        return f"{self.random.getrandbits(64) or 1:016x}"

    def trace_id(self):
        """A trace id of 128 bits."""
        return f"{self.random.getrandbits(127) | 1 << 127:032x}"

    def span(self, service, name, after_us, duration_us, parent="", kind="server", **more):
        """A span that begins `after_us` after the moment."""
        return Span(more.pop("span_id", None) or self.id(), service, name, self.began_us + after_us, duration_us, parent, kind, **more)

    def trace(self, kind, *spans):
        """These spans under a new id."""
        return Trace(kind, self.trace_id(), list(spans))


def odd_traces(seed, now_us):
    """One trace of each kind."""
    make = _Maker(seed, now_us)
    return [build(make) for build in (
        _missing_parent, _cycle, _self_parent, _clock_skew, _duplicate_id, _two_roots, _zero_duration, _outlives, _unicode,
        _short_id, _links, _deep, _wide, _siblings, _ancient, _future)]


def big_trace(spans, seed, now_us):
    """One tree of any size: 60 services, 300 operations, every 97th span failed."""
    make, chance = _Maker(seed, now_us), random.Random(seed)
    found = [make.span("big-0", "root", 0, 20 * SECOND_US)]
    while len(found) < spans:
        number = len(found)
        parent = found[chance.randrange(max(0, number - 400), number)]
        found.append(make.span(
            f"big-{number % 60}", f"op {number % 300}", parent.start_us - make.began_us + parent.duration_us // 10,
            max(1, parent.duration_us * 7 // 10), parent.span_id, chance.choice(("internal", "server", "client")),
            failed="failed" if number % 97 == 0 else "", attributes={"number": number}))
    return make.trace("big", *found)


def _missing_parent(make):
    top = make.span("edge", "missing root", 0, 1000, "00000000deadbeef")
    return make.trace("missing-parent", top, make.span("edge", "child", 10, 100, top.span_id))


def _cycle(make):
    first, second = make.id(), make.id()
    return make.trace("cycle", make.span("edge", "a", 0, 500, second, span_id=first),
                      make.span("edge", "b", 1, 400, first, span_id=second))


def _self_parent(make):
    me = make.id()
    return make.trace("self-parent", make.span("edge", "self", 0, 500, me, span_id=me))


def _clock_skew(make):
    client = make.span("edge", "client", 0, 10_000, kind="client")
    return make.trace("clock-skew", client, make.span("far", "server", -5 * SECOND_US, 8_000, client.span_id))


def _duplicate_id(make):
    first = make.span("edge", "first", 0, 10_000)
    again = make.span("edge", "again", 2_000, 3_000, span_id=first.span_id)
    return make.trace("duplicate-id", first, again, make.span("edge", "child", 2_500, 10, first.span_id))


def _two_roots(make):
    return make.trace("two-roots", make.span("edge", "root one", 0, 100), make.span("edge", "root two", 1000, 100))


def _zero_duration(make):
    root = make.span("edge", "around", 0, 100)
    return make.trace("zero-duration", root, make.span("edge", "instant", 50, 0, root.span_id, "internal"))


def _outlives(make):
    fire = make.span("edge", "fire", 0, 1_000)
    return make.trace("outlives-parent", fire,
                      make.span("edge", "and forget", 900, 3 * SECOND_US, fire.span_id, "producer"))


def _unicode(make):
    return make.trace("unicode", make.span(
        "東京-svc", "GET /café/🔥?q=<b>&'\"\\", 0, 100, attributes={
            "kéy": "v\u0000\u202e\u200b\u001b[31mend", "html": "<script>alert(1)</script>", "long": "x" * LONG_TEXT}))


def _short_id(make):
    return Trace("id-64-bit", f"{make.random.getrandbits(63) | 1 << 63:016x}", [make.span("edge", "short id", 0, 100)])


def _links(make):
    return make.trace("links", make.span("edge", "batch", 0, 100, kind="consumer",
                                         links=[(make.trace_id(), make.id()), (make.trace_id(), make.id())]))


def _deep(make):
    spans = [make.span("deep", "level 0", 0, 3 * SECOND_US)]
    for level in range(1, DEEP):
        spans.append(make.span("deep", f"level {level}", level * 1000, 3 * SECOND_US - level * 2000, spans[-1].span_id, "internal"))
    return make.trace("deep", *spans)


def _wide(make):
    root = make.span("wide", "fan out", 0, 2 * SECOND_US)
    return make.trace("wide", root, *(make.span(f"wide-{number % 37}", f"call {number}", number * 300, 5_000, root.span_id)
                                      for number in range(WIDE)))


def _siblings(make):
    """A query for each row of another one."""
    root = make.span("catalog", "GET /list", 0, SECOND_US)
    query = {"db.system": "postgresql", "db.query.text": "SELECT price FROM items WHERE id = $1"}
    return make.trace("siblings", root, *(make.span("catalog", "SELECT items", 1_000 + number * 2_000, 1_500, root.span_id, "client",
                                                    attributes=query) for number in range(SIBLINGS)))


def _ancient(make):
    return make.trace("ancient", Span(make.id(), "edge", "1970", SECOND_US, 1000))


def _future(make):
    return make.trace("future", make.span("edge", "tomorrow", DAY_US, 1000))
