#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Displays on an invisible monitor with a window manager: full screen without controls, a rotation that turns, stands
on the On-call dashboard while a page fires, obeys its keys, says when nothing answers, and comes back after a restart."""
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time
import unittest

from console import ROOT, LiveStackTest, binary, counter, skip_without_servers, wait_until

sys.path.insert(0, str(ROOT / "tests/bench"))
import processes  # noqa: E402

DISPLAY_YAML = """version: 1
scale: 1
rotations:
  - id: wall
    dashboards:
      - {id: executive, dwell: 6s}
      - {id: debug, dwell: 6s}
  - id: broken
    dashboards: [{id: nowhere}]
"""


class Display(LiveStackTest):
    @classmethod
    def setUpClass(cls):
        cls.monitor = cls.enterClassContext(processes.display("1600x1000"))
        cls.manager = subprocess.Popen(["openbox"], env={**os.environ, "DISPLAY": cls.monitor},
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        cls.addClassCleanup(lambda: (cls.manager.terminate(), cls.manager.wait(5)))
        super().setUpClass()
        pathlib.Path(cls.record["config"], "display.yaml").write_text(DISPLAY_YAML)
        cls.environment = {**cls.console.environment, "DISPLAY": cls.monitor, "QT_QPA_PLATFORM": "xcb"}
        cls.environment.pop("DBUS_SESSION_BUS_ADDRESS", None)

    def open(self, *arguments):
        window = subprocess.Popen([binary(), "--config", self.record["config"], *arguments], env=self.environment,
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(window.stdout.close)
        self.addCleanup(window.stderr.close)
        self.addCleanup(lambda: window.poll() is None and window.kill())
        return window

    def end(self, window):
        window.send_signal(signal.SIGTERM)
        self.assertEqual(window.wait(10), 0)

    def xdotool(self, *arguments):
        done = subprocess.run(["xdotool", *arguments], env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout.split()

    def windows(self, title):
        """Visible windows whose title matches, with their sizes."""
        sizes = []
        for window in self.xdotool("search", "--onlyvisible", "--name", title):
            size = dict(line.split("=") for line in self.xdotool("getwindowgeometry", "--shell", window))
            sizes.append((window, int(size["WIDTH"]), int(size["HEIGHT"])))
        return sizes

    def key(self, name):
        found = self.windows("Bridgewatch")
        self.xdotool("windowfocus", "--sync", found[0][0], "key", name)

    def asked(self):
        return counter(self.prometheus, "prometheus_http_requests_total", handler="/api/v1/query")

    def test_1_refuses_what_cannot_be_shown(self):
        for arguments, words in ((["--display", "war-room"], "no incidents"), (["--display", "wall"], "rotation:NAME"),
                                 (["--display", "dashboard:nowhere"], "on-call"),
                                 (["--display", "rotation:nowhere"], "wall"),
                                 (["--display", "rotation:broken"], "nowhere"),
                                 (["--display", "dashboard:on-call", "--screen", "tv"], "there are"),
                                 (["--screen", "tv"], "--display"), (["--display", "dashboard:on-call", "--scale", "99"], "")):
            with self.subTest(arguments):
                window = self.open(*arguments)
                self.assertEqual(window.wait(20), 2)
                self.assertIn(words, window.stderr.read())

    def test_2_covers_the_monitor_and_escape_returns(self):
        window = self.open("--display", "dashboard:on-call")
        self.assertTrue(wait_until(lambda: self.windows("Bridgewatch display"), 30), "no display came up")
        self.assertTrue(wait_until(lambda: self.windows("Bridgewatch display")[0][1:] == (1600, 1000), 10),
                        "it does not cover the monitor")
        self.assertEqual(len(self.windows("Bridgewatch")), 1, "the window is there too")
        time.sleep(2)
        self.end(window)
        # Ended from outside, it comes back as it was, without being told what to show.
        window = self.open()
        self.assertTrue(wait_until(lambda: self.windows("Bridgewatch display"), 30), "it did not come back")
        time.sleep(1)
        self.key("Escape")
        self.assertTrue(wait_until(lambda: self.windows("On-call – Bridgewatch"), 10), "Escape does not return")
        self.assertFalse(self.windows("Bridgewatch display"))
        self.end(window)
        window = self.open()
        self.assertTrue(wait_until(lambda: self.windows("– Bridgewatch"), 30))
        self.assertFalse(self.windows("Bridgewatch display"), "a display that was left stays away")
        self.end(window)

    def shown(self):
        """The dashboard that is on, from the title the window manager knows."""
        titles = [" ".join(self.xdotool("getwindowname", window[0])) for window in self.windows("Bridgewatch display")]
        return titles[0].split(":")[-1].split("–")[0].strip() if titles else None

    def test_3_rotates_stops_for_a_page_and_obeys_keys(self):
        window = self.open("--display", "rotation:wall")
        self.assertTrue(wait_until(lambda: self.shown() == "executive", 30), self.shown())
        before = self.asked()
        self.assertTrue(wait_until(lambda: self.shown() == "debug", 20), "it does not turn")
        self.assertGreater(self.asked(), before, "the next dashboard was not asked for before it was shown")
        self.key("space")
        time.sleep(9)
        self.assertEqual(self.shown(), "debug", "space does not stop it")
        self.key("Left")
        self.assertTrue(wait_until(lambda: self.shown() == "executive", 5), "the arrow does not step")
        self.incident("checkout-errors", "on")
        try:
            self.assertTrue(wait_until(lambda: self.shown() == "on-call", 90), "a page does not stop it")
        finally:
            self.incident("checkout-errors", "off")
        self.end(window)

    def test_4_says_when_nothing_answers(self):
        window = self.open("--display", "dashboard:on-call")
        self.assertTrue(wait_until(lambda: self.windows("Bridgewatch display"), 30))
        time.sleep(3)
        self.control("kill", "prometheus", "alertmanager-1", "alertmanager-2")
        try:
            self.assertTrue(wait_until(lambda: "no data" in " ".join(
                self.xdotool("getwindowname", self.windows("Bridgewatch display")[0][0])), 60), "no banner")
        finally:
            self.control("start", "prometheus", "alertmanager-1", "alertmanager-2")
        self.end(window)


if __name__ == "__main__":
    skip_without_servers()
    for program in ("Xvfb", "openbox", "xdotool"):
        if not shutil.which(program):
            print(f"skipped: {program} is not installed")
            sys.exit(1 if os.environ.get("CI") == "true" else 77)
    unittest.main(verbosity=2)
