#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`bridgewatch check`: what it says of live sources, of dead ones, and of a configuration with mistakes."""
import os
import pathlib
import tempfile
import unittest

from console import Console, LiveStackTest, skip_without_servers


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

    def test_4_dead_source(self):
        self.assertEqual(self.stack("kill", "prometheus").returncode, 0)
        try:
            document = self.console.json("check", expect=(4,))
            prom = next(source for source in document["sources"] if source["id"] == "prom")
            self.assertFalse(prom["reachable"])
            self.assertTrue(prom["reason"])
            self.assertTrue(all(s["reachable"] for s in document["sources"] if s["kind"] == "alertmanager"))
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
