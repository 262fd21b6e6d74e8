#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every incident of the fleet shows in the figures of the panel that should show it, next to its baseline; and a
panel whose first source is taken away says which other one it uses, or what would enable it."""
import json
import os
import pathlib
import time
import unittest

from console import LiveStackTest, get, skip_without_servers


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
        with self.subTest("catalog-slow: p95 and the route's own row"):
            slow = figure(after["call"], "o3", "p95", service="catalog")
            self.assertGreater(slow, 2 * figure(before["call"], "o3", "p95", service="catalog"))
            routes = [value for _, value in figures(after["catalog"], "d2", "p95")]
            self.assertGreater(max(routes), 2 * max(v for _, v in figures(before["catalog"], "d2", "p95")))
            self.assertGreater(len({m.get("handler") or m.get("route") for m, _ in figures(after["catalog"], "d1b", "routes")}), 1)
        with self.subTest("queue-backlog: depth, growth, no end in sight"):
            self.assertGreater(figure(after["call"] and after["catalog"], "d6-drain", "depth", queue="orders"), 1000)
            self.assertLess(figure(before["catalog"], "d6-drain", "depth", queue="orders"), 200)
            self.assertGreater(figure(after["catalog"], "d6-drain", "growth", queue="orders"), 1)
            self.assertEqual([m for m, _ in figures(after["catalog"], "d6-drain", "drain") if m.get("queue") == "orders"], [])
        with self.subTest("crashloop: restarts, and why the container ended"):
            self.assertGreater(figure(after["recommend"], "d5", "restarts"), figure(before["recommend"], "d5", "restarts") + 2)
            self.assertIn("OOMKilled", {m.get("reason") for m, _ in figures(after["recommend"], "d5", "last")})
        with self.subTest("node-pressure: memory of the pods on that node"):
            most = max(value for _, value in figures(after["pressed"], "d5", "memory"))
            self.assertGreater(most, max(v for _, v in figures(before["pressed"], "d5", "memory")) + 0.1)
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
            self.assertGreater(figure(after["exec"], "e7-namespace", "namespace", namespace="ml"),
                               3 * figure(before["exec"], "e7-namespace", "namespace", namespace="ml"))
            self.assertGreater(figure(after["exec"], "e7-request", "cost"), figure(before["exec"], "e7-request", "cost"))

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
        for name in ("on-call", "executive", "debug"):
            for entry in self.render(name)["panels"]:
                with self.subTest(f"{name}/{entry['id']}"):
                    full = any(p.get("result") or p.get("items") or p.get("alerts") for p in entry["parts"])
                    self.assertTrue(full or entry["howToEnable"] or entry["kind"] in ("text", "tracelist", "alerts"), entry)


if __name__ == "__main__":
    skip_without_servers()
    unittest.main(verbosity=2)
