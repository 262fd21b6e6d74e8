#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`bridgewatch incident` on a record of its own: what it writes, what it reads back, and two processes at once."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from console import Console, binary

WRITER = pathlib.Path(binary()).parent.parent / "tests" / "incident_writer"
ALERT = [{"labels": {"alertname": "HighErrorRate", "severity": "critical", "service": "checkout"},
          "annotations": {"summary": "Checkout fails for <b>EU</b> users"}, "fingerprint": "00ab12",
          "startsAt": "2026-11-21T11:55:00Z", "endsAt": "0001-01-01T00:00:00Z",
          "generatorURL": "http://prom/graph"}]


class Incidents(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = folder.name
        self.console = Console(os.path.join(self.home, "config"), self.home)
        self.console.environment["USER"] = "anna"
        self.data = pathlib.Path(self.home) / "bridgewatch"

    def text(self, *arguments, expect=0):
        done = self.console.run("incident", *arguments)
        self.assertEqual(done.returncode, expect, (arguments, done.stdout, done.stderr))
        return done.stdout.decode().strip()

    def entries(self, key, *options):
        return self.console.json("incident", "timeline", key, *options)["entries"]

    def test_from_declaration_to_closing(self):
        key = self.text("declare", "--title", "Checkout fails", "--severity", "SEV2", "--service", "checkout")
        self.assertRegex(key, r"^INC-\d{4}-0001$")
        self.text("note", key, "pool at 97 of 100\nTODO: alert on the pool\nHYP: pool exhausted")
        task = self.text("task", key, "look at the database", "--owner", "ben", "--timebox", "5m")
        self.text("role", key, "commander", "anna")
        self.text("role", key, "commander", "ben", "--action", "accept", expect=3)
        self.text("role", key, "commander", "ben", "--action", "offer")
        self.text("role", key, "commander", "ben", "--action", "accept")
        self.text("milestone", key, "impact_started", "now-10m")
        self.text("milestone", key, "mitigated", "now-20m", expect=3)  # before the impact began
        self.text("milestone", key, "mitigated", "now-20m", "--reason", "clock of the load balancer")
        self.text("milestone", key, "nonsense", "now", expect=2)
        self.text("phase", key, "identified")
        self.text("phase", key, "resolved", expect=3)  # not from active
        self.text("phase", key, "monitoring")
        self.text("phase", key, "resolved")
        self.text("severity", key, "SEV3")
        self.text("update", key, "We are back.", "--audience", "public", "--to", "status page")
        self.text("task", key, "it was the pool", "--id", task, "--state", "done")
        self.text("phase", key, "closed", expect=3)  # waiving the review needs a reason
        self.text("phase", key, "closed", "--reason", "small")

        shown = self.console.json("incident", "show", key)
        self.assertEqual(shown["phase"], "closed")
        self.assertEqual(shown["severity"], "SEV3")
        self.assertEqual(shown["commander"], "ben")
        self.assertEqual([t["state"] for t in shown["tasks"]], ["open", "done"])
        self.assertEqual(shown["milestones"]["impact_started"]["source"], "user")
        kinds = [e["kind"] for e in self.entries(key, "--level", "trace")]
        for kind in ("incident.declared", "todo.added", "hypothesis.opened", "role.offered", "incident.closed"):
            self.assertIn(kind, kinds)
        self.assertEqual(self.console.json("incident", "list", "--open")["incidents"], [])
        self.assertEqual(len(self.console.json("incident", "list")["incidents"]), 1)
        self.assertIn("Checkout fails", self.text("list"))
        self.assertIn("pool at 97 of 100", self.text("timeline", key))
        lines = self.text("timeline", key, "--format", "jsonl", "--kinds", "note").splitlines()
        self.assertEqual([json.loads(line)["kind"] for line in lines], ["note.text"])

    def test_from_an_alert(self):
        path = os.path.join(self.home, "alert.json")
        pathlib.Path(path).write_text(json.dumps(ALERT))
        key = self.text("declare", "--from-alert", path)
        shown = self.console.json("incident", "show", key)
        self.assertEqual(shown["title"], "Checkout fails for <b>EU</b> users")
        self.assertEqual(shown["alerts"][0]["relation"], "trigger")
        self.assertEqual(shown["milestones"]["detected"]["at"], "2026-11-21T11:55:00Z")
        pathlib.Path(path).write_text("[]")
        self.text("declare", "--from-alert", path, expect=2)

    def test_what_is_wrong_is_told_by_the_exit_code(self):
        self.assertEqual(self.console.json("incident", "list")["incidents"], [])
        self.text("show", "INC-2026-0001", expect=2)
        self.text("declare", expect=2)
        self.text("declare", "--title", "x", "--severity", "SEV9", expect=2)
        self.text("note", "INC-2026-0001", "x", expect=2)
        self.text("--help")

    def test_a_changed_line_is_found(self):
        key = self.text("declare", "--title", "x")
        self.text("note", key, "the truth")
        head = list(self.console.json("incident", "verify", key)["incidents"][0]["heads"].values())[0]
        self.text("verify", key, "--head", head)
        self.text("note", key, "later")
        self.text("verify", key, "--head", head, expect=1)
        journal = next(self.data.glob("incidents/*/journal.jsonl"))
        journal.write_bytes(journal.read_bytes().replace(b"the truth", b"the trush"))
        self.assertIn("damaged or changed", self.text("verify", expect=1))

    def test_facts(self):
        key = self.text("declare", "--title", "first")
        self.text("impact", key, "ended", expect=3)  # none goes on
        self.text("impact", key, "started", "no checkout in the EU", "--customers", "12 %", "--at", "now-20m")
        self.text("impact", key, "ended", "--at", "now-5m")
        decision = self.text("decision", key, "proposed", "raise the pool", "--owner", "ben")
        self.text("decision", key, "polled", "--of", decision, "--answer", "yes", "--person", "cleo")
        self.text("decision", key, "made", "--of", decision, "--objection", "may swap")
        self.text("decision", key, "reversed", "--of", "nonsense", expect=2)
        self.text("decision", key, "made", expect=2)
        guess = self.text("hypothesis", key, "opened", "pool exhausted")
        self.text("hypothesis", key, "ruled_out", "--of", guess, expect=2)
        self.text("hypothesis", key, "confirmed", "the gauge says so", "--of", guess)
        self.text("people", key, "joined", "ben")
        self.text("freeze", key, "off", expect=3)
        self.text("freeze", key, "on", "--reason", "nothing is shipped")
        shown = self.console.json("incident", "show", key)
        self.assertEqual(shown["milestones"]["impact_started"]["source"], "auto")
        self.assertIn("impact_ended", shown["milestones"])
        other = self.text("declare", "--title", "second")
        self.text("merge", other, other, expect=3)
        self.text("merge", other, key)
        self.assertEqual(self.console.json("incident", "show", other)["phase"], "merged")
        self.text("merge", other, key, expect=3)
        self.text("verify")

    def test_entries_are_edited_and_curated(self):
        key = self.text("declare", "--title", "x")
        note = self.text("note", key, "pool at 87 of 100")
        self.text("edit", key, note, expect=2)
        edited = self.text("edit", key, note, "--text", "pool at 97 of 100", "--at", "2026-01-01T10:00:00Z")
        entries = self.entries(key, "--kinds", "note")
        self.assertEqual([(e["id"], e["title"], e["at"], e["versions"]) for e in entries],
                         [(edited, "pool at 97 of 100", "2026-01-01T10:00:00Z", 2)])
        self.text("curate", key, edited, "--star")
        self.assertIn("pool at 97", self.text("timeline", key, "--level", "key"))
        self.text("curate", key, edited, "--delete", expect=2)
        self.text("curate", key, edited, "--delete", "--reason", "wrong incident")
        self.assertEqual(self.entries(key, "--kinds", "note"), [])
        self.text("curate", key, edited, "--restore")
        self.text("redact", key, edited, "--reason", "a customer's name")
        self.assertTrue(self.entries(key, "--kinds", "note")[0]["redacted"])
        for path in self.data.rglob("*"):
            if path.is_file():
                self.assertNotIn(b"of 100", path.read_bytes(), path)
        self.text("verify")

    def test_a_second_process_hands_over(self):
        key = self.text("declare", "--title", "first")
        with subprocess.Popen([WRITER, self.data, "serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              text=True) as holder:
            self.assertEqual(holder.stdout.readline(), "READY\n")
            entry = self.text("note", key, "through the inbox")
            self.assertEqual(holder.stdout.readline(), f"SAVED {entry}\n")
            self.assertRegex(self.text("declare", "--title", "second"), r"^INC-\d{4}-0002$")
            self.assertIn("through the inbox", [e["title"] for e in self.entries(key)])
            self.assertEqual(self.console.json("incident", "list")["incidents"][0]["title"], "second")
            # Nobody answers: exit 5, and the entry waits for whoever looks next.
            holder.send_signal(19)  # SIGSTOP
            done = self.console.run("incident", "note", key, "waits")
            self.assertEqual(done.returncode, 5, done.stderr)
            self.assertEqual(len(list(self.data.glob("inbox/*.json"))), 1)
            holder.kill()
        self.text("note", key, "next")
        self.assertIn("waits", [e["title"] for e in self.entries(key)])
        self.assertEqual(list(self.data.glob("inbox/*.json")), [])
        self.text("verify")


if __name__ == "__main__":
    unittest.main()
