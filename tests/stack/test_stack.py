#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Brings the live stack up, checks what others rely on, and takes it down.

Run directly, or as `python3 -m unittest tests/stack/test_stack.py`.  Exits
with 77 (skipped) when a server is not installed, except with CI=true.
"""
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import needs  # noqa: E402
from fleet.incidents import INCIDENTS  # noqa: E402
from fleet.oddities import ODD_SAMPLES  # noqa: E402
from fleet.topology import NODES, SERVICES  # noqa: E402
from live import processes, web  # noqa: E402

REPLICAS = 3
ROLLOUTS = ('max by (namespace, owner_name) ((kube_replicaset_created and kube_replicaset_spec_replicas > 0)'
            ' * on (namespace, replicaset) group_left(owner_name) max by (namespace, replicaset, owner_name)'
            ' (kube_replicaset_owner{owner_kind="Deployment"})) > (time() - 6*3600)')
# What the built-in dashboards ask for; each must answer with at least one series.
DASHBOARD_QUERIES = (
    'sum by (service) (rate(http_requests_total{code=~"5.."}[5m]))',
    "histogram_quantile(0.95, sum by (service, le) (rate(http_request_duration_seconds_bucket[5m])))",
    "avg by (job) (up)",
    "avg((slo:period_error_budget_remaining:ratio == slo:period_error_budget_remaining:ratio)"
    " >= bool 0)",
    "slo:current_burn_rate:ratio", "slo:error_budget:ratio", "sloth_slo_info",
    'sum by (alertname) (changes(ALERTS_FOR_STATE{severity="critical"}[30d]) + 1)',
    "sum(avg by (node) (node_total_hourly_cost)) * 730",
    "sum(avg by (node) (avg_over_time(node_total_hourly_cost[1d]))) / sum(avg by (node)"
    " (avg_over_time(node_total_hourly_cost[1d] offset 7d))) - 1",
    "sum by (namespace) (container_cpu_allocation * on (node) group_left () avg by (node) (node_cpu_hourly_cost))"
    " + sum by (namespace) (container_memory_allocation_bytes / 1024^3 * on (node) group_left ()"
    " avg by (node) (node_ram_hourly_cost))",
    'sum(alertmanager_notifications_total{integration=~"webhook"})', ROLLOUTS,
    "sum by (client, server, connection_type) (rate(traces_service_graph_request_total[1m])) > 0",
    "histogram_quantile(.95, sum by (client, server, le) (rate(traces_service_graph_request_server_seconds_bucket[1m])))",
    'max by (namespace, pod, container) (container_memory_working_set_bytes{container!="",image!=""})'
    ' / on (namespace, pod, container) max by (namespace, pod, container)'
    ' (kube_pod_container_resource_limits{resource="memory"})',
    "sum by (pod) (rate(container_cpu_cfs_throttled_periods_total[1m])) / sum by (pod)"
    " (rate(container_cpu_cfs_periods_total[1m]))",
    "sum by (consumergroup, topic) (kafka_consumergroup_lag)", "db_client_connections_usage", "build_info",
    "node_load1", "rpc_server_duration_seconds", "changes(kube_deployment_status_observed_generation[1h])",
)


def stack(*arguments, environment=None):
    """Runs stack.py; the completed process."""
    return subprocess.run([sys.executable, os.path.join(HERE, "stack.py"), *arguments], capture_output=True,
                          text=True, check=False, env=environment, timeout=180)


def living(record):
    """Recorded servers that still run, by name."""
    return [s["name"] for s in record["servers"] if s["pid"] and processes.state(s["pid"], s["start_ticks"]) != "stopped"]


class LiveStack(unittest.TestCase):
    """One stack with two members and 30 days of history, shared by the tests below."""

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="bw-stack-")
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        done = stack("up", "--dir", cls.dir, "--members", "2", "--replicas", str(REPLICAS), "--history", "30d")
        cls.addClassCleanup(stack, "down", "--dir", cls.dir)
        if done.returncode:
            raise AssertionError(done.stderr)
        cls.record = json.loads(done.stdout)

    @classmethod
    def api(cls, path, **parameters):
        """`data` of a Prometheus answer."""
        url = f"{cls.record['prometheus']}/api/v1/{path}?{urllib.parse.urlencode(parameters)}"
        return web.fetch_json(url, timeout=30)["data"]

    def query(self, expression, at=None):
        """[(labels, value)] of an instant query; a value is a float or a histogram."""
        data = self.api("query", query=expression, **({} if at is None else {"time": at}))
        return [(s["metric"], float(s["value"][1]) if "value" in s else s["histogram"][1]) for s in data["result"]]

    def value(self, expression, at=None):
        """The one value of an instant query."""
        found = self.query(expression, at)
        self.assertEqual(len(found), 1, expression)
        return found[0][1]

    def switch(self, name, on):
        done = stack("incident", "--dir", self.dir, name, "on" if on else "off")
        self.assertEqual(done.returncode, 0, done.stderr)

    def alerts(self, member):
        return {a["labels"]["alertname"] for a in web.fetch_json(f"{self.record['alertmanagers'][member]}/api/v2/alerts")}

    def test_record_and_configuration(self):
        with open(os.path.join(self.dir, "stack.json"), encoding="utf-8") as file:
            self.assertEqual(json.load(file), self.record)
        with open(os.path.join(self.record["config"], "bridgewatch.yaml"), encoding="utf-8") as file:
            text = file.read()
        for url in (self.record["prometheus"], *self.record["alertmanagers"]):
            self.assertIn(url, text)
        self.assertEqual(len(self.record["alertmanagers"]), 2)

    def test_every_target_is_up(self):
        active = self.api("targets", state="active")["activeTargets"]
        self.assertEqual([t["scrapeUrl"] + t["lastError"] for t in active if t["health"] != "up"], [])
        self.assertEqual(len(active), len(SERVICES) * REPLICAS + len(NODES) + 5 + 4)

    def test_rules_are_healthy(self):
        def unhealthy():
            rules = [rule for group in self.api("rules")["groups"] for rule in group["rules"]]
            return [f"{r['name']}: {r['health']} {r.get('lastError', '')}" for r in rules if r["health"] != "ok"]

        web.wait_for(lambda: not unhealthy(), 40, pause=0.5)  # the slowest group runs every 15 s
        self.assertEqual(unhealthy(), [])

    def test_members_form_a_cluster(self):
        for url in self.record["alertmanagers"]:
            cluster = web.wait_for(lambda: (lambda c: c if c["status"] == "ready" else None)(
                web.fetch_json(f"{url}/api/v2/status")["cluster"]), 30)
            self.assertEqual(len((cluster or {}).get("peers", [])), 2, url)

    def test_dashboard_queries_answer(self):
        empty = [e for e in DASHBOARD_QUERIES if not web.wait_for(lambda: self.query(e), 20, pause=0.5)]  # noqa: B023
        self.assertEqual(empty, [])

    def test_idle_service_has_no_ratio(self):
        ratio = web.wait_for(lambda: self.query('service:http_errors:ratio{service="giftwrap"}'), 10)
        self.assertNotEqual(ratio[0][1], ratio[0][1], "no traffic must be NaN")

    def test_exemplars_and_native_histogram(self):
        def exemplars():
            return self.api("query_exemplars", query='http_request_duration_seconds_bucket{service="cart"}',
                            start=self.record["history"]["end"], end=self.record["history"]["end"] + 3600)

        found = web.wait_for(exemplars, 20, pause=0.5) or []
        traces = {e["labels"]["trace_id"] for series in found for e in series["exemplars"]}
        self.assertTrue(traces and all(len(t) == 32 for t in traces), found)
        histogram = self.value('rpc_server_duration_seconds{service="cart"}')
        self.assertGreater(float(histogram["count"]), 0)
        self.assertGreater(len(histogram["buckets"]), 5)

    def test_odd_values_arrive(self):
        self.assertEqual({labels["case"] for labels, _ in self.query("odd_values")},
                         {labels["case"] for labels, _ in ODD_SAMPLES})
        texts = {labels["case"]: labels.get("text") for labels, _ in self.query("odd_values")}
        for labels, _ in ODD_SAMPLES:
            self.assertEqual(texts[labels["case"]], labels.get("text") or None, labels["case"])

    def test_history_holds_the_known_outages(self):
        truths = self.record["history"]
        for outage in truths["outages"]:
            if not outage["error_ratio"]:
                continue
            chosen = f'service="{outage["service"]}"' + (f',endpoint="{outage["endpoint"]}"' if outage["endpoint"] else "")
            window = f"[{outage['end'] - outage['start']}s]"
            ratio = self.value(f'sum(increase(http_requests_total{{{chosen},code=~"5.."}}{window}))'
                               f" / sum(increase(http_requests_total{{{chosen}}}{window}))", outage["end"])
            self.assertAlmostEqual(ratio, outage["error_ratio"], delta=0.03 * outage["error_ratio"] + 0.001, msg=outage)

    def test_history_holds_gap_and_reset(self):
        truths = self.record["history"]
        inside = truths["gap"]["end"] - truths["gap"]["start"] - 2  # there are samples on both edges
        self.assertEqual(self.query(f"count_over_time(http_requests_total[{inside}s])", truths["gap"]["end"] - 1), [])
        reset = truths["counter_reset"]
        count = self.value(f'max(resets(http_requests_total{{service="{reset["service"]}",code="200"}}[1h]))',
                           reset["at"] + 1800)
        self.assertEqual(count, 1)

    def test_history_agrees_with_the_true_budgets(self):
        truths, end = self.record["history"], self.record["history"]["end"]
        for slo in truths["slos"]:
            if slo["error_ratio"] is None or not slo["id"].endswith("-availability"):
                continue
            chosen = f'service="{slo["service"]}"'
            span = f"[{truths['days']}d]"
            total = self.value(f"sum(increase(http_requests_total{{{chosen}}}{span}))", end)
            bad = self.value(f'sum(increase(http_requests_total{{{chosen},code=~"5.."}}{span}))', end)
            self.assertAlmostEqual(total / slo["total"], 1, delta=0.005, msg=slo["id"])
            self.assertAlmostEqual(bad / slo["bad"], 1, delta=0.005, msg=slo["id"])
        spent = self.value('slo:period_error_budget_remaining:ratio{sloth_id="payment-availability"}', end)
        self.assertLess(spent, 0, "the outage used up more than the whole budget")

    def test_incidents_raise_their_alerts_everywhere_and_end(self):
        expected = {alert for incident in INCIDENTS.values() for alert in incident.alerts}
        for name in INCIDENTS:
            self.switch(name, True)
        for member in (0, 1):
            web.wait_for(lambda: expected <= self.alerts(member), 30, pause=0.2)  # noqa: B023
            self.assertEqual(expected - self.alerts(member), set(), f"member {member + 1}")
        rollouts = web.wait_for(lambda: {"search", "cart"} <= {m["owner_name"] for m, _ in self.query(ROLLOUTS)}, 15)
        self.assertTrue(rollouts, "the bad deploy must show as a rollout")
        oom = web.wait_for(lambda: self.query('kube_pod_container_status_last_terminated_reason{reason="OOMKilled"}'), 20)
        self.assertEqual(len(oom or []), REPLICAS)
        for name in INCIDENTS:
            self.switch(name, False)
        web.wait_for(lambda: self.alerts(0) == {"Watchdog"}, 90, pause=0.5)
        self.assertEqual(self.alerts(0), {"Watchdog"})
        sent = web.fetch_json(f"{self.record['fleet']}/notifications")
        self.assertIn("pager", {note["body"]["receiver"] for note in sent})

    def test_second_up_is_refused(self):
        done = stack("up", "--dir", self.dir)
        self.assertEqual(done.returncode, 1)
        self.assertIn("already runs", done.stderr)
        self.assertEqual(len(living(self.record)), len(self.record["servers"]))

    def test_one_server_can_be_killed_and_restarted(self):
        url = f"{self.record['alertmanagers'][1]}/api/v2/status"
        self.assertEqual(stack("kill", "--dir", self.dir, "alertmanager-2").returncode, 0)
        with self.assertRaises(OSError):
            web.fetch(url)
        self.assertEqual(stack("kill", "--dir", self.dir, "alertmanager-2").returncode, 1)
        self.assertEqual(stack("status", "--dir", self.dir).returncode, 1)
        done = stack("start", "--dir", self.dir, "alertmanager-2")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(web.fetch(url)[0], 200)
        with open(os.path.join(self.dir, "stack.json"), encoding="utf-8") as file:
            type(self).record = json.load(file)

    def test_one_server_can_be_paused(self):
        self.assertEqual(stack("pause", "--dir", self.dir, "node").returncode, 0)
        with self.assertRaises(OSError):
            web.fetch(self.record["node"], timeout=1)
        self.assertEqual(stack("resume", "--dir", self.dir, "node").returncode, 0)
        self.assertEqual(web.fetch(self.record["node"])[0], 200)


class Ending(unittest.TestCase):
    """Nothing is left behind, and nothing that is not ours is touched."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="bw-stack-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.addCleanup(stack, "down", "--dir", self.dir)

    def test_down_ends_everything_and_purge_removes_it(self):
        done = stack("up", "--dir", self.dir, "--replicas", "1", "--no-wait")
        self.assertEqual(done.returncode, 0, done.stderr)
        record = json.loads(done.stdout)
        self.assertEqual(len(living(record)), 4)
        self.assertEqual(stack("pause", "--dir", self.dir, "prometheus").returncode, 0)
        self.assertEqual(stack("down", "--dir", self.dir).returncode, 0)
        self.assertEqual(living(record), [])
        self.assertTrue(os.path.exists(os.path.join(self.dir, "logs", "prometheus.log")))
        self.assertEqual(stack("down", "--dir", self.dir, "--purge").returncode, 0)
        self.assertFalse(os.path.exists(self.dir))

    def test_a_missing_program_is_named_with_its_package(self):
        done = stack("up", "--dir", self.dir, environment={**os.environ, "PATH": self.dir})
        self.assertEqual(done.returncode, 1)
        self.assertIn("Debian package: prometheus-alertmanager", done.stderr)

    def test_a_server_that_dies_takes_the_rest_with_it(self):
        fake = os.path.join(self.dir, "bin")
        os.mkdir(fake)
        with open(os.path.join(fake, "prometheus"), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\necho the disk is made of cheese\nexit 3\n")
        os.chmod(os.path.join(fake, "prometheus"), 0o755)
        done = stack("up", "--dir", self.dir, environment={**os.environ, "PATH": f"{fake}:{os.environ['PATH']}"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("prometheus ended", done.stderr)
        self.assertIn("the disk is made of cheese", done.stderr)
        with open(os.path.join(self.dir, "stack.json"), encoding="utf-8") as file:
            record = json.load(file)
        self.assertEqual(len([s for s in record["servers"] if s["pid"]]), 4)
        self.assertEqual(living(record), [])

    def test_an_interrupted_up_ends_what_it_started(self):
        process = subprocess.Popen([sys.executable, os.path.join(HERE, "stack.py"), "up", "--dir", self.dir],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        path = os.path.join(self.dir, "stack.json")

        def record():
            with open(path, encoding="utf-8") as file:
                return json.load(file)

        self.assertTrue(web.wait_for(lambda: record()["servers"][0]["pid"], 20))
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 143)
        self.assertEqual(living(record()), [])

    def test_a_stranger_with_a_recorded_id_survives(self):
        stranger = subprocess.Popen(["sleep", "60"])
        self.addCleanup(stranger.wait)
        self.addCleanup(stranger.kill)
        server = {"name": "prometheus", "url": "http://127.0.0.1:9", "ready": "/", "command": ["sleep"],
                  "pid": stranger.pid, "start_ticks": 1}
        with open(os.path.join(self.dir, "stack.json"), "w", encoding="utf-8") as file:
            json.dump({"servers": [server]}, file)
        self.assertEqual(stack("down", "--dir", self.dir).returncode, 0)
        self.assertIsNone(stranger.poll())


if __name__ == "__main__":
    needs.main()
