#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window itself, without a display: it paints, asks, keeps what it heard, follows its files, and ends at once
while every server hangs."""
import os
import pathlib
import signal
import sqlite3
import subprocess
import time
import unittest

from console import LiveStackTest, binary, counter, skip_without_servers, wait_until


class Window(LiveStackTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.home = os.path.join(cls.dir, "home")
        cls.environment = {**cls.console.environment, "QT_QPA_PLATFORM": "offscreen"}
        cls.cache = pathlib.Path(cls.home, "bridgewatch/last-good.sqlite")

    def open(self, *arguments):
        window = subprocess.Popen([binary(), "--config", self.record["config"], *arguments], env=self.environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(window.stdout.close)
        self.addCleanup(window.stderr.close)
        self.addCleanup(lambda: window.poll() is None and window.kill())
        return window

    def asked(self):
        """Requests for metrics that Prometheus has answered."""
        return counter(self.prometheus, "prometheus_http_requests_total", handler="/api/v1/query")

    def end(self, window, within):
        began = time.monotonic()
        window.send_signal(signal.SIGTERM)
        self.assertEqual(window.wait(within), 0)
        return time.monotonic() - began

    def test_1_paints(self):
        window = self.open("--bench-first-paint")
        self.assertEqual(window.wait(20), 0)
        self.assertGreater(float(window.stdout.read().split()[0]), 0)

    def test_2_asks_and_keeps(self):
        before = self.asked()
        window = self.open("--dashboard", "on-call")
        self.assertTrue(wait_until(lambda: self.asked() - before > 15, 20), "nothing was asked")
        time.sleep(3)
        self.end(window, 5)
        with sqlite3.connect(f"file:{self.cache}?mode=ro", uri=True) as kept:
            self.assertGreater(kept.execute("SELECT count(*) FROM answers").fetchone()[0], 5)
        self.assertTrue(pathlib.Path(self.home, "bridgewatch/window.ini").exists())

    def test_3_follows_its_files(self):
        path = pathlib.Path(self.record["config"], "bridgewatch.yaml")
        good = path.read_text()
        self.addCleanup(path.write_text, good)
        path.write_text("version: 1\n")
        before = self.asked()
        window = self.open("--dashboard", "on-call")
        time.sleep(3)
        self.assertEqual(self.asked(), before, "asked although nothing is configured")
        path.write_text(good)
        self.assertTrue(wait_until(lambda: self.asked() - before > 20, 20), "the new file was not noticed")
        self.end(window, 5)

    def test_4_ends_while_every_server_hangs(self):
        window = self.open("--dashboard", "on-call")
        time.sleep(2)
        servers = ("prometheus", "alertmanager-1", "alertmanager-2")
        self.control("pause", *servers)
        try:
            time.sleep(4)  # several questions hang by now
            self.assertLess(self.end(window, 10), 2.0)
        finally:
            self.control("resume", *servers)

    def test_5_refuses_a_strange_interval(self):
        self.assertEqual(self.open("--refresh", "soon").wait(20), 2)


if __name__ == "__main__":
    skip_without_servers()
    unittest.main(verbosity=2)
