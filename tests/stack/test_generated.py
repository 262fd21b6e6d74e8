#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Generated traces are what their kind says, in all three formats.  Needs no server."""
import os
import sys
import time
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from fleet import exemplars  # noqa: E402
from fleet.topology import BY_NAME, CONNECTION_TYPES  # noqa: E402
from traces import odd  # noqa: E402
from traces.formats import jaeger, otlp, zipkin  # noqa: E402
from traces.plain import ENTRANCES, plain_traces, slot_traces  # noqa: E402
from traces.truth import span_truths, truth  # noqa: E402

NOW_US = 1_795_000_000_000_000
SLOT = 359_000_000
ORDINARY = {"errors": 0, "roots": 1, "orphans": 0, "cycles": 0, "duplicates": 0, "skewed": 0}
# Counted by hand.
ODD = {
    "missing-parent": {"spans": 2, "orphans": 1, "depth": 1, "durationNs": 1_000_000},
    "cycle": {"spans": 2, "cycles": 1, "depth": 1, "durationNs": 500_000, "rootOperation": "a"},
    "self-parent": {"spans": 1, "cycles": 1, "depth": 0, "durationNs": 500_000},
    "clock-skew": {"spans": 2, "skewed": 1, "depth": 1, "durationNs": 5_010_000_000},
    "duplicate-id": {"spans": 3, "duplicates": 1, "roots": 2, "depth": 1, "durationNs": 10_000_000},
    "two-roots": {"spans": 2, "roots": 2, "depth": 0, "durationNs": 1_100_000},
    "zero-duration": {"spans": 2, "depth": 1, "durationNs": 100_000},
    "outlives-parent": {"spans": 2, "depth": 1, "durationNs": 3_000_900_000},
    "unicode": {"spans": 1, "depth": 0, "rootService": "東京-svc"},
    "id-64-bit": {"spans": 1, "depth": 0},
    "links": {"spans": 1, "depth": 0},
    "deep": {"spans": 1000, "depth": 999, "durationNs": 3_000_000_000},
    "wide": {"spans": 5001, "depth": 1, "durationNs": 2_000_000_000},
    "siblings": {"spans": 413, "depth": 1},
    "ancient": {"spans": 1, "depth": 0, "startNs": 1_000_000_000},
    "future": {"spans": 1, "depth": 0},
}


class Plain(unittest.TestCase):
    """The shop's own traces."""

    def test_ids_starts_and_durations_are_those_of_exemplars(self):
        for name, path in ENTRANCES:
            service = BY_NAME[name]
            endpoint = next(e for e in service.endpoints if e.path == path)
            for trace, bucket in zip(slot_traces(SLOT, ((name, path),)), exemplars.notable_buckets(endpoint.median_s)):
                facts = truth(trace)
                self.assertEqual(trace.trace_id, exemplars.trace_id(service, endpoint, bucket, SLOT))
                self.assertEqual((facts["rootService"], facts["rootOperation"]), (name, f"{endpoint.method} {path}"))
                self.assertEqual(facts["durationNs"], round(exemplars.example_s(bucket) * 1e6) * 1000)
                ended = facts["startNs"] + facts["durationNs"]
                self.assertLess(0, SLOT * 5_000_000_000 - ended + 1000)
                self.assertLess(SLOT * 5_000_000_000 - ended, 5_001_000_000)

    def test_only_calls_of_the_topology(self):
        for trace in slot_traces(SLOT):
            by_id = {span.span_id: span for span in trace.spans}
            self.assertEqual(len(by_id), len(trace.spans))
            for span in trace.spans:
                called = span.attributes.get("peer.service") or span.attributes.get("messaging.destination.name")
                if called:
                    self.assertTrue(called in BY_NAME or called in CONNECTION_TYPES, called)
                    self.assertIn(called, BY_NAME[span.service].calls)
                if span.parent:
                    self.assertLessEqual(by_id[span.parent].start_us, span.start_us)

    def test_the_same_every_time(self):
        self.assertEqual(slot_traces(SLOT), slot_traces(SLOT))

    def test_one_in_seven_fails(self):
        traces = plain_traces(700, SLOT)
        self.assertEqual(len({trace.trace_id for trace in traces}), 700)
        failed = [truth(trace) for trace in traces if truth(trace)["errors"]]
        self.assertTrue(70 <= len(failed) <= 130, len(failed))
        self.assertTrue(all(facts["exceptions"] == 1 for facts in failed))
        for trace in traces:
            root = next(span for span in trace.spans if not span.parent)
            self.assertEqual(bool(root.failed), any(span.failed for span in trace.spans))


class Odd(unittest.TestCase):
    """One peculiarity each."""

    def test_facts(self):
        found = {trace.kind: truth(trace) for trace in odd.odd_traces(1, NOW_US)}
        self.assertEqual(set(found), set(ODD))
        for kind, expected in ODD.items():
            with self.subTest(kind):
                wanted = {**ORDINARY, **expected}
                self.assertEqual({key: found[kind][key] for key in wanted}, wanted)

    def test_marks(self):
        marks = {trace.kind: [row["marks"] for row in span_truths(trace.spans)] for trace in odd.odd_traces(1, NOW_US)}
        self.assertEqual(marks["missing-parent"], [["orphan"], []])
        self.assertEqual(marks["cycle"], [["cycle"], ["cycle"]])
        self.assertEqual(marks["duplicate-id"], [[], ["duplicate"], []])
        self.assertEqual(marks["clock-skew"], [[], ["skewed"]])
        self.assertEqual(marks["outlives-parent"], [[], ["outlives"]])

    def test_a_seed_gives_the_same_ids_and_none_gives_new_ones(self):
        def ids(seed):
            return [trace.trace_id for trace in odd.odd_traces(seed, NOW_US)]

        self.assertEqual(ids(3), ids(3))
        self.assertFalse(set(ids(None)) & set(ids(None)))

    def test_a_big_one(self):
        began = time.monotonic()
        facts = truth(odd.big_trace(20_000, 1, NOW_US))
        self.assertEqual((facts["spans"], facts["roots"], facts["errors"], len(facts["services"])), (20_000, 1, 206, 60))
        self.assertLess(time.monotonic() - began, 30)


class Formats(unittest.TestCase):
    """Every span is in every format, under its own id."""

    def test_all_spans(self):
        for trace in odd.odd_traces(1, NOW_US) + plain_traces(8, SLOT):
            parts, ids = [(trace.trace_id, trace.spans)], sorted(span.span_id for span in trace.spans)
            with self.subTest(trace.kind):
                self.assertEqual(sorted(span["id"] for span in zipkin(parts)), ids)
                self.assertEqual(sorted(span["spanID"] for found in jaeger(parts)["data"] for span in found["spans"]), ids)
                resources = otlp(parts)["resourceSpans"]
                self.assertEqual(sorted(span["spanId"] for r in resources for span in r["scopeSpans"][0]["spans"]), ids)
                self.assertEqual({span["traceId"] for r in resources for span in r["scopeSpans"][0]["spans"]},
                                 {trace.trace_id.zfill(32)})


if __name__ == "__main__":
    unittest.main(verbosity=2)
