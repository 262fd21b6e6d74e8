#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every incident of the fleet shows in the figures of the panel that should show it, next to its baseline; and a
panel whose first source is taken away says which other one it uses, or what would enable it."""
import json
import os
import pathlib
import re
import time
import unittest

from console import ROOT, LiveStackTest, get, skip_without_servers


def panel(document, name):
    """One panel of a rendered dashboard."""
    return next(entry for entry in document["panels"] if entry["id"] == name)


def part(document, name, query):
    return next(entry for entry in panel(document, name)["parts"] if entry["id"] == query)


def figures(document, name, query):
    """[(labels, newest value)] of one query of a panel."""
    out = []
    for series in part(document, name, query).get("result", []):
        value = series["value"] if "value" in series else series["values"][-1]
        out.append((series["metric"], float(value[1])))
    return out


def figure(document, name, query, **labels):
    """The one value whose labels include these; 0 when there is none."""
    return sum(value for metric, value in figures(document, name, query)
               if all(metric.get(key) == wanted for key, wanted in labels.items()))


def items(document, name, query):
    """Titles of a list panel."""
    return [item["title"] for item in part(document, name, query).get("items", [])]


def firing(document):
    """Names of the alerts that Top alerts has."""
    return {alert["labels"]["alertname"] for alert in part(document, "o2", "alerts")["alerts"]}


def highest(document, name, query):
    return max(value for _, value in figures(document, name, query))


def without_tabs(path, copy):
    """The dashboard with every tab as a panel of its own, so that each is asked."""
    text = path.read_text()
    found = re.findall(r"tab_of: [\w-]+", text)
    text = re.sub(r"    options: \{tab_of: [\w-]+\}\n", "", text)
    text = re.sub(r"      tab_of: [\w-]+\n", "", text)
    assert found and "tab_of" not in text, path
    copy.write_text(text)


class Panels(LiveStackTest):
    arguments = ("--members", "2", "--history", "8d")

    def render(self, dashboard, *variables):
        path = os.path.join(self.dir, "values.json")
        done = self.console.run("dashboard", "render", dashboard, "--size", "1600x2600", "-o", path,
                                *(word for variable in variables for word in ("--var", variable)))
        self.assertIn(done.returncode, (0, 1), done.stderr.decode())
        return json.loads(pathlib.Path(path).read_text())

    def ask(self, expression):
        return get(self.prometheus + "/api/v1/query", query=expression)["data"]["result"]

    def test_1_incidents_change_their_panels(self):
        pressed = self.ask('kube_pod_info{node="node-b"}')[0]["metric"]["pod"].split("-")[0]
        views = {"call": ("on-call",), "exec": ("executive",), "catalog": ("debug", "service=catalog"),
                 "recommend": ("debug", "service=recommend"), "pressed": ("debug", f"service={pressed}")}
        before = {key: self.render(*view) for key, view in views.items()}
        for name in ("checkout-errors", "catalog-slow", "queue-backlog", "crashloop", "node-pressure", "bad-deploy",
                     "target-down", "cost-spike"):
            self.incident(name, "on")
        time.sleep(75)
        after = {key: self.render(*view) for key, view in views.items()}

        with self.subTest("checkout-errors: service health and what changed"):
            self.assertLess(figure(before["call"], "o3", "err", service="checkout"), 0.02)
            self.assertGreater(figure(after["call"], "o3", "err", service="checkout"), 0.04)
            self.assertTrue(any(title.startswith("checkout errors") for title in items(after["call"], "o7", "changes")),
                            items(after["call"], "o7", "changes"))
            self.assertFalse(any(title.startswith("checkout errors") for title in items(before["call"], "o7", "changes")))
            self.assertGreater(figure(after["call"], "errors", "err", service="checkout"),
                               2 * figure(before["call"], "errors", "err", service="checkout"))
            self.assertNotIn("HighErrorRate", firing(before["call"]))
            self.assertIn("HighErrorRate", firing(after["call"]))
        with self.subTest("catalog-slow: p95, the route's own row, heatmaps, the edge of the call graph"):
            usual = figure(before["call"], "o3", "p95", service="catalog")
            self.assertGreater(usual, 0)
            self.assertGreater(figure(after["call"], "o3", "p95", service="catalog"), 2 * usual)
            for route in ("/list", "/get"):
                usual = figure(before["catalog"], "d2", "p95", route=route)
                self.assertGreater(usual, 0)
                self.assertGreater(figure(after["catalog"], "d2", "p95", route=route), 2 * usual)
            self.assertGreater(figure(after["catalog"], "d1-quantiles", "quantiles", q="p95"),
                               2 * figure(before["catalog"], "d1-quantiles", "quantiles", q="p95"))
            self.assertEqual({m["endpoint"] for m, _ in figures(after["catalog"], "d1b", "routes")}, {"/list", "/get"})
            # Requests above half a second: the share the heatmaps show in their upper cells.
            for name, query in (("d1", "buckets"), ("d1b", "routes")):
                def slow(view, name=name, query=query):
                    everything = figure(view["catalog"], name, query, le="+Inf")
                    # Without a cell yet, at the beginning, nothing is slow either.
                    return (everything - figure(view["catalog"], name, query, le="0.5")) / everything if everything else 0
                self.assertGreater(slow(after), slow(before) + 0.1)
            edge = {"client": "frontend", "server": "catalog"}
            self.assertGreater(figure(before["catalog"], "d4", "p95", **edge), 0)
            self.assertGreater(figure(after["catalog"], "d4", "p95", **edge), 2 * figure(before["catalog"], "d4", "p95", **edge))
        with self.subTest("queue-backlog: depth, growth, no end in sight"):
            self.assertGreater(figure(after["catalog"], "d6", "depth", queue="orders"), 1000)
            self.assertGreater(figure(after["catalog"], "d6-drain", "depth", queue="orders"), 1000)
            self.assertLess(figure(before["catalog"], "d6-drain", "depth", queue="orders"), 200)
            self.assertGreater(figure(after["catalog"], "d6-drain", "growth", queue="orders"), 1)
            self.assertEqual([m for m, _ in figures(after["catalog"], "d6-drain", "drain") if m.get("queue") == "orders"], [])
            self.assertTrue(any("orders waiting messages" in title for title in items(after["call"], "o7", "changes")),
                            items(after["call"], "o7", "changes"))
        with self.subTest("crashloop: restarts, and why the container ended"):
            self.assertGreater(figure(after["recommend"], "d5", "restarts"), figure(before["recommend"], "d5", "restarts") + 2)
            self.assertIn("OOMKilled", {m.get("reason") for m, _ in figures(after["recommend"], "d5", "last")})
            self.assertTrue(any("recommend" in title and "restarts" in title for title in items(after["call"], "o7", "changes")),
                            items(after["call"], "o7", "changes"))
        with self.subTest("node-pressure: memory of the pods on that node"):
            self.assertGreater(highest(after["pressed"], "d5", "memory"), highest(before["pressed"], "d5", "memory") + 0.1)
        with self.subTest("bad-deploy: the rollout, and its errors"):
            rollouts = [item for item in part(after["call"], "o5", "deploys")["items"] if item["labels"].get("service") == "search"]
            self.assertTrue(rollouts)
            self.assertIn("rollout", {item["kind"] for item in rollouts})
            self.assertGreater(figure(after["call"], "o3", "err", service="search"), 0.01)
            self.assertTrue(any("search" in title for title in items(after["call"], "o7", "changes")))
        with self.subTest("target-down: the watchers' strip and up"):
            self.assertEqual(figure(before["call"], "o8", "watchers", what="targets down"), 0)
            self.assertEqual(figure(after["call"], "o8", "watchers", what="targets down"), 1)
            self.assertLess(figure(after["call"], "o3", "up", service="ads"), 1)
        with self.subTest("cost-spike: run-rate and the namespace"):
            self.assertGreater(figure(after["exec"], "e7", "cost"), figure(before["exec"], "e7", "cost"))
            self.assertGreater(figure(after["exec"], "e7-namespace", "namespace", namespace="ml"),
                               3 * figure(before["exec"], "e7-namespace", "namespace", namespace="ml"))
            self.assertGreater(figure(after["exec"], "e7-request", "cost"), figure(before["exec"], "e7-request", "cost"))

        with self.subTest("service health has the burn of the SLO engine, where there is an objective"):
            worst = {}
            for metric, value in figures(before["exec"], "e2", "burn"):
                worst[metric["service"]] = max(value, worst.get(metric["service"], 0))
            burn = {metric["service"]: value for metric, value in figures(before["call"], "o3", "burn")}
            self.assertEqual(set(burn), set(worst))
            self.assertLess(set(burn), {metric["service"] for metric, _ in figures(before["call"], "o3", "rate")})
            for service, value in worst.items():
                self.assertAlmostEqual(burn[service], value, delta=0.2 * value + 0.05, msg=service)

    def test_2_bill_as_a_file(self):
        config = pathlib.Path(self.console.config, "bridgewatch.yaml")
        whole = config.read_text()
        bill = pathlib.Path(self.dir, "bill.csv")
        day = time.strftime("%Y-%m-%d", time.gmtime(time.time() - 2 * 86400))
        bill.write_text(f"BilledCost,BillingCurrency,ChargePeriodStart,ServiceName\n24,EUR,{day}T00:00:00Z,Compute\n")
        try:
            config.write_text(whole + f"costs: [{{file: {bill}}}]\n")
            document = self.render("executive")
            self.assertAlmostEqual(figure(document, "e7", "bill", currency="EUR"), 730)
            self.assertAlmostEqual(figure(document, "e7-namespace", "bill", part="Compute"), 730)
            bill.write_text("BilledCost,ChargePeriodStart\n1,yesterday\n")
            done = self.console.run("check")
            self.assertRegex(done.stdout.decode() + done.stderr.decode(), r"bill\.csv:2: ChargePeriodStart: 'yesterday' is no date")
        finally:
            config.write_text(whole)

    def test_3_template(self):
        path = pathlib.Path(self.dir, "red.yaml")
        for form in ("red", "use", "golden", "serverless"):
            done = self.console.run("dashboard", "new", form, "-o", str(path))
            self.assertEqual(done.returncode, 0, done.stderr)
            lint = self.console.run("dashboard", "lint", str(path))
            self.assertEqual(lint.returncode, 0, lint.stdout + lint.stderr)
            self.assertNotIn("sli:", path.read_text())
        self.console.run("dashboard", "new", "red", "-o", str(path))
        document = self.render(str(path), "service=checkout")
        self.assertTrue(figures(document, "rate", "value"))
        self.assertTrue(figures(document, "success", "m1"))
        done = self.console.run("dashboard", "new", "no-such")
        self.assertEqual(done.returncode, 2)
        self.assertIn(b"golden", done.stderr)

    def test_4_every_panel_of_every_dashboard_has_data_or_says_why(self):
        copy = pathlib.Path(self.dir, "without-tabs.yaml")
        for name in ("on-call", "executive", "debug"):
            path = ROOT / "resources/dashboards" / f"{name}.yaml"
            if "tab_of" in path.read_text():
                without_tabs(path, copy)
                path = copy
            for entry in self.render(str(path))["panels"]:
                with self.subTest(f"{name}/{entry['id']}"):
                    full = any(p.get("result") or p.get("items") or p.get("alerts") for p in entry["parts"])
                    # No alert is an answer; the text is the panel's content.
                    self.assertTrue(full or entry["howToEnable"] or entry["kind"] in ("text", "alerts"), entry)


if __name__ == "__main__":
    skip_without_servers()
    unittest.main(verbosity=2)
