#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Alert to glass: from the moment Alertmanager's API shows an alert to the moment the console's model has it
(target: p99 ≤ 50 ms; that this takes one request per rule evaluation is what tests/app/tst_alertpoller.cpp shows). A Prometheus and an Alertmanager of its own with 1 s
scrape and evaluation; ground truth is a second client that polls Alertmanager every 5 ms."""
import argparse
import http.client
import http.server
import json
import os
import pathlib
import socket
import subprocess
import tempfile
import threading
import time
import urllib.request

from processes import emit, end, median, percentile, program, wait_until


class Exporter(http.server.BaseHTTPRequestHandler):
    level = 0

    def do_GET(self):
        body = f"glass_level {Exporter.level}\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def write_files(folder, exporter, prom, am, trials):
    rules = [{"alert": f"Glass{n}", "expr": f"glass_level > {n}", "labels": {"severity": "warning"}} for n in range(trials)]
    (folder / "rules.json").write_text(json.dumps({"groups": [{"name": "glass", "rules": rules}]}))
    (folder / "prometheus.yml").write_text(f"""
global: {{scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}}
rule_files: [rules.json]
alerting: {{alertmanagers: [{{static_configs: [{{targets: ['127.0.0.1:{am}']}}]}}]}}
scrape_configs: [{{job_name: glass, static_configs: [{{targets: ['127.0.0.1:{exporter}']}}]}}]
""")
    (folder / "alertmanager.yml").write_text("route: {receiver: none, group_wait: 1s}\nreceivers: [{name: none}]\n")
    (folder / "config").mkdir()
    (folder / "config/bridgewatch.yaml").write_text(f"""version: 1
datasources:
  - {{id: prom, kind: prometheus, url: 'http://127.0.0.1:{prom}', default: true}}
  - {{id: am, kind: alertmanager, url: 'http://127.0.0.1:{am}', metrics: prom}}
""")


def ready(port):
    def ask():
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/-/ready", timeout=1).status == 200
        except OSError:
            return False
    if not wait_until(ask, 20):
        raise SystemExit(f"the server on port {port} did not get ready")


class Truth(threading.Thread):
    """Polls Alertmanager every 5 ms and notes when each alert name was first there."""

    def __init__(self, port):
        super().__init__(daemon=True)
        self.port, self.seen, self.running = port, {}, True

    def run(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        while self.running:
            connection.request("GET", "/api/v2/alerts")
            body = connection.getresponse().read()
            now = time.time()
            for alert in json.loads(body):
                self.seen.setdefault(alert["labels"]["alertname"], now)
            time.sleep(0.005)


class Watch(threading.Thread):
    """Reads the console's transitions: one JSON line each, with the moment its model had it."""

    def __init__(self, process):
        super().__init__(daemon=True)
        self.process, self.seen = process, {}

    def run(self):
        for line in self.process.stdout:
            change = json.loads(line)
            if change.get("to") == "firing":
                self.seen.setdefault(change["alertname"], change["model_time"])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=60)
    trials = parser.parse_args().trials
    exporter = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exporter)
    threading.Thread(target=exporter.serve_forever, daemon=True).start()
    prom, am = free_port(), free_port()
    with tempfile.TemporaryDirectory(prefix="bw-glass-") as name:
        folder = pathlib.Path(name)
        write_files(folder, exporter.server_port, prom, am, trials)
        log = (folder / "log").open("w")
        servers = [
            subprocess.Popen(["prometheus-alertmanager", f"--config.file={folder}/alertmanager.yml", f"--storage.path={folder}/am",
                              f"--web.listen-address=127.0.0.1:{am}", "--cluster.listen-address="], stdout=log, stderr=log),
            subprocess.Popen(["prometheus", f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/tsdb",
                              f"--web.listen-address=127.0.0.1:{prom}", "--rules.alert.resend-delay=5s"], stdout=log, stderr=log)]
        console = None
        try:
            ready(am)
            ready(prom)
            time.sleep(3)
            console = subprocess.Popen([program(), "--config", str(folder / "config"), "alerts", "--watch", "--json"],
                                       stdout=subprocess.PIPE, text=True, env={**os.environ, "XDG_CACHE_HOME": str(folder)})
            watch, truth = Watch(console), Truth(am)
            watch.start()
            truth.start()
            time.sleep(15)  # rules read, phase locked
            for n in range(trials):
                Exporter.level = n + 1
                wait_until(lambda n=n: f"Glass{n}" in truth.seen and f"Glass{n}" in watch.seen, 6)
                time.sleep(0.13 * (n % 7))  # every phase against the scrape
            time.sleep(2)
            truth.running = False
            both = sorted(set(truth.seen) & set(watch.seen))
            delays = [max(0.0, (watch.seen[a] - truth.seen[a]) * 1000) for a in both]
            emit("alert_to_glass_p50", median(delays), "ms", "plain 1 s polling (mean of a uniform phase)", 500, trials=len(both))
            emit("alert_to_glass_p99", percentile(delays, 0.99), "ms", target=50, missed=trials - len(both))
        finally:
            for process in filter(None, [console, *servers]):
                end(process)
            exporter.shutdown()


if __name__ == "__main__":
    main()
