#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`bridgewatch query` gives what the server gives: value for value, label for label, in every shape."""
import json
import struct
import subprocess
import time
import unittest

from console import LiveStackTest, get, skip_without_servers

# Every one is asked at one moment, and over a range where that makes sense.
EXPRESSIONS = (
    "up", "sum by (job) (up)", "odd_values", 'odd_values{case="nan"}', 'odd_values{case="plus-inf"}', "-odd_values",
    'odd_values{case="negative-zero"}', 'odd_values{case="smallest"}', 'odd_values{case=~".*2\\\\^53"}',
    "sum by (service) (rate(http_requests_total[5m]))",
    'sum by (service, code) (rate(http_requests_total{code=~"5.."}[1m]))',
    "histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[1m])))",
    "http_request_duration_seconds_bucket{le=\"+Inf\"}",
    "rpc_server_duration_seconds", "rate(rpc_server_duration_seconds[30s])", "sum(rpc_server_duration_seconds)",
    "histogram_quantile(0.9, rpc_server_duration_seconds)", "histogram_count(rpc_server_duration_seconds)",
    "vector(1)", "vector(1e22)", "vector(1e-7)", "vector(0.1 + 0.2)", "vector(1) / 0", "vector(0) / 0", "-vector(1) / 0",
    "vector(123456789012345678901234567890)", "vector(5e-324)", "vector(-0.0)", "vector(1/3)",
    "1", "1 / 3", "1e21", "1e-7", "1e300", "time()", "scalar(sum(up))", "0 / 0",
    "absent(no_such_metric)", "no_such_metric", "node_load1", "topk(5, http_requests_total)", "sort_desc(sum by (job) (up))",
    "sum(rate(http_requests_total{service=\"giftwrap\"}[1m])) / sum(rate(http_requests_total{service=\"giftwrap\"}[1m]))",
    "label_replace(up, \"odd\", \"\\\"quoted\\\"\\n$1\", \"job\", \"(.*)\")", "count_values(\"value\", up)",
    "timestamp(up)", "slo:current_burn_rate:ratio", "max_over_time(up[10s:1s])", "build_info",
)
# Ranges of samples and strings exist at one moment only.
INSTANT_ONLY = ("up[5s]", "http_requests_total[3s]", "rpc_server_duration_seconds[3s]", "odd_values[2s]", '"a string"', '"\\u00fc \\" <b>"')
REFUSED = ("sum(", "up{", "rate(up)", "nonsense(up)", "up[5s] + 1")


def comparable(result, kind):
    """Lists of series in one order: the server's is undefined, except after a sort."""
    if kind in ("vector", "matrix"):
        return sorted(result, key=lambda series: json.dumps(series["metric"], sort_keys=True))
    return result


def numbers(result, kind):
    """The same with every sample's text as the bits it stands for: promtool writes no exponents."""
    def sample(pair):
        return [pair[0], pair[1] if kind == "string" else struct.pack(">d", float(pair[1]))]

    if kind in ("scalar", "string"):
        return sample(result)
    return [(series["metric"], sample(series["value"]) if "value" in series else [sample(v) for v in series["values"]])
            for series in result]


class Query(LiveStackTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        time.sleep(6)  # something to rate
        cls.at = int(time.time()) - 2

    def assertSame(self, ours, theirs, expression):
        self.assertEqual(theirs["status"], "success", expression)
        kind = theirs["data"]["resultType"]
        self.assertEqual(ours["resultType"], kind, expression)
        self.assertEqual(comparable(ours["result"], kind), comparable(theirs["data"]["result"], kind), expression)
        if "sort" in expression or "topk" in expression:
            if kind == "vector":
                self.assertEqual(ours["result"], theirs["data"]["result"], expression)

    def test_instant(self):
        for expression in EXPRESSIONS + INSTANT_ONLY:
            with self.subTest(expression):
                ours = self.console.json("query", "--at", str(self.at), "--", expression)
                self.assertEqual(ours["schema"], "bridgewatch/query/1")
                self.assertIn(ours["freshness"]["state"], ("fresh", "empty"))
                self.assertSame(ours, get(f"{self.prometheus}/api/v1/query", query=expression, time=self.at), expression)

    def test_range(self):
        begin, end = self.at - 40, self.at
        for expression in EXPRESSIONS:
            with self.subTest(expression):
                ours = self.console.json("query", "--from", str(begin), "--to", str(end), "--step", "2s", "--", expression)
                theirs = get(f"{self.prometheus}/api/v1/query_range", query=expression, start=begin, end=end, step=2)
                self.assertSame(ours, theirs, expression)

    def test_fractional_times(self):
        at = self.at - 0.25
        ours = self.console.json("query", "time()", "--at", repr(at))
        self.assertSame(ours, get(f"{self.prometheus}/api/v1/query", query="time()", time=at), "time()")

    def test_promtool_says_the_same(self):
        for expression in EXPRESSIONS[::3] + INSTANT_ONLY:
            if "rpc_server" in expression or expression.startswith('"'):
                continue  # this promtool reads neither native histograms nor strings
            with self.subTest(expression):
                told = subprocess.run(["promtool", "query", "instant", "--format=json", f"--time={self.at}", self.prometheus, "--", expression],
                                      capture_output=True, check=True, timeout=20)
                theirs = json.loads(told.stdout)
                ours = self.console.json("query", "--at", str(self.at), "--", expression)
                kind = ours["resultType"]
                self.assertEqual(numbers(comparable(ours["result"], kind), kind), numbers(comparable(theirs, kind), kind))

    def test_text_reads_like_promtool(self):
        for expression in ("sum by (job) (up)", "vector(1e22)", "vector(0) / 0", "1 / 3", "up[3s]", "build_info"):
            with self.subTest(expression):
                told = subprocess.run(["promtool", "query", "instant", f"--time={self.at}", self.prometheus, expression],
                                      capture_output=True, check=True, timeout=20)
                ours = self.console.run("query", expression, "--at", str(self.at))
                self.assertEqual(ours.returncode, 0, ours.stderr)
                self.assertEqual(sorted(ours.stdout.decode().splitlines()), sorted(told.stdout.decode().splitlines()))

    def test_refused_expressions(self):
        for expression in REFUSED:
            with self.subTest(expression):
                done = self.console.run("query", expression, "--json")
                self.assertEqual(done.returncode, 2, done.stderr)
                reason = get(f"{self.prometheus}/api/v1/query", query=expression)["error"]
                self.assertIn(reason, json.loads(done.stdout)["error"]["message"] + done.stderr.decode())

    def test_nothing_hostile_reaches_a_terminal(self):
        done = self.console.run("query", "odd_values", "--at", str(self.at))
        self.assertEqual(done.returncode, 0)
        self.assertNotIn(b"\x1b", done.stdout)
        self.assertNotIn(b"\x1b", self.console.run("query", "odd_values", "--at", str(self.at), "--json").stdout)

    def test_long_expression(self):
        expression = " or ".join(f'up{{job="no-such-job-{n}"}}' for n in range(300)) + " or vector(7)"
        ours = self.console.json("query", "--at", str(self.at), "--", expression)
        self.assertEqual(ours["result"][0]["value"][1], "7")

    def test_usage(self):
        for arguments in ((), ("up", "--at", "yesterday-ish"), ("up", "--range", "soon"), ("up", "--source", "nobody"), ("up", "--source", "am/1"),
                          ("up", "--from", "now", "--to", "now-1h"), ("up", "--range", "1h", "--step", "0s"), ("up", "--no-such")):
            with self.subTest(arguments):
                done = self.console.run("query", *arguments)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertTrue(done.stderr)
                self.assertFalse(done.stdout)


if __name__ == "__main__":
    skip_without_servers()
    unittest.main(verbosity=2)
