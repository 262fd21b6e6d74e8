#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`bridgewatch alerts`: the union of both members, what is said when one is gone, and how soon an alert is seen."""
import json
import signal
import threading
import time
import unittest

from console import LiveStackTest, fetch, get, skip_without_servers, wait_until


class Alerts(LiveStackTest):
    def raw(self, member):
        """fingerprint -> alert, as one member has it."""
        return {alert["fingerprint"]: alert for alert in get(f"{self.record['alertmanagers'][member]}/api/v2/alerts")}

    def post(self, member, name):
        """An alert that one member alone has: members do not hand alerts on."""
        alert = {"labels": {"alertname": name, "severity": "warning"}, "annotations": {"summary": f"only on {member}"}}
        status, text = fetch(f"{self.record['alertmanagers'][member]}/api/v2/alerts", [alert])
        self.assertEqual(status, 200, text)

    def test_1_union_of_both_members(self):
        self.incident("node-pressure", "on")
        self.assertTrue(wait_until(lambda: len(self.raw(0)) > 1 and self.raw(0).keys() == self.raw(1).keys(), 30))
        self.post(0, "OnlyOnTheFirst")
        self.post(1, "OnlyOnTheSecond")
        ours = self.console.json("alerts", expect=(0, 1))
        self.assertEqual(ours["schema"], "bridgewatch/alerts/1")
        self.assertEqual((ours["freshness"]["answered"], ours["freshness"]["asked"]), (2, 2))
        raw = (self.raw(0), self.raw(1))
        union = {**raw[0], **raw[1]}
        mine = {alert["fingerprint"]: alert for alert in ours["alerts"]}
        self.assertEqual(mine.keys(), union.keys())
        self.assertEqual(len(mine), len(ours["alerts"]))
        names = set()
        for fingerprint, alert in mine.items():
            theirs = union[fingerprint]
            # The source's own labels from the configuration may be added, none may be missing or changed.
            self.assertEqual({name: alert["labels"].get(name) for name in theirs["labels"]}, theirs["labels"])
            self.assertEqual(alert["annotations"], theirs["annotations"])
            self.assertEqual(len(alert["members"]), sum(fingerprint in member for member in raw), alert["name"])
            names.add((alert["name"], len(alert["members"])))
        self.assertIn(("OnlyOnTheFirst", 1), names)
        self.assertIn(("OnlyOnTheSecond", 1), names)
        self.assertIn(("NodeMemoryPressure", 2), names)
        heartbeat = next(alert for alert in ours["alerts"] if alert["name"] == "Watchdog")
        self.assertEqual(heartbeat["class"], "health")

    def test_2_filters_and_groups(self):
        ours = self.console.json("alerts", "--filter", 'alertname="NodeMemoryPressure"', "--group", "alertname", expect=(0,))
        self.assertEqual({alert["name"] for alert in ours["alerts"]}, {"NodeMemoryPressure"})
        self.assertEqual([group["value"] for group in ours["groups"]], ["NodeMemoryPressure"])
        self.assertGreater(ours["total"], ours["shown"])
        self.assertEqual(self.console.run("alerts", "--filter", "not a matcher").returncode, 2)
        self.assertEqual(self.console.run("alerts", "--class", "loud").returncode, 2)

    def test_3_page_sets_the_exit_code(self):
        self.incident("checkout-errors", "on")
        self.assertTrue(wait_until(lambda: any(a["labels"].get("severity") in ("critical", "page") for a in self.raw(0).values()), 40))
        done = self.console.run("alerts", "--class", "page", "--json")
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertEqual({alert["class"] for alert in json.loads(done.stdout)["alerts"]}, {"page"})

    def test_4_one_member_stopped(self):
        before = self.raw(1).keys()
        self.assertGreater(len(before), 1)
        self.control("kill", "alertmanager-1")
        try:
            done = self.console.run("alerts", "--json")
            ours = json.loads(done.stdout)
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertEqual((ours["freshness"]["answered"], ours["freshness"]["asked"]), (1, 2))
            self.assertEqual(ours["freshness"]["state"], "partial")
            self.assertIn("1 of 2", ours["note"] + ours["freshness"]["reason"])
            self.assertTrue(before <= {alert["fingerprint"] for alert in ours["alerts"]})
        finally:
            self.control("start", "alertmanager-1")

    def test_5_both_members_stopped(self):
        self.control("kill", "alertmanager-1", "alertmanager-2")
        try:
            done = self.console.run("alerts", "--json")
            ours = json.loads(done.stdout)
            self.assertEqual(done.returncode, 4)
            self.assertEqual(ours["freshness"]["state"], "error")
            self.assertEqual(ours["freshness"]["answered"], 0)
            self.assertTrue(ours["freshness"]["reason"])
        finally:
            self.control("start", "alertmanager-1", "alertmanager-2")

    def test_6_a_new_alert_is_seen_within_one_poll(self):
        self.assertTrue(wait_until(lambda: len(self.raw(0)) > 0 and self.raw(0).keys() == self.raw(1).keys(), 40))
        watch = self.console.start("alerts", "--watch", "--json")
        seen, known = {}, {}

        def read():
            for line in watch.stdout:
                change = json.loads(line)
                if change["to"] == "firing":
                    seen.setdefault(change["fingerprint"], change["model_time"])

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        try:
            self.assertTrue(wait_until(lambda: seen, 20), "nothing was seen at all")
            time.sleep(3)  # rules read, phase locked
            old = set(seen)
            self.incident("target-down", "on")
            new = set()
            deadline = time.monotonic() + 40
            while not new and time.monotonic() < deadline:
                now = time.time()
                for fingerprint in self.raw(0):
                    known.setdefault(fingerprint, now)
                new = {f for f in set(known) & set(seen) if f not in old}
                time.sleep(0.02)
            self.assertTrue(new, "the new alert was not seen")
            for fingerprint in new:
                self.assertLess(seen[fingerprint] - known[fingerprint], 1.2, "later than one evaluation interval")
        finally:
            self.incident("target-down", "off")
            watch.send_signal(signal.SIGTERM)
            self.assertEqual(watch.wait(5), 130)
            reader.join(5)
            watch.stdout.close()
            watch.stderr.close()


if __name__ == "__main__":
    skip_without_servers()
    unittest.main(verbosity=2)
