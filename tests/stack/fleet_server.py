#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serves the made-up fleet on a loopback port.

  /metrics/app/SERVICE/N     one replica (text, or OpenMetrics with exemplars)
  /metrics/kube              kube-state-metrics
  /metrics/cadvisor/NODE     cAdvisor of one node
  /metrics/cost              prices and allocations
  /metrics/queues            consumer lag
  /metrics/graph             service graph
  /metrics/native            one native histogram (protobuf)
  /targets                   all of the above for Prometheus' http_sd_configs
  /metrics/native-http       requests as native histograms only; for a Prometheus that scrapes nothing else
  /incidents                 GET: state; POST {"name": …, "on": true|false}
  /notifications             POST: Alertmanager's webhook; GET: the last 200
  /healthy                   200 as soon as it can serve
"""
import argparse
import json
import sys
import time
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fleet.incidents import INCIDENTS, IncidentBook
from fleet.kubernetes import cadvisor_page, state_page
from fleet.nativehistogram import CONTENT_TYPE as PROTOBUF
from fleet.nativehistogram import native_http_page, native_page
from fleet.platform import cost_page, graph_page, queue_page
from fleet.requests import service_page
from fleet.topology import BY_NAME, NODES, SERVICES
from fleet.workloads import Fleet

JSON = "application/json"
PLAIN = "text/plain; charset=utf-8"
BODY_LIMIT = 4 * 2**20


def targets(fleet, address, now):
    """The scrape targets in the form of http_sd_configs."""
    found = []

    def add(path, **labels):
        found.append({"targets": [address], "labels": {"__metrics_path__": f"/metrics/{path}", **labels}})

    for service in SERVICES:
        for pod in fleet.pods(service, now):
            add(f"app/{service.name}/{pod.index}", job=service.name, namespace=service.namespace,
                team=service.team, pod=pod.name, instance=f"{service.name}-{pod.index}")
    for node in NODES:
        add(f"cadvisor/{node.name}", job="cadvisor", node=node.name, instance=node.name)
    for path, job in (("kube", "kube-state-metrics"), ("cost", "opencost"), ("queues", "kafka-exporter"),
                      ("graph", "service-graph"), ("native", "native-histogram")):
        add(path, job=job, instance=job)
    return found


class FleetServer(ThreadingHTTPServer):
    """The server with what its handlers need: the fleet and the notifications."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port, fleet):
        super().__init__(("127.0.0.1", port), Handler)
        self.fleet = fleet
        self.notifications = deque(maxlen=200)


class Handler(BaseHTTPRequestHandler):
    """Routes one request."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        """Scrapes are not worth a line each."""

    def do_GET(self):
        """Metrics pages, targets, state."""
        path = self.path.partition("?")[0].strip("/").split("/")
        if path[0] == "metrics":
            self._metrics(path[1:])
        elif path == ["targets"]:
            address = f"127.0.0.1:{self.server.server_port}"
            self._answer_json(targets(self.server.fleet, address, time.time()))
        elif path == ["incidents"]:
            self._answer_json(self.server.fleet.book.state())
        elif path == ["notifications"]:
            self._answer_json(list(self.server.notifications))
        elif path == ["healthy"]:
            self._answer(200, "ok\n", PLAIN)
        else:
            self._answer(404, "no such page\n", PLAIN)

    def do_POST(self):
        """Incident switches and Alertmanager's notifications."""
        size = int(self.headers.get("Content-Length") or 0)
        if size > BODY_LIMIT:
            self.close_connection = True
            self._answer(413, "too large\n", PLAIN)
            return
        try:
            body = json.loads(self.rfile.read(size))
            if self.path == "/notifications":
                self.server.notifications.append({"at": time.time(), "body": body})
            elif self.path == "/incidents":
                if body["name"] not in INCIDENTS or not isinstance(body["on"], bool):
                    raise ValueError(f"name must be one of {', '.join(INCIDENTS)}; on must be true or false")
                self.server.fleet.book.switch(body["name"], body["on"])
            else:
                self._answer(404, "no such page\n", PLAIN)
                return
        except (ValueError, KeyError, TypeError) as error:
            self._answer(400, f"{error}\n", PLAIN)
            return
        self._answer_json({"ok": True})

    def _metrics(self, path):
        fleet, now = self.server.fleet, time.time()
        openmetrics = "application/openmetrics-text" in self.headers.get("Accept", "")
        kind, rest = path[0] if path else "", path[1:]
        pages = {"kube": state_page, "cost": cost_page, "queues": queue_page, "graph": graph_page}
        natives = {"native": native_page, "native-http": native_http_page}
        if kind in natives and not rest:
            self._answer(200, natives[kind](fleet, now), PROTOBUF)
            return
        if rest == ["ads", "0"] and kind == "app" and fleet.book.active("target-down", now):
            self._answer(503, "switched off by the incident target-down\n", PLAIN)
            return
        if kind == "app" and len(rest) == 2 and rest[0] in BY_NAME and rest[1].isdigit():
            page = service_page(fleet, BY_NAME[rest[0]], int(rest[1]), now, openmetrics)
        elif kind == "cadvisor" and len(rest) == 1 and rest[0] in {node.name for node in NODES}:
            page = cadvisor_page(fleet, rest[0], now, openmetrics)
        elif kind in pages and not rest:
            page = pages[kind](fleet, now, openmetrics)
        else:
            self._answer(404, "no such page\n", PLAIN)
            return
        self._answer(200, page.text(), page.content_type)

    def _answer_json(self, value):
        self._answer(200, json.dumps(value), JSON)

    def _answer(self, status, body, content_type):
        body = body.encode() if isinstance(body, str) else body
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    """Reads the options and serves until ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True, help="loopback port to listen on")
    parser.add_argument("--replicas", type=int, default=3, help="replicas of every service (default 3)")
    parser.add_argument("--incidents", metavar="FILE", help="keeps the incidents across restarts")
    options = parser.parse_args()
    try:
        server = FleetServer(options.port, Fleet(options.replicas, IncidentBook(options.incidents)))
    except OSError as error:
        sys.exit(f"fleet_server: cannot listen on 127.0.0.1:{options.port}: {error}")
    print(f"fleet on http://127.0.0.1:{options.port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
