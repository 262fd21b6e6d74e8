#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start to first paint, and memory: the on-call dashboard with its last good data under Xvfb, against a fresh
Chromium that paints an empty page on the same X server (targets: ≤ 120 ms, ≥ 5 times; PSS ≤ 80 MB, ≥ 5 times)."""
import argparse
import http.server
import os
import shutil
import subprocess
import tempfile
import threading
import time

from processes import display, emit, end, live_stack, median, memory, program, wait_until

PAGE = b"<!doctype html><title>t</title><body>x<script>requestAnimationFrame(()=>setTimeout(()=>fetch('/painted'),0))</script>"


class Page(http.server.BaseHTTPRequestHandler):
    painted = None

    def do_GET(self):
        if self.path == "/painted":
            Page.painted = time.clock_gettime(time.CLOCK_BOOTTIME)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE if self.path == "/" else b"")

    def log_message(self, *_):
        pass


def ours(environment, config, runs):
    """Milliseconds from exec to the first finished paint, each run measured inside the program from its own start."""
    times = []
    for _ in range(runs):
        done = subprocess.run([program(), "--config", config, "--dashboard", "on-call", "--bench-first-paint"],
                              env=environment, capture_output=True, text=True, timeout=60, check=True)
        times.append(float(done.stdout.split()[0]))
    return times


def chromium(environment, runs):
    """The same for Chromium with a new profile each time; also its memory once it has painted."""
    if not shutil.which("chromium"):
        return None, None
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    times, pss = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="bw-chromium-") as profile:
            Page.painted = None
            began = time.clock_gettime(time.CLOCK_BOOTTIME)
            browser = subprocess.Popen(
                ["chromium", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync", "--disable-quic", f"--user-data-dir={profile}",
                 f"http://127.0.0.1:{server.server_port}/"],
                env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if wait_until(lambda: Page.painted, 30, 0.002):
                times.append((Page.painted - began) * 1000)
                time.sleep(1)
                pss.append(memory(browser.pid))
            end(browser)
    server.shutdown()
    return median(times), median(pss)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    with live_stack("--members", "2") as stack, display() as screen, tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "DISPLAY": screen, "QT_QPA_PLATFORM": "xcb", "XDG_DATA_HOME": home, "XDG_CACHE_HOME": home}
        config = os.path.join(stack["dir"], "config")
        window = subprocess.Popen([program(), "--config", config, "--dashboard", "on-call"], env=environment)
        time.sleep(25)  # fills the last-good cache and settles the memory
        pss = memory(window.pid)
        end(window)
        times = ours(environment, config, runs)
        peer_time, peer_pss = chromium(environment, max(3, runs // 3))
        emit("start_to_first_paint", median(times), "ms", "chromium, fresh profile, empty page", peer_time,
             worst=round(max(times), 1), target=120)
        emit("window_pss", pss, "MiB", "chromium, all processes", peer_pss, target=80)


if __name__ == "__main__":
    main()
