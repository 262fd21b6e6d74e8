#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records real answers of a stack (tests/stack) as test data.

    record_answers.py D        # D: directory given to stack.py up --members 2

Writes tests/data/prometheus and tests/data/alertmanager: one file an answer,
and index.json with status and content type. Silences are made and expired on
the stack. Paths of this machine are replaced.
"""
import json
import pathlib
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

DATA = pathlib.Path(__file__).resolve().parent.parent / "data"


def ask(base, path, query=None, post=None):
    url = base + path
    if query:
        url += "?" + urllib.parse.urlencode(query)
    body = json.dumps(post).encode() if post is not None else None
    request = urllib.request.Request(url, data=body, headers={"Content-Type": "application/json"} if body else {})
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers.get("Content-Type", ""), answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Content-Type", ""), error.read()


class Recorder:
    def __init__(self, folder, base, replacements):
        self.folder, self.base, self.replacements = DATA / folder, base, replacements
        self.folder.mkdir(parents=True, exist_ok=True)
        self.index = {}

    def record(self, name, path, query=None):
        status, kind, body = ask(self.base, path, query)
        for old, new in self.replacements:
            body = body.replace(old.encode(), new.encode())
        (self.folder / f"{name}.json").write_bytes(body)
        self.index[f"{name}.json"] = {"path": path, "status": status, "type": kind}

    def close(self):
        (self.folder / "index.json").write_text(json.dumps(self.index, indent=1, sort_keys=True) + "\n")


def prometheus(base, replacements):
    out = Recorder("prometheus", base, replacements)
    end = int(time.time())
    start = end - 30
    span = {"start": start, "end": end}
    api = "/api/v1/"

    def instant(name, query, **more):
        out.record(name, api + "query", {"query": query, **more})

    def over(name, query, step="5", **more):
        out.record(name, api + "query_range", {"query": query, "step": step, **span, **more})

    instant("vector", "up")
    instant("vector_odd", "odd_values")
    instant("vector_empty", "nothing_is_called_so")
    instant("vector_histogram", 'rpc_server_duration_seconds{service="cart"}')
    instant("scalar", "scalar(vector(0.25))")
    instant("string", '"text"')
    instant("matrix_selector", 'up{job="node"}[10s]')
    instant("warnings_small", "1e22")
    instant("error_parse", "sum(")
    instant("error_many_to_many", "up * on() up")
    instant("error_timeout", "count(count_over_time({__name__=~\".+\"}[1m]))", timeout="1ms")
    over("range", "sum by (job) (rate(http_requests_total[10s]))")
    over("range_gauge", 'go_goroutines{job="prometheus"}', step="1")
    over("range_fractional", "sum(up)", step="0.5")
    over("range_histogram", 'rpc_server_duration_seconds{service="cart"}')
    over("range_empty", "nothing_is_called_so")
    over("range_scalar", "1")
    instant("stats_instant", "count(up)", stats="all")
    over("stats_range", "sum(up)", stats="all")
    over("error_points", "up", step="0.001")
    out.record("labels", api + "labels")
    out.record("label_values", api + "label/job/values")
    out.record("label_values_bad_name", api + "label/a.b/values")
    out.record("series", api + "series", {"match[]": 'up{job="node"}'})
    out.record("series_none", api + "series")
    out.record("metadata", api + "metadata", {"limit": 5})
    out.record("exemplars", api + "query_exemplars",
               {"query": 'rate(http_request_duration_seconds_bucket{service="checkout",le="0.5"}[10s])', **span})
    out.record("rules", api + "rules")
    out.record("alerts", api + "alerts")
    out.record("buildinfo", api + "status/buildinfo")
    out.record("not_found", api + "nothing")
    out.close()


def alertmanager(base, replacements):
    out = Recorder("alertmanager", base, replacements)
    now = time.time()

    def stamp(seconds):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(now + seconds))

    def silence(matchers, comment):
        post = {"matchers": matchers, "startsAt": stamp(0), "endsAt": stamp(3600), "createdBy": "on-call",
                "comment": comment}
        return json.loads(ask(base, "/api/v2/silences", post=post)[2])["silenceID"]

    silence([{"name": "alertname", "value": "TargetDown", "isRegex": False, "isEqual": True}], "known: <b>ads</b> & co")
    silence([{"name": "service", "value": "check.*|pay", "isRegex": True, "isEqual": True},
             {"name": "severity", "value": "critical", "isRegex": False, "isEqual": False}], "rehearsal")
    time.sleep(2)
    out.record("alerts", "/api/v2/alerts")
    out.record("alerts_none", "/api/v2/alerts", {"filter": 'alertname="NoSuch"'})
    out.record("groups", "/api/v2/alerts/groups")
    out.record("silences", "/api/v2/silences")
    out.record("status", "/api/v2/status")
    out.record("error_filter", "/api/v2/alerts", {"filter": "{"})
    out.record("not_found", "/api/v2/nothing")
    out.close()


def main():
    directory = pathlib.Path(sys.argv[1]).resolve()
    stack = json.loads((directory / "stack.json").read_text())
    replacements = [(str(directory), "/etc/prometheus"), (str(DATA.parent.parent), "/usr/share/bridgewatch")]
    prometheus(stack["prometheus"], replacements)
    alertmanager(stack["alertmanagers"][0], replacements)


if __name__ == "__main__":
    main()
