#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`bridgewatch dashboard import`: files, standard input, reports, exit codes. Needs no server."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

from console import ROOT, binary

DATA = ROOT / "tests/data/grafana"


class Import(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="bw-import-")
        self.config = os.path.join(self.dir, "config")
        os.mkdir(self.config)

    def run_import(self, *arguments, stdin=None):
        environment = {**os.environ, "XDG_CONFIG_HOME": self.dir, "XDG_DATA_HOME": self.dir, "XDG_CACHE_HOME": self.dir}
        return subprocess.run([binary(), "--config", self.config, "dashboard", *arguments], input=stdin, env=environment,
                              capture_output=True, text=True, timeout=60, check=False)

    def test_full_or_partial_is_zero(self):
        out = os.path.join(self.dir, "out.yaml")
        done = self.run_import("import", str(DATA / "v2.json"), "-o", out)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("# Import of New shape", done.stdout)
        linted = self.run_import("lint", out)
        self.assertNotIn("unknown key", linted.stdout)
        self.assertEqual(linted.returncode, 0, linted.stdout + linted.stderr)

    def test_a_placeholder_is_one(self):
        report = os.path.join(self.dir, "report.md")
        done = self.run_import("import", str(DATA / "classic.json"), "-o", "-", "--report", report)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertTrue(done.stdout.startswith("version: 1\nkind: dashboard\nid: checkout-service\n"), done.stdout[:200])
        self.assertIn("World", pathlib.Path(report).read_text(encoding="utf-8"))

    def test_standard_input_and_json(self):
        out = os.path.join(self.dir, "out.yaml")
        text = (DATA / "rows.json").read_text(encoding="utf-8")
        done = self.run_import("import", "-", "-o", out, "--json", "--id", "mine", stdin=text)
        self.assertEqual(done.returncode, 0, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["schema"], "bridgewatch/dashboard-import/1")
        self.assertEqual((answer["id"], answer["from"]), ("mine", "classic 14"))
        self.assertEqual(answer["panels"]["total"], len(answer["list"]))
        values = answer["values"]
        self.assertEqual(values["total"], values["used"] + values["known"] + values["reported"])

    def test_unreadable_is_two(self):
        for text in ["", "<html>", "[]", '{"a": 1}', "[" * 100_000]:
            done = self.run_import("import", "-", stdin=text)
            self.assertEqual(done.returncode, 2, text[:20])
            self.assertIn("standard input:", done.stderr)
        self.assertEqual(self.run_import("import", os.path.join(self.dir, "none.json")).returncode, 2)
        self.assertEqual(self.run_import("import", self.dir).returncode, 2)

    def test_source(self):
        done = self.run_import("import", str(DATA / "sources.json"), "-o", "-", "--report", os.path.join(self.dir, "r.md"), "--source", "prom-eu=eu")
        self.assertIn("datasource: eu", done.stdout)


def samples(folder):
    """The table over a folder of dashboards: panels as they were, with differences, as placeholders."""
    total = {"panels": 0, "full": 0, "partial": 0, "placeholder": 0, "files": 0, "unreadable": 0}
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "XDG_CACHE_HOME": home}
        for path in sorted(pathlib.Path(folder).rglob("*.json")):
            done = subprocess.run([binary(), "--config", home, "dashboard", "import", str(path), "--json", "-o", os.path.join(home, "x.yaml")],
                                  env=environment, capture_output=True, text=True, timeout=60, check=False)
            total["files"] += 1
            if done.returncode not in (0, 1):
                total["unreadable"] += 1
                print(f"{path.name}: {done.stderr.strip()}")
                continue
            panels = json.loads(done.stdout)["panels"]
            total["panels"] += panels["total"]
            for key in ("full", "partial", "placeholder"):
                total[key] += panels[key]
    print(f"{total['files']} dashboards, {total['panels']} panels")
    for key in ("full", "partial", "placeholder"):
        print(f"  {key:12} {total[key]:6} {100 * total[key] / max(1, total['panels']):6.1f} %")
    return 1 if total["unreadable"] else 0


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "--samples":
        sys.exit(samples(sys.argv[2]))
    unittest.main()
