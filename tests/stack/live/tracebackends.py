# SPDX-License-Identifier: GPL-3.0-or-later
"""The trace backends of a stack: which there are, their command lines and configuration."""
import os
import sys

from . import StackError, tracesinstall

BACKENDS = ("zipkin", "jaeger")
_NOT_TO_BE_HAD = {
    "victoriatraces": "github.com/VictoriaMetrics/VictoriaTraces", "tempo": "github.com/grafana/tempo"}
_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def chosen(text):
    """The backends named in a comma list, each once; StackError for one that is not to be had."""
    found = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in found:
        if name in _NOT_TO_BE_HAD:
            raise StackError(f"{name} is not available: the Go module proxy refused every version of "
                             f"{_NOT_TO_BE_HAD[name]} (tried on 2026-11-22), and Debian does not have it")
        if name not in BACKENDS:
            raise StackError(f"no trace backend {name!r}; there are {', '.join(BACKENDS)}")
    return found


def plan_traces(directory, names, ports):
    """(servers in the order of their start, {name: {url, ingest}}); StackError unless all are installed.

    The last server keeps sending the shop's traces to the others.
    """
    if not names:
        return [], {}
    servers, addresses = [], {}
    for name in names:
        program = tracesinstall.require(name)
        server, addresses[name] = (_zipkin if name == "zipkin" else _jaeger)(directory, program, ports)
        servers.append(server)
    port, = ports.take(1)
    backends = [word for name, at in addresses.items() for word in ("--backend", name, at["url"], at["ingest"])]
    servers.append(_server("trace-feeder", _url(port), "/healthy", [
        sys.executable, os.path.join(_HERE, "trace_feeder.py"), "--port", str(port), *backends]))
    return servers, addresses


def datasources(addresses):
    """Their entries in the console's configuration."""
    return "".join(f"  - id: {name}\n    kind: {name}\n    url: {at['url']}\n" for name, at in addresses.items())


def _url(port):
    return f"http://127.0.0.1:{port}"


def _server(name, url, ready, command):
    return {"name": name, "url": url, "ready": ready, "command": command, "pid": None, "start_ticks": None}


def _zipkin(_, jar, ports):
    port, = ports.take(1)
    url = _url(port)
    # Without an address of its own it listens on every interface.  The lookback lets a trace be as old as 1970.
    command = [tracesinstall.java(), "-Xms64m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-jar", jar,
               "--armeria.ports[0].ip=127.0.0.1", f"--armeria.ports[0].port={port}", "--armeria.ports[0].protocols[0]=http",
               "--zipkin.storage.type=mem", "--zipkin.query.lookback=1800000000000"]
    return _server("zipkin", url, "/health", command), {"url": url, "ingest": f"{url}/api/v2/spans"}


def _jaeger(directory, program, ports):
    numbers = ports.take(4)
    query, _, ingest, health = map(_url, numbers)
    path = directory.at("etc", "jaeger.yaml")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(_jaeger_config(*numbers))
    # Its interface answers before it takes spans: ready is what the health check says.
    return (_server("jaeger", query, f"{health}/status", [program, "--config", path]),
            {"url": query, "ingest": f"{ingest}/v1/traces"})


def _jaeger_config(query, grpc, ingest, health):
    return f"""\
service:
  extensions: [jaeger_storage, jaeger_query, healthcheckv2]
  pipelines:
    traces: {{receivers: [otlp], processors: [batch], exporters: [jaeger_storage_exporter]}}
  telemetry:
    metrics: {{level: none}}
    logs: {{level: warn}}
extensions:
  healthcheckv2:
    use_v2: true
    http: {{endpoint: "127.0.0.1:{health}"}}
  jaeger_query:
    storage: {{traces: memory}}
    enable_tracing: false  # it would look for itself on the default port
    http: {{endpoint: "127.0.0.1:{query}"}}
    grpc: {{endpoint: "127.0.0.1:{grpc}"}}
  jaeger_storage:
    backends:
      memory: {{memory: {{max_traces: 100000}}}}
receivers:
  otlp: {{protocols: {{http: {{endpoint: "127.0.0.1:{ingest}"}}}}}}
processors:
  batch: {{timeout: 100ms}}
exporters:
  jaeger_storage_exporter: {{trace_storage: memory}}
"""
