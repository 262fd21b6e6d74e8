# SPDX-License-Identifier: GPL-3.0-or-later
"""The answers of a very small Prometheus and Alertmanager: pure functions of the request.

Two series of `up`, one firing alert `HighLatency`, one silence. Whatever the expression, an instant query
gives the two series and a range query the same two as lines. Built for clients, not for PromQL.
"""

import json
import time
from datetime import datetime, timedelta, timezone

JSON = "application/json"
VERSION = "2.42.0"
CLUSTER = "alpha"


class Backend:
    """One server: `cluster` names it, so that a client can notice another one in its place."""

    def __init__(self, cluster=CLUSTER, version=VERSION, alerts=1, uptime=86_400.0):
        self.cluster, self.version, self.alerts = cluster, version, alerts
        self.started = time.time() - uptime
        self.silences = [silence("11111111-1111-4111-8111-111111111111")]

    def answer(self, method, path, params, body=b""):
        """(status, content type, body) for a path such as /api/v1/query; params map names to lists."""
        for prefix, handler in (("/api/v1/", self.prometheus), ("/api/v2/", self.alertmanager)):
            if path.startswith(prefix):
                return handler(method, path[len(prefix) :], params, body)
        if path in ("/-/healthy", "/-/ready"):
            return 200, "text/plain", b"Server is ready.\n"
        return 404, "text/plain; charset=utf-8", b"404 page not found\n"

    def prometheus(self, _method, what, params, _body):
        if what == "query" or what == "query_range":
            if not params.get("query", [""])[0]:
                return failure(
                    400,
                    "bad_data",
                    'invalid parameter "query": unknown position: parse error: no expression found in input',
                )
            return self.range(params) if what == "query_range" else self.instant(params)
        table = {
            "status/buildinfo": {
                "version": self.version,
                "revision": self.cluster,
                "branch": "HEAD",
                "buildUser": "test",
                "buildDate": "20260101-00:00:00",
                "goVersion": "go1.19",
            },
            "status/runtimeinfo": {
                "startTime": rfc3339(self.started),
                "CWD": "/",
                "reloadConfigSuccess": True,
                "storageRetention": "15d",
                "goroutineCount": 40,
            },
            "status/flags": {"query.lookback-delta": "5m", "query.timeout": "2m", "query.max-samples": "50000000"},
            "status/config": {
                "yaml": f"global:\n  evaluation_interval: 15s\n  external_labels:\n    cluster: {self.cluster}\n"
            },
            "labels": ["__name__", "instance", "job"],
            "series": [labels for labels, _ in SERIES],
            "metadata": {"up": [{"type": "gauge", "help": "1 when the target answered", "unit": ""}]},
            "rules": {"groups": [rule_group(self)]},
            "alerts": {"alerts": [prometheus_alert(n, self.cluster) for n in range(self.alerts)]},
            "targets": {"activeTargets": [target(labels) for labels, _ in SERIES], "droppedTargets": []},
            "query_exemplars": [],
        }
        if what.startswith("label/") and what.endswith("/values"):
            name = what[len("label/") : -len("/values")]
            return success(sorted({labels[name] for labels, _ in SERIES if name in labels}))
        return success(table[what]) if what in table else (404, "text/plain; charset=utf-8", b"404 page not found\n")

    def instant(self, params):
        at = float(params.get("time", [time.time()])[0])
        if params["query"][0] == "time()":
            return success({"resultType": "scalar", "result": [at, f"{at:.3f}"]})
        return success(
            {"resultType": "vector", "result": [{"metric": labels, "value": [at, value]} for labels, value in SERIES]}
        )

    def range(self, params):
        start, end = float(params["start"][0]), float(params["end"][0])
        step = max(float(params["step"][0].rstrip("s")), 1.0)
        points = int((end - start) / step) + 1
        if points > 11_001 or points < 1:
            return failure(400, "bad_data", "exceeded maximum resolution of 11,000 points per timeseries.")
        return success(
            {
                "resultType": "matrix",
                "result": [
                    {"metric": labels, "values": [[start + n * step, value] for n in range(points)]}
                    for labels, value in SERIES
                ],
            }
        )

    def alertmanager(self, method, what, _params, body):
        if what == "alerts":
            return reply(200, [alert(n, self.cluster) for n in range(self.alerts)])
        if what == "alerts/groups":
            alerts = [alert(n, self.cluster) for n in range(self.alerts)]
            return reply(
                200,
                (
                    [{"labels": {"alertname": "HighLatency"}, "receiver": {"name": "oncall"}, "alerts": alerts}]
                    if alerts
                    else []
                ),
            )
        if what == "status":
            return reply(
                200,
                {
                    "cluster": {"name": self.cluster, "status": "ready", "peers": []},
                    "config": {"original": "route: {receiver: oncall}\n"},
                    "versionInfo": {
                        "version": "0.25.0",
                        "revision": self.cluster,
                        "branch": "HEAD",
                        "buildUser": "test",
                        "buildDate": "20260101-00:00:00",
                        "goVersion": "go1.19",
                    },
                    "uptime": rfc3339(self.started),
                },
            )
        if what == "receivers":
            return reply(200, [{"name": "oncall"}])
        if what == "silences" and method == "GET":
            return reply(200, self.silences)
        if what == "silences":
            wanted = json.loads(body)
            made = {**silence(f"22222222-2222-4222-8222-{len(self.silences):012d}"), **wanted}
            made["id"] = made["id"] or f"22222222-2222-4222-8222-{len(self.silences):012d}"
            self.silences = [kept for kept in self.silences if kept["id"] != made["id"]] + [made]
            return reply(200, {"silenceID": made["id"]})
        if what.startswith("silence/"):
            found = [kept for kept in self.silences if kept["id"] == what[len("silence/") :]]
            if found and method == "DELETE":
                found[0]["status"] = {"state": "expired"}
                return 200, JSON, b""
            return reply(200, found[0]) if found else (404, JSON, b"")
        return reply(404, {"code": 404, "message": f"path /api/v2/{what} was not found"})


SERIES = [
    ({"__name__": "up", "instance": "web-1:9100", "job": "node"}, "1"),
    ({"__name__": "up", "instance": "web-2:9100", "job": "node"}, "0"),
]


def rfc3339(seconds):
    return datetime.fromtimestamp(seconds, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def reply(status, value):
    return status, JSON, json.dumps(value).encode()


def success(data, **more):
    return reply(200, {"status": "success", "data": data, **more})


def failure(status, kind, text):
    return reply(status, {"status": "error", "errorType": kind, "error": text})


def alert(number, cluster=CLUSTER):
    now = time.time()
    return {
        "labels": {
            "alertname": "HighLatency",
            "severity": "critical",
            "service": f"checkout-{number}",
            "cluster": cluster,
        },
        "annotations": {"summary": f"checkout-{number} answers slowly"},
        "startsAt": rfc3339(now - 600),
        "updatedAt": rfc3339(now),
        "endsAt": rfc3339(now + 240),
        "generatorURL": "http://prometheus:9090/graph?g0.expr=up&g0.tab=1",
        "fingerprint": f"{number + 1:016x}",
        "receivers": [{"name": "oncall"}],
        "status": {"state": "active", "silencedBy": [], "inhibitedBy": []},
    }


def silence(identity):
    now = datetime.now(timezone.utc)

    def stamp(delta):
        return (now + delta).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    return {
        "id": identity,
        "status": {"state": "active"},
        "matchers": [{"name": "alertname", "value": "DiskFull", "isRegex": False, "isEqual": True}],
        "startsAt": stamp(-timedelta(hours=1)),
        "endsAt": stamp(timedelta(hours=1)),
        "updatedAt": stamp(-timedelta(hours=1)),
        "createdBy": "ana",
        "comment": "disk is being replaced",
    }


def prometheus_alert(number, cluster):
    seen = alert(number, cluster)
    return {
        "labels": seen["labels"],
        "annotations": seen["annotations"],
        "state": "firing",
        "activeAt": seen["startsAt"],
        "value": "1.5e+00",
    }


def rule_group(backend):
    alerts = [prometheus_alert(n, backend.cluster) for n in range(backend.alerts)]
    rule = {
        "type": "alerting",
        "state": "firing" if alerts else "inactive",
        "name": "HighLatency",
        "query": "latency > 1",
        "duration": 60,
        "labels": {"severity": "critical"},
        "annotations": {},
        "alerts": alerts,
        "health": "ok",
        "evaluationTime": 0.001,
        "lastEvaluation": rfc3339(time.time()),
    }
    return {
        "name": "latency",
        "file": "/etc/rules.yml",
        "interval": 15,
        "limit": 0,
        "evaluationTime": 0.001,
        "lastEvaluation": rfc3339(time.time()),
        "rules": [rule],
    }


def target(labels):
    return {
        "discoveredLabels": {},
        "labels": {k: v for k, v in labels.items() if k != "__name__"},
        "scrapePool": "node",
        "scrapeUrl": f"http://{labels['instance']}/metrics",
        "globalUrl": "",
        "lastError": "",
        "lastScrape": rfc3339(time.time()),
        "lastScrapeDuration": 0.01,
        "health": "up",
        "scrapeInterval": "15s",
        "scrapeTimeout": "10s",
    }
