#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`bridgewatch incident export|regenerate|import|merge-bundles|metrics|handover` on a record of its own. Needs no server."""
import csv
import io
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from console import Console, binary

FORMATS = ["md", "html", "json", "jsonl", "csv", "actions", "svg", "bundle"]
PAINTED = ["pdf", "png"]


class Postmortem(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = pathlib.Path(tempfile.mkdtemp(prefix="bw-postmortem-"))
        (cls.dir / "config").mkdir()
        cls.console = Console(str(cls.dir / "config"), str(cls.dir))
        cls.key = cls.ok("declare", "--title", "Checkout <b>fails</b>", "--severity", "SEV2", "--service", "checkout").strip()
        cls.ok("note", cls.key, "Pool is full, password=hunter22, see 10.1.2.3")
        cls.ok("note", cls.key, "=HYPERLINK(\"http://evil\")")
        cls.ok("task", cls.key, "Alert on saturation", "--follow-up", "--owner", "anna", "--type", "detect")
        cls.ok("milestone", cls.key, "mitigated", "now")

    @classmethod
    def run_incident(cls, *arguments, **environment):
        return subprocess.run([binary(), "--config", cls.console.config, "incident", *arguments],
                              env={**cls.console.environment, **environment}, capture_output=True, timeout=60, check=False)

    @classmethod
    def ok(cls, *arguments, **environment):
        done = cls.run_incident(*arguments, **environment)
        assert done.returncode == 0, (arguments, done.returncode, done.stderr.decode())
        return done.stdout.decode(errors="replace")

    def test_the_same_bytes_in_another_process_with_another_seed(self):
        for name in FORMATS + PAINTED:
            seen = set()
            for seed in ("0", "7", "12345"):
                target = self.dir / f"{name}-{seed}.out"
                self.ok("export", self.key, "--format", name, "-o", str(target), QT_HASH_SEED=seed)
                seen.add(target.read_bytes())
                if name != "bundle":  # that one is the record as it was written
                    self.assertNotIn(b"hunter22", target.read_bytes(), name)
            self.assertEqual(len(seen), 1, name)

    def test_by_the_name_of_the_file_and_into_a_folder(self):
        folder = self.dir / "out"
        folder.mkdir()
        self.ok("export", self.key, "--format", "html", "-o", str(folder))
        text = (folder / f"{self.key}.html").read_text(encoding="utf-8")
        self.assertIn("default-src 'none'", text)
        self.assertIn("Checkout &lt;b&gt;fails", text)
        self.ok("export", self.key, "-o", str(folder / "x.csv"))
        rows = list(csv.reader(io.StringIO((folder / "x.csv").read_bytes().decode(), newline="")))
        self.assertTrue(any(cell.startswith("'=HYPERLINK") for row in rows for cell in row))
        self.assertEqual(self.run_incident("export", self.key, "-o", str(folder / "x.unknown")).returncode, 2)
        self.assertEqual(self.run_incident("export", self.key, "--format", "md", "--zone", "Nowhere/Else").returncode, 2)

    def test_a_failed_export_keeps_the_old_file(self):
        target = self.dir / "kept.md"
        target.write_text("old")
        self.assertNotEqual(self.run_incident("export", self.key, "--template", "no-such", "-o", str(target)).returncode, 0)
        self.assertEqual(target.read_text(), "old")
        self.assertNotEqual(self.run_incident("export", self.key, "--format", "md", "-o", "/dev/full").returncode, 0)
        self.assertTrue(pathlib.Path("/dev/full").is_char_device())

    def test_templates_of_the_user(self):
        folder = self.dir / "config/postmortem"
        folder.mkdir(exist_ok=True)
        (folder / "mine.md.mustache").write_text("{{key}} in {{severity}}\n{{> actions}}\n")
        self.assertIn(f"{self.key} in SEV2", self.ok("export", self.key, "--format", "md", "--template", "mine"))
        (folder / "broken.md.mustache").write_text("a\n{{titel}}\n")
        done = self.run_incident("export", self.key, "--format", "md", "--template", "broken")
        self.assertEqual(done.returncode, 2)
        self.assertIn("broken.md.mustache:2:", done.stderr.decode())

    def test_regenerate(self):
        target = self.dir / "review.md"
        self.ok("export", self.key, "-o", str(target))
        before = target.read_text(encoding="utf-8")
        target.write_text("My words.\n" + before, encoding="utf-8")
        self.ok("note", self.key, "One more thing")
        self.ok("regenerate", str(target))
        text = target.read_text(encoding="utf-8")
        self.assertTrue(text.startswith("My words.\n"))
        self.assertIn("One more thing", text)
        edited = text.replace("Alert on saturation", "Alert on saturation of the pool")
        target.write_text(edited, encoding="utf-8")
        self.ok("note", self.key, "And another")
        done = self.run_incident("regenerate", str(target))
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"-", done.stdout)
        self.assertEqual(target.read_text(encoding="utf-8"), edited)
        self.ok("regenerate", str(target), "--keep-edited")
        text = target.read_text(encoding="utf-8")
        self.assertIn("saturation of the pool", text)
        self.assertIn("And another", text)

    def test_profiles(self):
        partner = self.ok("export", self.key, "--format", "md", "--profile", "partner")
        self.assertNotIn("10.1.2.3", partner)
        self.assertIn("ip-1", partner)
        self.assertEqual(self.run_incident("export", self.key, "--format", "bundle", "--profile", "public", "-o", str(self.dir / "no.bwi")).returncode, 3)
        self.assertFalse((self.dir / "no.bwi").exists())

    def test_bundles(self):
        first, second, merged = (self.dir / f"{name}.bwi" for name in ("first", "second", "merged"))
        self.ok("export", self.key, "-o", str(first))
        listed = subprocess.run(["tar", "--zstd", "-tf", str(first)], capture_output=True, check=True).stdout.decode().split()
        self.assertEqual(listed, ["incident.json", "journal.jsonl", "manifest.json"])
        self.ok("note", self.key, "Later")
        self.ok("export", self.key, "-o", str(second))
        self.ok("merge-bundles", str(first), str(second), "-o", str(merged))
        self.assertEqual(merged.read_bytes(), second.read_bytes())
        # A bundle alone is enough for a document.
        self.assertIn("Later", self.ok("export", str(merged), "--format", "md"))
        damaged = self.dir / "damaged.bwi"
        damaged.write_bytes(first.read_bytes()[:-10])
        self.assertEqual(self.run_incident("merge-bundles", str(damaged), "-o", str(self.dir / "x.bwi")).returncode, 2)

    def test_a_bundle_reaches_another_console(self):
        bundle = self.dir / "travels.bwi"
        self.ok("export", self.key, "-o", str(bundle))
        other = {"XDG_DATA_HOME": tempfile.mkdtemp(prefix="bw-other-")}
        shown = self.ok("import", str(bundle), "--dry-run", **other)
        self.assertIn("Pool is full", shown)
        self.ok("import", str(bundle), **other)
        self.assertIn(b"0 entries added", self.run_incident("import", str(bundle), **other).stderr)
        self.ok("note", self.key, "Seen from elsewhere", **other)
        back = self.dir / "back.bwi"
        self.ok("export", self.key, "-o", str(back), **other)
        self.ok("import", str(back))
        self.assertIn("Seen from elsewhere", self.ok("export", self.key, "--format", "md"))
        self.ok("verify", self.key)
        again = self.dir / "again.bwi"
        self.ok("export", self.key, "-o", str(again))
        self.assertEqual(again.read_bytes(), back.read_bytes())

    def test_import(self):
        chat = self.dir / "chat.txt"
        chat.write_text("[10:42] anna: restarted it\n[10:50] bob: works\nnonsense before? no, it goes on\n")
        shown = self.run_incident("import", str(chat), "--dry-run", "--date", "2026-11-20")
        self.assertEqual(shown.returncode, 0, shown.stderr)
        self.assertIn(b"2026-11-20T10:42:00Z  anna  restarted it", shown.stdout)
        self.ok("import", str(chat), "--into", self.key, "--date", "2026-11-20")
        self.ok("import", str(chat), "--into", self.key, "--date", "2026-11-20")
        lines = [json.loads(line) for line in self.ok("export", self.key, "--format", "jsonl", "--level", "log").splitlines()]
        self.assertEqual([one["actor"]["name"] for one in lines if one["kind"] == "chat.imported"], ["anna", "bob"])
        broken = self.dir / "broken.csv"
        broken.write_text("time,text\nnever,x\n")
        done = self.run_incident("import", str(broken), "--dry-run")
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"line 2 cannot be read", done.stderr)

    def test_metrics_and_handover(self):
        metrics = json.loads(self.ok("metrics", "--json", "--group-by", "severity"))
        self.assertEqual(metrics["groups"][0]["group"], "SEV2")
        self.assertIn("formula", metrics["groups"][0]["metrics"][0])
        self.assertIn(self.key, self.ok("handover", "--zone", "Europe/Berlin"))


if __name__ == "__main__":
    os.environ.setdefault("TZ", "UTC")
    unittest.main(verbosity=2)
