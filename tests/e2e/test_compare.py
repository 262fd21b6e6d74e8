#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`dashboard render --compare` gives what the server has of exactly 24 or 168 hours earlier, and says when that is
nothing; `query --stats` gives the server's own figures."""
import json
import math
import os
import pathlib
import time
import unittest

from console import LiveStackTest, get, skip_without_servers, wait_until

DASHBOARD = """version: 1
kind: dashboard
id: compared
title: Compared
refresh: manual
panels:
  - {id: graph, kind: timeseries, title: Graph, grid: {col: 0, row: 0, width: 24, height: 8},
     queries: [{id: a, expr: "sum by (service) (rate(http_requests_total[10m]))", min_step: 1m}]}
  - {id: number, kind: stat, title: Number, grid: {col: 0, row: 8, width: 8, height: 6},
     queries: [{id: a, mode: instant, expr: "sum(rate(http_requests_total[10m]))"}]}
  - {id: whole, kind: stat, title: Over the range, grid: {col: 8, row: 8, width: 8, height: 6},
     queries: [{id: a, mode: instant, expr: "sum(increase(http_requests_total[$__range]))"}]}
  - {id: table, kind: table, title: Table, grid: {col: 0, row: 14, width: 24, height: 8},
     queries: [{id: a, mode: instant, expr: "sum by (service) (rate(http_requests_total[10m]))"}]}
  - {id: young, kind: timeseries, title: No history, grid: {col: 0, row: 22, width: 12, height: 8},
     queries: [{id: a, expr: 'up{job="node"}'}]}
  - {id: words, kind: text, title: Text, grid: {col: 12, row: 22, width: 12, height: 8}, options: {text: hello}}
"""


class Compare(LiveStackTest):
    arguments = ("--members", "1", "--history", "8d")

    def render(self, *arguments):
        source = os.path.join(self.dir, "compared.yaml")
        pathlib.Path(source).write_text(DASHBOARD)
        out = os.path.join(self.dir, "values.json")
        done = self.console.run("dashboard", "render", source, "--size", "1200x1600", "-o", out, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        document = json.loads(pathlib.Path(out).read_text())
        return {panel["id"]: panel for panel in document["panels"]}

    def ask(self, expression, at):
        answer = get(self.prometheus + "/api/v1/query", query=expression, time=at)
        return {json.dumps(one["metric"], sort_keys=True): float(one["value"][1]) for one in answer["data"]["result"]}

    def ours(self, part):
        return {json.dumps(one["metric"], sort_keys=True): float(one["value"][1]) for one in part["result"]}

    def test_1_the_past_is_the_servers(self):
        at = int(time.time()) // 60 * 60 - 120
        for name, back, words in (("day", 24 * 3600, "24 h earlier"), ("week", 168 * 3600, "168 h earlier")):
            with self.subTest(name):
                panels = self.render("--at", str(at), "--range", "2h", "--compare", name)
                past = panels["graph"]["parts"][0]["past"]["result"]
                now = panels["graph"]["parts"][0]["result"]
                self.assertTrue(past)
                self.assertEqual(panels["graph"]["compare"], words)
                for series in past:
                    times = [value[0] for value in series["values"]]
                    # On the present's grid, to the second.
                    grid = {value[0] - back for one in now for value in one["values"]}
                    self.assertTrue(set(times) & grid)
                    theirs = get(self.prometheus + "/api/v1/query_range",
                                 query="sum by (service) (rate(http_requests_total[10m]))",
                                 start=times[0], end=times[-1], step=times[1] - times[0])
                    same = [one for one in theirs["data"]["result"] if one["metric"] == series["metric"]]
                    ours, his = ([(t, float(v)) for t, v in one["values"]] for one in (series, same[0]))
                    self.assertEqual(len(ours), len(his))
                    # A server that merged its blocks meanwhile sums in another order.
                    apart = [(one, other) for one, other in zip(ours, his)
                             if one[0] != other[0] or not math.isclose(one[1], other[1], rel_tol=1e-9)]
                    self.assertEqual(apart[:5], [])
                    self.assertLessEqual(times[-1], at - back)
                for panel, expression in (("number", "sum(rate(http_requests_total[10m]))"),
                                          ("table", "sum by (service) (rate(http_requests_total[10m]))"),
                                          ("whole", "sum(increase(http_requests_total[7200s]))")):
                    part = panels[panel]["parts"][0]
                    end = {one["value"][0] for one in part["past"]["result"]}
                    self.assertEqual(end, {one["value"][0] - back for one in part["result"]})
                    ours, theirs = self.ours(part["past"]), self.ask(expression, end.pop())
                    self.assertEqual(ours.keys(), theirs.keys(), panel)
                    self.assertTrue(all(math.isclose(ours[key], theirs[key], rel_tol=1e-9) for key in ours), panel)

    def test_2_no_data_then_is_said(self):
        panels = {}

        def fresh():
            panels.update(self.render("--range", "30m", "--compare", "day"))
            return panels["young"]["parts"][0]["freshness"]["state"] == "fresh"
        self.assertTrue(wait_until(fresh, 60), "a server that has just begun has no sample on the grid yet")
        self.assertEqual(panels["young"]["compare"], "24 h earlier: no data")
        self.assertEqual(panels["young"]["parts"][0]["past"]["freshness"]["state"], "empty")
        self.assertNotIn("compare", panels["words"])

    def test_3_off_asks_nothing(self):
        panels = self.render("--range", "30m")
        self.assertFalse(any("past" in part for panel in panels.values() for part in panel["parts"]))
        done = self.console.run("dashboard", "render", "on-call", "--compare", "year")
        self.assertEqual(done.returncode, 2)

    def test_4_stats(self):
        at = str(int(time.time()) - 5)
        for expression in ("up", "sum(rate(http_requests_total[5m]))"):
            theirs = get(self.prometheus + "/api/v1/query", query=expression, time=at, stats="all")["data"]
            ours = self.console.json("query", "--stats", "--at", at, expression)
            server, client = ours["stats"]["server"], ours["stats"]["client"]
            self.assertEqual(server["totalSamples"], theirs["stats"]["samples"]["totalQueryableSamples"])
            self.assertEqual(server["peakSamples"], theirs["stats"]["samples"]["peakSamples"])
            self.assertGreater(server["totalSeconds"], 0)
            self.assertGreaterEqual(server["totalSeconds"], server["queueSeconds"])
            self.assertIsNone(server["seriesFetched"])
            self.assertEqual(client["series"], len(theirs["result"]))
            self.assertGreater(client["bytes"], 0)
            self.assertNotIn("stats", self.console.json("query", "--at", at, expression))
        words = self.console.run("query", "--stats", "up").stderr.decode()
        self.assertRegex(words, r"server: [\d,]+ samples read, at most [\d,]+ at once, .* in all")


if __name__ == "__main__":
    skip_without_servers()
    unittest.main(verbosity=2)
