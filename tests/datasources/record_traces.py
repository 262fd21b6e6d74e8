#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Records real answers of a Jaeger and a Zipkin on this machine as test data, from two small traces of its own.

    record_traces.py --jaeger http://127.0.0.1:16686 --otlp http://127.0.0.1:4318 --zipkin http://127.0.0.1:9411

Writes tests/data/jaeger and tests/data/zipkin: one file an answer, and index.json with status and content
type. The Zipkin must look back far enough (QUERY_LOOKBACK), since the traces bear a fixed date.
"""
import argparse
import json
import time
import urllib.request

from record_answers import Recorder

SHOP, BATCH, NONE = "5af7183fb1d4cf5f2f1b7c5e9d0a4b61", "00000000000000001b2c3d4e5f607182", "ffffffffffffffffffffffffffffffff"
AT = 1_795_262_400_000_000  # µs
# id, parent, service, name, kind, start and duration in µs, error
SPANS = [
    ("a000000000000001", None, "web", "GET /buy", 2, 0, 90_000, True),
    ("a000000000000002", "a000000000000001", "web", "stock", 3, 5_000, 20_000, False),
    ("a000000000000003", "a000000000000002", "stock", "GET /stock/{id}", 2, 7_000, 15_000, False),
    ("a000000000000004", "a000000000000003", "stock", "SELECT café", 3, 9_000, 4_000, False),
    ("a000000000000005", "a000000000000001", "web", "pay", 3, 30_000, 50_000, True),
    ("a000000000000006", "a000000000000005", "pay", "POST /pay", 2, 33_000, 44_000, True),
    ("a000000000000007", "a000000000000001", "web", "render", 1, 82_000, 6_000, False),
]


def value(v):
    kinds = {bool: "boolValue", int: "intValue", float: "doubleValue", str: "stringValue"}
    if isinstance(v, list):
        return {"arrayValue": {"values": [value(x) for x in v]}}
    return {kinds[type(v)]: str(v) if type(v) is int else v}


def attributes(**some):
    return [{"key": key.replace("__", "."), "value": value(v)} for key, v in some.items()]


def otlp_span(trace, span):
    own, parent, _, name, kind, start, length, bad = span
    out = {"traceId": trace, "spanId": own, "name": name, "kind": kind,
           "startTimeUnixNano": str((AT + start) * 1000), "endTimeUnixNano": str((AT + start + length) * 1000),
           "attributes": attributes(http__request__method="GET", retries=3, big=9007199254740993, ratio=0.5,
                                    cached=True, tags=["a", "b"])}
    if parent:
        out["parentSpanId"] = parent
    if bad:
        out["status"] = {"code": 2, "message": "card refused"}
    if own.endswith("6"):
        out["events"] = [{"timeUnixNano": str((AT + 70_000) * 1000), "name": "exception",
                          "attributes": attributes(exception__type="CardRefused", exception__message="no \"funds\"\n")}]
    return out


def otlp():
    resources = []
    for service in dict.fromkeys(span[2] for span in SPANS):
        spans = [otlp_span(SHOP, span) for span in SPANS if span[2] == service]
        resources.append({"resource": {"attributes": attributes(service__name=service, service__version="1.2.0")},
                          "scopeSpans": [{"scope": {"name": "shop", "version": "7"}, "spans": spans}]})
    batch = otlp_span(BATCH, ("b000000000000001", None, "batch", "nightly", 5, 200_000, 10_000, False))
    batch["links"] = [{"traceId": SHOP, "spanId": "a000000000000001", "attributes": attributes(why="order")}]
    resources.append({"resource": {"attributes": attributes(service__name="batch")},
                      "scopeSpans": [{"scope": {}, "spans": [batch]}]})
    return {"resourceSpans": resources}


def zipkin():
    kinds = {2: "SERVER", 3: "CLIENT"}
    out = []
    for own, parent, service, name, kind, start, length, bad in SPANS:
        span = {"traceId": SHOP, "id": own, "name": name, "timestamp": AT + start, "duration": length,
                "localEndpoint": {"serviceName": service, "ipv4": "10.0.0.7", "port": 8080},
                "tags": {"http.method": "GET"}}
        if parent:
            span["parentId"] = parent
        if kind in kinds:
            span["kind"] = kinds[kind]
        if bad:
            span["tags"]["error"] = "card refused"
        if own.endswith("6"):
            span["annotations"] = [{"timestamp": AT + 70_000, "value": "refused"}]
        out.append(span)
    # Both halves of one span, and one that never ended.
    half = {"traceId": "1b2c3d4e5f607182", "id": "c000000000000001", "name": "get", "timestamp": AT}
    out.append({**half, "kind": "CLIENT", "duration": 9_000, "localEndpoint": {"serviceName": "front"}})
    out.append({**half, "kind": "SERVER", "shared": True, "duration": 7_000, "localEndpoint": {"serviceName": "back"}})
    out.append({"traceId": "1b2c3d4e5f607182", "parentId": "c000000000000001", "id": "c000000000000002",
                "name": "lost", "localEndpoint": {"serviceName": "back"}})
    return out


def post(url, document):
    request = urllib.request.Request(url, json.dumps(document).encode(), {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=20).close()


def jaeger(base):
    out = Recorder("jaeger", base, [])
    window = {"start": AT - 1_000_000, "end": AT + 1_000_000}
    between = {"query.start_time_min": "2026-11-21T11:00:00Z", "query.start_time_max": "2026-11-21T13:00:00Z",
               "query.num_traces": 20, "query.search_depth": 20}
    out.record("search", "/api/traces", {"service": "web", "limit": 20, **window})
    out.record("search_batch", "/api/traces", {"service": "batch", "limit": 20, **window})
    out.record("search_empty", "/api/traces", {"service": "nobody", **window})
    out.record("search_no_service", "/api/traces", window)
    out.record("trace", f"/api/traces/{SHOP}", {"raw": "true"})
    out.record("trace_batch", f"/api/traces/{BATCH}", {"raw": "true"})
    out.record("trace_missing", f"/api/traces/{NONE}")
    out.record("trace_bad_id", "/api/traces/zz")
    out.record("services", "/api/services")
    out.record("operations", "/api/services/web/operations")
    out.record("dependencies", "/api/dependencies", {"endTs": AT // 1000 + 60_000, "lookback": 3_600_000})
    out.record("v3_services", "/api/v3/services")
    out.record("v3_operations", "/api/v3/operations", {"service": "web"})
    out.record("v3_traces", "/api/v3/traces", {"query.service_name": "web", **between})
    out.record("v3_traces_empty", "/api/v3/traces", {"query.service_name": "nobody", **between})
    out.record("v3_trace", f"/api/v3/traces/{SHOP}")
    out.record("v3_traces_no_depth", "/api/v3/traces",
               {k: v for k, v in between.items() if "time" in k} | {"query.service_name": "web"})
    out.record("v3_trace_missing", f"/api/v3/traces/{NONE}")
    out.record("v3_summaries", "/api/v3/trace-summaries", {"query.service_name": "web", **between})
    out.record("not_prometheus", "/api/v1/status/buildinfo")
    out.close()


def zipkin_answers(base, off):
    out = Recorder("zipkin", base, [])
    api = "/api/v2/"
    window = {"endTs": AT // 1000 + 60_000, "lookback": 3_600_000}
    out.record("traces", api + "traces", {"limit": 10, **window})
    out.record("traces_error", api + "traces", {"serviceName": "pay", "annotationQuery": "error", **window})
    out.record("traces_empty", api + "traces", {"serviceName": "nobody", **window})
    out.record("traces_bad", api + "traces", {"minDuration": "-1", **window})
    out.record("trace", f"{api}trace/{SHOP}")
    out.record("trace_shared", f"{api}trace/1b2c3d4e5f607182")
    out.record("trace_missing", f"{api}trace/{NONE}")
    out.record("services", api + "services")
    out.record("spans", api + "spans", {"serviceName": "web"})
    out.record("dependencies", api + "dependencies", window)
    out.record("health", "/health")
    out.record("info", "/info")
    out.record("config", "/zipkin/config.json")
    if off:  # search switched off looks like no traces
        out.base = off
        out.record("config_off", "/zipkin/config.json")
        out.record("traces_off", api + "traces", {"limit": 10, **window})
        out.base = base
    out.record("not_prometheus", "/api/v1/status/buildinfo")
    out.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("jaeger", "otlp", "zipkin"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--zipkin-off", help="another Zipkin, with SEARCH_ENABLED=false")
    options = parser.parse_args()
    post(options.otlp + "/v1/traces", otlp())
    post(options.zipkin + "/api/v2/spans", zipkin())
    time.sleep(3)  # both write in the background
    jaeger(options.jaeger)
    zipkin_answers(options.zipkin, options.zipkin_off)


if __name__ == "__main__":
    main()
