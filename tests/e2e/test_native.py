#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that knows requests from native histograms alone: the profile is found, rates, error ratios, latency and
load come out of the histograms, and are what the server itself computes."""
import json
import os
import pathlib
import tempfile
import time
import unittest

from console import Console, LiveStackTest, get, skip_without_servers, wait_until
from live import processes
from live.ports import FreePorts
from live.programs import find_programs

METRIC = "http_server_request_duration_seconds"
SERVICES = {"frontend", "catalog", "cart", "checkout"}


class Native(LiveStackTest):
    arguments = ("--members", "1")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        home = pathlib.Path(cls.dir, "native")
        config = home / "config"
        config.mkdir(parents=True)
        (home / "prometheus.yml").write_text(
            "global: {scrape_interval: 1s, scrape_timeout: 1s}\n"
            "scrape_configs:\n  - job_name: shop\n    metrics_path: /metrics/native-http\n"
            f"    static_configs: [{{targets: ['{cls.record['fleet'].removeprefix('http://')}']}}]\n")
        cls.server = f"http://127.0.0.1:{FreePorts().take(1)[0]}"
        pid, ticks = processes.start(
            [find_programs()["prometheus"], f"--config.file={home / 'prometheus.yml'}",
             f"--storage.tsdb.path={home / 'data'}", f"--web.listen-address={cls.server.removeprefix('http://')}",
             "--enable-feature=native-histograms", "--log.level=warn"], str(home / "log"))
        cls.addClassCleanup(processes.stop, pid, ticks)
        (config / "bridgewatch.yaml").write_text(
            f"version: 1\ndatasources:\n  - {{id: prom, kind: prometheus, url: '{cls.server}', default: true}}\n")
        cls.console = Console(str(config), str(home / "home"))
        # Rates need a few scrapes, and the tests look at a moment in the past.
        rate = f"sum by (service_name) (histogram_count(rate({METRIC}[10s]))) > 0"
        if not wait_until(lambda: len(cls.ask(rate, time.time() - 4)) == len(SERVICES), 60):
            raise AssertionError("no native histograms were scraped; see " + str(home / "log"))

    @classmethod
    def ask(cls, expression, at=None):
        """{service or route: value}"""
        try:
            answer = get(cls.server + "/api/v1/query", query=expression, time=at or time.time())
        except OSError:
            return {}
        return {series["metric"].get("service_name") or series["metric"].get("http_route", ""): float(series["value"][1])
                for series in answer.get("data", {}).get("result", [])}

    def render(self, *arguments):
        with tempfile.TemporaryDirectory(prefix="bw-native-") as folder:
            path = os.path.join(folder, "values.json")
            done = self.console.run("dashboard", "render", *arguments, "--size", "1600x2600", "-o", path)
            self.assertIn(done.returncode, (0, 1), done.stderr.decode())
            return {panel["id"]: {part["id"]: part for part in panel["parts"]}
                    for panel in json.loads(pathlib.Path(path).read_text())["panels"]}

    @staticmethod
    def column(panel, query, label):
        """{label: value} of one query of a table."""
        return {series["metric"][label]: float(series["value"][1]) for series in panel[query]["result"]}

    def same(self, found, expected):
        self.assertEqual(set(found), set(expected))
        for key, value in expected.items():
            self.assertAlmostEqual(found[key], value, delta=abs(value) * 1e-9, msg=key)

    def test_1_profile(self):
        self.assertNotIn(METRIC + "_count", get(self.server + "/api/v1/label/__name__/values")["data"])
        document = self.console.json("check")
        profile = document["sources"][0]["profile"]
        self.assertEqual((profile["found"], profile["id"], profile["notes"]), (True, "otel-http", []))
        families = next(check for check in document["sources"][0]["checks"] if check["name"] == "families")
        self.assertIn(f"native histogram {METRIC}", families["found"])

    def test_2_service_health(self):
        at = int(time.time()) - 2  # what was scraped by then no longer changes
        panel = self.render("on-call", "--at", str(at))["o3"]
        rate = self.ask(f"sum by (service_name) (histogram_count(rate({METRIC}[5m])))", at)
        self.assertEqual(set(rate), SERVICES)
        self.same(self.column(panel, "rate", "service"), rate)
        p95 = self.ask(f"histogram_quantile(0.95, sum by (service_name) (rate({METRIC}[5m])))", at)
        self.same(self.column(panel, "p95", "service"), p95)
        self.assertEqual(set(self.column(panel, "err", "service")), SERVICES)

    def test_3_endpoints(self):
        # A heatmap's first cell needs two samples before a multiple of its step: one moment for all of them.
        seen = {}

        def cells():
            seen["at"] = int(time.time()) - 2
            seen["view"] = self.render("debug", "--var", "service=catalog", "--at", str(seen["at"]))
            return seen["view"]["d1"]["buckets"]["result"] and seen["view"]["d1b"]["routes"]["result"]

        self.assertTrue(wait_until(cells, 90), "no heatmap")
        at, view = seen["at"], seen["view"]
        panel = view["d2"]
        chosen = METRIC + '{service_name="catalog"}[5m]'
        for query, expression in (
                ("rate", f"sum by (http_route) (histogram_count(rate({chosen})))"),
                ("load", f"sum by (http_route) (histogram_sum(rate({chosen})))"),
                ("p95", f"histogram_quantile(0.95, sum by (http_route) (rate({chosen})))"),
                ("slow", f"1 - histogram_fraction(0, 1, sum by (http_route) (rate({chosen})))")):
            with self.subTest(query):
                expected = self.ask(expression, at)
                self.assertEqual(set(expected), {"/list", "/get"})
                self.same(self.column(panel, query, "route"), expected)
        self.assertTrue(view["d1"]["buckets"]["result"][0]["histograms"])
        self.assertEqual({series["metric"]["q"] for series in view["d1-quantiles"]["quantiles"]["result"]}, {"p50", "p95", "p99"})
        self.assertEqual({series["metric"]["http_route"] for series in view["d1b"]["routes"]["result"]}, {"/list", "/get"})

    def test_4_errors(self):
        before = self.column(self.render("on-call")["o3"], "err", "service")
        self.incident("checkout-errors", "on")
        bad = f'histogram_count(increase({METRIC}{{service_name="checkout",http_response_status_code=~"5.."}}[5m]))'
        self.assertTrue(wait_until(lambda: sum(self.ask(f"sum({bad})").values()) > 20, 60))
        after = self.column(self.render("on-call")["o3"], "err", "service")
        self.assertLess(before["checkout"], 0.01)
        self.assertGreater(after["checkout"], 10 * before["checkout"] + 0.005)
        # By route too; all of them are errors of one route.
        panel = self.render("debug", "--var", "service=checkout")["d2"]
        self.assertGreater(self.column(panel, "share", "route")["/place"], 0.5)

    def test_5_objectives(self):
        slos = pathlib.Path(self.console.config, "slos")
        slos.mkdir()
        done = self.console.run("slo", "init", "checkout", "-o", str(slos / "checkout.yaml"))
        self.assertEqual(done.returncode, 0, done.stderr)
        text = (slos / "checkout.yaml").read_text()
        self.assertIn("native: true", text)
        self.assertIn(f'sum(histogram_count(increase({METRIC}{{service_name="checkout"}}[$__window])))', text)
        lint = self.console.run("slo", "lint", "--live")
        self.assertEqual(lint.returncode, 0, lint.stdout + lint.stderr)


if __name__ == "__main__":
    skip_without_servers()
    unittest.main(verbosity=2)
