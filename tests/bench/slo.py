#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one objective costs the server, in samples read and bytes sent: hour buckets against the 30-day queries they
replace, on thirty days of history (targets: a refresh 400 times fewer samples than the instant query)."""
import json
import os
import subprocess
import time
import urllib.parse
import urllib.request

from processes import emit, live_stack, program

BAD = 'sum(increase(http_requests_total{service="frontend",code=~"5.."}[%s]))'
TOTAL = 'sum(increase(http_requests_total{service="frontend"}[%s]))'
HOUR, DAY = 3600, 86400


def ask(prometheus, path, **parameters):
    """(samples read by the server, seconds) of one query."""
    url = f"{prometheus}/api/v1/{path}?" + urllib.parse.urlencode({**parameters, "stats": "all"})
    began = time.monotonic()
    with urllib.request.urlopen(url, timeout=120) as answer:
        stats = json.load(answer)["data"]["stats"]["samples"]
    return stats["totalQueryableSamples"], time.monotonic() - began


def union(window):
    """As the engine asks: both parts in one request."""
    def part(expression, name):
        return f'label_replace(({expression % window}), "bw_part", "{name}", "", "")'
    return part(BAD, "bad") + " or " + part(TOTAL, "total")


def main():
    with live_stack("--history", "30d") as stack:
        prometheus = stack["prometheus"]
        now = int(time.time()) // HOUR * HOUR
        ratio = f"1 - ({BAD}) / ({TOTAL})" % ("30d", "30d")
        instant, instant_s = ask(prometheus, "query", query=ratio, time=now)
        chart, chart_s = ask(prometheus, "query_range", query=ratio, start=now - 7 * DAY, end=now, step=HOUR)
        fill = fill_s = 0
        for week in range(5):
            end = now - week * 168 * HOUR
            start = max(now - 719 * HOUR, end - 167 * HOUR)
            read, took = ask(prometheus, "query_range", query=union("1h"), start=start, end=end, step=HOUR)
            fill, fill_s = fill + read, fill_s + took
        refresh, refresh_s = ask(prometheus, "query_range", query=union("1h"), start=now - HOUR, end=now, step=HOUR)
        emit("slo/refresh samples", refresh, "samples", "the 30-day instant query", instant)
        emit("slo/refresh time", round(refresh_s * 1000, 2), "ms", "the 30-day instant query", round(instant_s * 1000, 2))
        emit("slo/refresh samples against a chart", refresh, "samples", "a 7-day chart of the 30-day ratio", chart)
        emit("slo/refresh time against a chart", round(refresh_s * 1000, 2), "ms", "a 7-day chart of the 30-day ratio", round(chart_s * 1000, 2))
        emit("slo/first fill of 30 days", fill, "samples", "the 30-day instant query", instant)
        emit("slo/first fill time", round(fill_s * 1000, 2), "ms", "a 7-day chart of the 30-day ratio", round(chart_s * 1000, 2))
        home = os.path.join(stack["dir"], "home")
        environment = {**os.environ, "XDG_DATA_HOME": home, "XDG_CACHE_HOME": home}
        for name in ("first", "second"):
            began = time.monotonic()
            done = subprocess.run([program(), "--config", stack["config"], "--json", "slo", "list"], env=environment,
                                  capture_output=True, check=False, timeout=180)
            cost = json.loads(done.stdout)["cost"]
            emit(f"slo/list of ten objectives, {name} time", round(time.monotonic() - began, 3), "s", None, None)
            emit(f"slo/list of ten objectives, {name} samples received", cost["samples"], "samples", None, None)


if __name__ == "__main__":
    main()
