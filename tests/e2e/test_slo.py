#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`bridgewatch slo` against thirty days whose failures are known: hour buckets give what the history states, and what
one long PromQL query gives; they outlive the server; files of every dialect and reports."""
import json
import os
import pathlib
import re
import time
import unittest

from console import LiveStackTest, get, skip_without_servers

# Hour buckets against the formulas the history was made of. The history has a sample every five minutes, so an hour's
# increase is extrapolated by up to a step at each edge, and the hours around the three-hour gap are short.
TOTALS_WITHIN = 0.01
RATIO_WITHIN = 0.02
# Against one increase over the whole period: no gap is stretched, so both see the same samples.
DIRECT_TOTALS_WITHIN = 0.01
DIRECT_RATIO_WITHIN = 0.01


class Slo(LiveStackTest):
    arguments = ("--history", "30d")

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.truth = {slo["id"]: slo for slo in cls.record["history"]["slos"]}
        cls.listed = cls.console.json("slo", "list", expect=(0, 1))
        cls.slos = {slo["id"]: slo for slo in cls.listed["slos"]}

    def close(self, ours, truth, within, what):
        self.assertLessEqual(abs(ours - truth), within * abs(truth), f"{what}: {ours} is not {truth} within {within:.2%}")

    def test_1_every_objective_is_there(self):
        self.assertEqual(set(self.slos), set(self.truth))
        self.assertEqual(self.listed["freshness"]["state"], "fresh")
        for slo in self.slos.values():
            self.assertEqual((slo["problem"], slo["refilling"]), ("", False), slo["id"])
            self.assertEqual(slo["hoursAnswered"], slo["hoursWanted"])

    def test_2_figures_are_what_the_history_states(self):
        for name, truth in self.truth.items():
            slo = self.slos[name]
            if not truth["total"]:
                self.assertEqual((slo["state"], slo["attained"]), ("no_traffic", None))
                continue
            if name.endswith("-latency"):  # the history has durations of three hours only
                self.assertIn("of 30 d; the figure covers", slo["retentionWarning"])
                self.assertLess(slo["coverage"], 0.05)
                continue
            self.assertEqual(slo["retentionWarning"], "")
            # The truth is of all thirty days; the server lacks three hours of them.
            self.close(slo["badAllowed"] / (1 - truth["objective"]), truth["total"], TOTALS_WITHIN, f"{name} total")
            self.close(1 - slo["attained"], truth["error_ratio"], RATIO_WITHIN, f"{name} error ratio")
            spent = RATIO_WITHIN * truth["error_ratio"] / (1 - truth["objective"])
            self.assertLessEqual(abs(slo["remaining"] - truth["budget_remaining"]), spent + 1e-6, name)
            self.assertEqual(slo["state"], "met" if truth["budget_remaining"] > 0 else "missed")
        self.assertEqual(self.listed["global"]["noTraffic"], 1)
        met = sum(1 for truth in self.truth.values() if truth["total"] and truth["budget_remaining"] > 0)
        self.assertEqual(self.listed["global"]["met"], met)

    def test_3_coverage_names_the_gap(self):
        slo = self.slos["frontend-availability"]
        self.assertGreater(slo["coverage"], 0.99)
        self.assertLess(slo["coverage"], 0.9985)  # three of 720 hours are not there

    def test_4_one_long_query_says_the_same(self):
        def direct(expression, at):
            answer = get(self.prometheus + "/api/v1/query", query=expression, time=f"{at}")
            return float(answer["data"]["result"][0]["value"][1])

        at = self.listed_at("frontend-availability")
        for name in ("frontend-availability", "checkout-availability", "payment-availability"):
            slo = self.slos[name]
            total = direct(slo["indicator"]["total"].replace("$__window", "720h"), at)
            bad = direct(slo["indicator"]["bad"].replace("$__window", "720h"), at)
            self.close(slo["badAllowed"] / (1 - slo["target"]), total, DIRECT_TOTALS_WITHIN, f"{name} total")
            self.close(1 - slo["attained"], bad / total, DIRECT_RATIO_WITHIN, f"{name} error ratio")

    def listed_at(self, name):
        return time.mktime(time.strptime(self.slos[name]["asOf"].split(".")[0].rstrip("Z"), "%Y-%m-%dT%H:%M:%S")) - time.timezone

    def test_5_burn_rates_are_the_servers(self):
        shown = self.console.json("slo", "show", "payment-availability", expect=(0, 1))["slos"][0]
        self.assertEqual([row["long"] for row in shown["burn"]], ["1h", "6h", "1d", "3d"])
        for row in shown["burn"][2:]:
            window = {"1d": "24h", "3d": "72h"}[row["long"]]
            answer = get(self.prometheus + "/api/v1/query", query=(
                f'sum(increase(http_requests_total{{service="payment",code=~"5.."}}[{window}]))'
                f' / sum(increase(http_requests_total{{service="payment"}}[{window}])) / 0.001'))
            self.close(row["burnLong"], float(answer["data"]["result"][0]["value"][1]), 0.05, f"burn {window}")
        self.assertEqual(set(shown["agreement"]), {"page", "ticket", "alerts", "text"})
        self.assertIsNotNone(shown["recorded"]["remaining"])
        # Sloth's rules weigh five minutes alike, quiet ones as busy ones: its outage fell into a quiet hour.
        self.assertLess(abs(shown["recorded"]["remainingDifference"]), 0.5)

    def test_6_a_second_look_costs_next_to_nothing_and_the_history_outlives_the_server(self):
        again = self.console.json("slo", "list", expect=(0, 1))
        self.assertLess(again["cost"]["samples"], 124 * len(self.slos))
        self.control("kill", "prometheus")
        try:
            blind = self.console.json("slo", "list", expect=(4,))
            known = {slo["id"]: slo for slo in blind["slos"]}
            for name, slo in self.slos.items():
                if slo["attained"] is not None:
                    self.assertAlmostEqual(known[name]["attained"], slo["attained"], 5)
            self.assertNotEqual(blind["freshness"]["state"], "fresh")
        finally:
            self.control("start", "prometheus")
        deadline = time.monotonic() + 60
        while self.console.run("--json", "query", "vector(1)").returncode and time.monotonic() < deadline:
            time.sleep(0.5)

    def test_7_text_and_reports(self):
        text = self.console.run("slo", "list").stdout.decode()
        self.assertRegex(text, r"MISSED +-\d+\.\d\s%.* payment-availability")
        self.assertRegex(text, r"no traffic .* giftwrap-availability")
        detail = self.console.run("slo", "show", "payment-availability").stdout.decode()
        for part in ("event-weighted", "page 1h/5m", "of full failure allowed", "recorded by Sloth", "since 20"):
            self.assertIn(part, detail)
        begin = time.strftime("%Y-%m-%d", time.gmtime(self.record["history"]["end"] - 7 * 86400))
        end = time.strftime("%Y-%m-%d", time.gmtime(self.record["history"]["end"]))
        report = self.console.json("slo", "report", "--period", f"{begin}..{end}", expect=(0, 1, 4))  # latency is known for hours only
        checkout = next(slo for slo in report["slos"] if slo["id"] == "checkout-availability")
        self.assertGreater(checkout["remaining"], -5)
        self.assertLess(checkout["remaining"], 0.46)  # its outage is in this week: it weighs more than in a month
        for name in ("r.md", "r.html", "r.json"):
            path = os.path.join(self.dir, name)
            self.assertIn(self.console.run("slo", "report", "-o", path).returncode, (0, 1))
            content = pathlib.Path(path).read_text(encoding="utf-8")
            self.assertIn("payment-availability" if name == "r.json" else "payment availability", content)
        html = pathlib.Path(self.dir, "r.html").read_text(encoding="utf-8")
        self.assertNotRegex(html, r"<script|https?://|url\(")
        json.loads(pathlib.Path(self.dir, "r.json").read_text(encoding="utf-8"))

    def test_8_files(self):
        folder = pathlib.Path(self.record["config"], "slos")
        self.assertEqual(self.console.run("slo", "lint", "--live").returncode, 0)
        starter = self.console.run("slo", "init", "search")
        self.assertEqual(starter.returncode, 0, starter.stderr)
        text = re.sub(r"id: search-", "id: started-", starter.stdout.decode())
        sloth = pathlib.Path(__file__).parents[1] / "data/slo/bad-sloth.yaml"
        (folder / "started.yaml").write_text(text, encoding="utf-8")
        (folder / "broken.yaml").write_text(sloth.read_text(encoding="utf-8"), encoding="utf-8")
        try:
            linted = self.console.run("slo", "lint")
            self.assertEqual(linted.returncode, 1)
            self.assertIn("broken.yaml:4:5: shop-no-window", linted.stderr.decode())
            shown = self.console.json("slo", "show", "started-availability", expect=(0, 1))["slos"][0]
            self.close(1 - shown["attained"], 1 - self.slos["search-availability"]["attained"], 0.001, "the starter")
        finally:
            (folder / "started.yaml").unlink()
            (folder / "broken.yaml").unlink()
        unknown = self.console.run("slo", "show", "nothing-like-that")
        self.assertEqual(unknown.returncode, 2)
        self.assertIn("checkout-availability", unknown.stderr.decode())


if __name__ == "__main__":
    skip_without_servers()
    unittest.main(verbosity=2)
