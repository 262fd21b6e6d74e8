#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten minutes of the on-call dashboard on the live stack at a 5 s refresh: resident memory and its slope after
warm-up, descriptors and threads, and requests per refresh as Prometheus counts them."""
import argparse
import json
import os
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request

from processes import display, emit, end, live_stack, memory, program


def requests_served(stack):
    """Query API requests Prometheus has answered so far, from its own metric."""
    ask = urllib.parse.urlencode({"query": 'sum(prometheus_http_requests_total{handler=~"/api/v1/query.*"})'})
    with urllib.request.urlopen(f"{stack['prometheus']}/api/v1/query?{ask}", timeout=5) as answer:
        result = json.load(answer)["data"]["result"]
    return float(result[0]["value"][1]) if result else 0.0


def slope(samples):
    """Least squares of MiB over hours."""
    n = len(samples)
    mean_t, mean_v = sum(t for t, _ in samples) / n, sum(v for _, v in samples) / n
    below = sum((t - mean_t) ** 2 for t, _ in samples)
    return sum((t - mean_t) * (v - mean_v) for t, v in samples) / below * 3600 if below else 0.0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--refresh", type=int, default=5)
    options = parser.parse_args()
    with live_stack("--members", "2") as stack, display() as screen, tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "DISPLAY": screen, "QT_QPA_PLATFORM": "xcb", "XDG_DATA_HOME": home, "XDG_CACHE_HOME": home}
        window = subprocess.Popen([program(), "--config", os.path.join(stack["dir"], "config"), "--dashboard", "on-call",
                                   "--refresh", f"{options.refresh}s"], env=environment)
        try:
            warm_up = min(120, options.minutes * 60 / 3)
            time.sleep(warm_up)
            before, began = requests_served(stack), time.monotonic()
            samples = []
            while time.monotonic() - began < options.minutes * 60 - warm_up and window.poll() is None:
                samples.append((time.monotonic() - began, memory(window.pid, "Rss")))
                time.sleep(5)
            took, asked = time.monotonic() - began, requests_served(stack) - before
            emit("resident_memory", samples[-1][1], "MiB", minutes=options.minutes)
            emit("resident_memory_slope", slope(samples), "MiB/h", first=round(samples[0][1], 2), last=round(samples[-1][1], 2))
            emit("descriptors", len(os.listdir(f"/proc/{window.pid}/fd")), "count")
            emit("threads", len(os.listdir(f"/proc/{window.pid}/task")), "count")
            emit("queries_per_refresh", asked / (took / options.refresh), "requests", target=12)
        finally:
            end(window)


if __name__ == "__main__":
    main()
