#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`bridgewatch check`: what it says of live sources, of dead ones, and of a configuration with mistakes."""
import os
import pathlib
import tempfile
import unittest

from console import Console, LiveStackTest, get, skip_without_servers, wait_until


class Check(LiveStackTest):
    arguments = ("--members", "2")

    def test_1_live_sources(self):
        document = self.console.json("check")
        self.assertEqual(document["schema"], "bridgewatch/check/1")
        self.assertEqual(document["findings"], [])
        sources = {source["id"]: source for source in document["sources"]}
        self.assertEqual(len(sources), 3, "one Prometheus and two members")
        for source in sources.values():
            self.assertTrue(source["reachable"], source)
            self.assertTrue(source["version"], source)
            self.assertGreaterEqual(source["latencyMs"], 0)
            self.assertLess(abs(source["skewMs"]), 2000)
        prom = next(source for source in sources.values() if source["kind"] == "prometheus")
        self.assertTrue(prom["profile"]["found"])
        self.assertTrue(prom["checks"])

    def test_2_text_names_every_source(self):
        done = self.console.run("check")
        self.assertEqual(done.returncode, 0, done.stderr)
        for word in (b"prom", b"am", b"reachable"):
            self.assertIn(word, done.stdout)

    def test_3_one_source(self):
        document = self.console.json("check", "prom")
        self.assertEqual([source["id"] for source in document["sources"]], ["prom"])
        self.assertEqual(self.console.run("check", "nobody").returncode, 2)

    def panels(self, *arguments, expect=(1,)):
        """{(dashboard, panel): verdict} of check --panels."""
        document = self.console.json("check", "--panels", *arguments, expect=expect)
        return {(panel["dashboard"], panel["id"]): panel for panel in document["panels"]}

    def test_3a_panels(self):
        wait_until(lambda: get(self.prometheus + "/api/v1/query", query="count(rate(http_requests_total[1m]))")["data"]["result"], 30)
        panels = self.panels()
        self.assertEqual({dashboard for dashboard, _ in panels}, {"on-call", "debug", "executive"})
        for name in (("on-call", "rates"), ("on-call", "o2"), ("on-call", "o8"), ("debug", "d1"), ("debug", "d2"),
                     ("executive", "e7-namespace"), ("executive", "e2")):
            self.assertEqual(panels[name]["state"], "works", panels[name])
            self.assertEqual((panels[name]["missing"], panels[name]["howToEnable"]), ([], ""), panels[name])
        # With every variable at "all", in a pattern made of one too.
        self.assertIn(panels["debug", "d5"]["state"], ("works", "partly"), panels["debug", "d5"])
        self.assertEqual((panels["debug", "d5-use"]["state"], panels["debug", "d5-use"]["fallback"]), ("works", 0))
        services = get(self.prometheus + "/api/v1/query", query="count(count by (service) (http_requests_total))")
        self.assertEqual(panels["on-call", "rates"]["series"], int(services["data"]["result"][0]["value"][1]))
        # No trace backend runs here.
        self.assertEqual(panels["on-call", "o6"]["state"], "missing")
        self.assertEqual(panels["on-call", "o6"]["reasons"], ["no source of traces is configured"])
        self.assertIn("kind jaeger", panels["on-call", "o6"]["howToEnable"])
        done = self.console.run("check", "--panels", "--dashboard", "on-call")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertRegex(done.stdout.decode(), r"panels of on-call\n(  .*\n)*  works    rates")
        self.assertRegex(done.stdout.decode(), r"  missing  o6 +Critical traces: Needs a source of traces .* no source of traces")
        self.assertNotIn("panels of debug", done.stdout.decode())

    def test_3b_panels_of_a_file(self):
        with tempfile.TemporaryDirectory(prefix="bw-board-") as folder:
            path = pathlib.Path(folder, "own.yaml")
            board = "version: 1\nkind: dashboard\nid: own\ntitle: Own\npanels:\n"
            for name, expression, fallback in (("good", "up", ""), ("second", "no_such_metric", "up"),
                                               ("gone", "no_such_metric", "nor_this_one")):
                board += (f"  - id: {name}\n    kind: timeseries\n    title: {name}\n    grid: {{col: 0, row: 0, width: 8, height: 5}}\n"
                          f"    how_to_enable: Scrape {name}.\n    queries:\n      - id: q\n        expr: {expression}\n")
                board += f"        fallbacks: [{fallback}]\n" if fallback else ""
            path.write_text(board)
            panels = self.panels("--dashboard", str(path))
            self.assertEqual([(name, panel["state"], panel["fallback"]) for (_, name), panel in panels.items()],
                             [("good", "works", 0), ("second", "fallback", 1), ("gone", "missing", 0)])
            self.assertEqual((panels["own", "gone"]["missing"], panels["own", "gone"]["howToEnable"]), (["q"], "Scrape gone."))
            path.write_text(board.replace("nor_this_one", "sum(").replace("expr: up", 'expr: up{job=~"pro.*"}'))
            panels = self.panels("--dashboard", str(path), expect=(4,))
            self.assertEqual(panels["own", "gone"]["state"], "failed")
            self.assertIn("parse error", panels["own", "gone"]["text"])
            self.assertEqual(panels["own", "good"]["series"], 1)
        self.assertEqual(self.console.run("check", "--panels", "--dashboard", "nobody").returncode, 2)
        self.assertEqual(self.console.run("check", "--dashboard", "debug").returncode, 2)

    def test_4_dead_source(self):
        self.assertEqual(self.stack("kill", "prometheus").returncode, 0)
        try:
            document = self.console.json("check", expect=(4,))
            prom = next(source for source in document["sources"] if source["id"] == "prom")
            self.assertFalse(prom["reachable"])
            self.assertTrue(prom["reason"])
            self.assertTrue(all(s["reachable"] for s in document["sources"] if s["kind"] == "alertmanager"))
            # Nobody knows what the panels miss: not heard is not missing.
            document = self.console.json("check", "--panels", "--timeout", "8", "--dashboard", "debug", expect=(4,))
            states = {panel["id"]: panel["state"] for panel in document["panels"]}
            self.assertEqual({states[name] for name in ("d1", "d2", "d5", "d6", "d8-pools")}, {"failed"}, states)
            done = self.console.run("query", "up", "--json")
            self.assertEqual(done.returncode, 4, done.stderr)
        finally:
            self.assertEqual(self.stack("start", "prometheus").returncode, 0)

    def test_5_mistakes_in_the_file(self):
        with tempfile.TemporaryDirectory(prefix="bw-config-") as folder:
            path = pathlib.Path(folder, "bridgewatch.yaml")
            path.write_text("version: 1\ndatasources:\n  - id: prom\n    kind: promethius\n    url: http://127.0.0.1:1\n")
            done = Console(folder, os.path.join(self.dir, "home")).run("check")
            self.assertEqual(done.returncode, 2)
            self.assertRegex(done.stderr.decode() + done.stdout.decode(), r"bridgewatch\.yaml:4:\d+")
            self.assertIn("promethius", done.stderr.decode() + done.stdout.decode())

    def test_6_nothing_configured(self):
        with tempfile.TemporaryDirectory(prefix="bw-config-") as folder:
            done = Console(folder, os.path.join(self.dir, "home")).run("check")
            self.assertEqual(done.returncode, 2)
            self.assertIn(b"bridgewatch.yaml", done.stderr)


if __name__ == "__main__":
    skip_without_servers()
    unittest.main(verbosity=2)
