#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`bridgewatch dashboard`: list, lint, and pictures of the live stack before and during an incident."""
import json
import os
import pathlib
import struct
import tempfile
import time
import unittest
import zlib

from console import LiveStackTest, get, skip_without_servers, wait_until


def pixels(path):
    """Width, height and the unfiltered bytes of an 8-bit PNG without interlacing."""
    data = pathlib.Path(path).read_bytes()
    assert data[:8] == b"\x89PNG\r\n\x1a\n", "not a PNG"
    at, packed, header = 8, b"", None
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at:at + 8])
        body = data[at + 8:at + 8 + length]
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", body)
        elif kind == b"IDAT":
            packed += body
        at += 12 + length
    width, height, depth, colour, _, _, interlace = header
    assert depth == 8 and interlace == 0 and colour in (2, 6)
    size = 3 if colour == 2 else 4
    raw, stride, rows, before = zlib.decompress(packed), width * size, [], bytes(width * size)
    for y in range(height):
        start = y * (stride + 1)
        before = _unfiltered(raw[start], bytearray(raw[start + 1:start + 1 + stride]), before, size)
        rows.append(before)
    return width, height, size, rows


def _unfiltered(kind, line, above, size):
    if kind == 0:
        return bytes(line)
    if kind == 2:
        return bytes((a + b) & 255 for a, b in zip(line, above))
    for i, value in enumerate(line):
        left = line[i - size] if i >= size else 0
        up, corner = above[i], above[i - size] if i >= size else 0
        if kind == 1:
            guess = left
        elif kind == 3:
            guess = (left + up) // 2
        else:
            estimate = left + up - corner
            guess = min((abs(estimate - left), 0, left), (abs(estimate - up), 1, up), (abs(estimate - corner), 2, corner))[2]
        line[i] = (value + guess) & 255
    return bytes(line)


def share_of_difference(one, other):
    """Share of pixels that differ between two pictures of equal size."""
    (width, height, size, a), (_, _, _, b) = one, other
    changed = sum(1 for row_a, row_b in zip(a, b) if row_a != row_b
                  for x in range(0, width * size, size) if row_a[x:x + size] != row_b[x:x + size])
    return changed / (width * height)


class Render(LiveStackTest):
    def render(self, name, file, *arguments, expect=(0,)):
        path = os.path.join(self.dir, file)
        done = self.console.run("dashboard", "render", name, "--size", "800x900", "-o", path, *arguments)
        self.assertIn(done.returncode, expect, done.stderr.decode())
        return path

    def test_1_list(self):
        document = self.console.json("dashboard", "list")
        self.assertTrue({"executive", "on-call", "debug"} <= {entry["id"] for entry in document["dashboards"]})

    def test_2_lint(self):
        with tempfile.TemporaryDirectory() as folder:
            bad = pathlib.Path(folder, "bad.yaml")
            bad.write_text("version: 1\nkind: dashboard\nid: x\ntitle: X\npanels:\n  - {id: a, kind: no-such-kind, grid: {col: 0, row: 0, width: 99, height: 1}}\n")
            done = self.console.run("dashboard", "lint", str(bad))
            self.assertEqual(done.returncode, 1)
            self.assertRegex(done.stdout.decode() + done.stderr.decode(), r"bad\.yaml:6:\d+: ")
            self.assertEqual(self.console.run("dashboard", "lint", os.path.join(folder, "absent.yaml")).returncode, 2)
            good = pathlib.Path(folder, "good.yaml")
            good.write_text("version: 1\nkind: dashboard\nid: x\ntitle: X\npanels:\n"
                            "  - {id: a, kind: timeseries, title: A, grid: {col: 0, row: 0, width: 12, height: 8}, queries: [{id: a, expr: up}]}\n")
            done = self.console.run("dashboard", "lint", str(good))
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_3_incident_is_in_the_picture(self):
        time.sleep(8)
        at = str(int(time.time()))
        quiet = pixels(self.render("on-call", "quiet.png", "--at", at))
        again = pixels(self.render("on-call", "again.png", "--at", at))
        before = json.loads(pathlib.Path(self.render("on-call", "quiet.json", "--at", at)).read_text())
        self.assertEqual(quiet[:2], (800, 900))
        self.incident("checkout-errors", "on")
        firing = f"{self.record['alertmanagers'][0]}/api/v2/alerts"
        self.assertTrue(wait_until(lambda: any(a["labels"]["alertname"] == "HighErrorRate" for a in get(firing)), 40))
        time.sleep(4)
        during = pixels(self.render("on-call", "during.png", "--at", at, expect=(0, 1)))
        after = json.loads(pathlib.Path(self.render("on-call", "during.json", expect=(0, 1))).read_text())
        # The same moment twice differs by ages and clocks at most. The metrics of that moment did not change
        # either, so what the third picture has more is the alerts.
        noise, signal = share_of_difference(quiet, again), share_of_difference(quiet, during)
        self.assertLess(noise, 0.03)
        self.assertGreater(signal, max(0.005, 2 * noise))
        text = json.dumps(after)
        self.assertIn("HighErrorRate", text)
        self.assertNotIn("HighErrorRate", json.dumps(before))

    def test_4_all_dashboards_and_themes(self):
        sizes = {}
        for name in ("executive", "on-call", "debug"):
            for theme in ("light", "dark"):
                sizes[name, theme] = pixels(self.render(name, f"{name}-{theme}.png", "--theme", theme))
        for name in ("executive", "on-call", "debug"):
            self.assertGreater(share_of_difference(sizes[name, "light"], sizes[name, "dark"]), 0.5)

    def test_5_standard_output_and_alias(self):
        done = self.console.run("dashboard", "render", "debug", "--size", "600x400", "--out", "-")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(done.stdout.startswith(b"\x89PNG"))
        for arguments in (("no-such",), ("debug", "--size", "huge"), ("debug", "--var", "novalue"), ("debug", "-o", "picture.gif")):
            with self.subTest(arguments):
                self.assertEqual(self.console.run("dashboard", "render", *arguments).returncode, 2)

    def test_6_failed_source_is_drawn_and_told(self):
        self.assertEqual(self.stack("kill", "prometheus").returncode, 0)
        path = self.render("on-call", "dead.png", expect=(4,))
        self.assertEqual(pixels(path)[:2], (800, 900))
        document = json.loads(pathlib.Path(self.render("on-call", "dead.json", expect=(4,))).read_text())
        states = {part["freshness"]["state"] for panel in document["panels"] for part in panel["parts"]}
        self.assertIn("error", states)


if __name__ == "__main__":
    skip_without_servers()
    unittest.main(verbosity=2)
