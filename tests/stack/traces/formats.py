# SPDX-License-Identifier: GPL-3.0-or-later
"""Spans as OTLP JSON, Zipkin v2 JSON and the JSON of Jaeger's user interface.

Each takes [(trace id, spans)], so that a trace can be sent in parts and many in one request.
"""
from .model import KINDS

_ZIPKIN_KINDS = {"server": "SERVER", "client": "CLIENT", "producer": "PRODUCER", "consumer": "CONSUMER"}


def otlp(parts):
    """An ExportTraceServiceRequest; spans grouped by trace and service."""
    return {"resourceSpans": [{
        "resource": {"attributes": _otlp_attributes({"service.name": service, "host.name": f"{service}-0"})},
        "scopeSpans": [{"scope": {"name": "generated"}, "spans": [_otlp_span(trace_id, span) for span in of_service]}],
    } for trace_id, spans in parts for service, of_service in _by_service(spans).items()]}


def zipkin(parts):
    """A list of spans.  Zipkin knows no duration of 0 and no links."""
    return [_zipkin_span(trace_id, span) for trace_id, spans in parts for span in spans]


def jaeger(parts):
    """What Jaeger's interface downloads."""
    return {"data": [_jaeger_trace(trace_id, spans) for trace_id, spans in parts],
            "total": 0, "limit": 0, "offset": 0, "errors": None}


FORMATS = {"otlp": otlp, "zipkin": zipkin, "jaeger": jaeger}


def _by_service(spans):
    found = {}
    for span in spans:
        found.setdefault(span.service, []).append(span)
    return found


def _otlp_value(value):
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}


def _otlp_attributes(attributes):
    return [{"key": key, "value": _otlp_value(value)} for key, value in attributes.items()]


def _nanoseconds(microseconds):
    return str(microseconds * 1000)


def _otlp_span(trace_id, span):
    found = {"traceId": trace_id.zfill(32), "spanId": span.span_id, "name": span.name, "kind": KINDS.index(span.kind),
             "startTimeUnixNano": _nanoseconds(span.start_us), "endTimeUnixNano": _nanoseconds(span.end_us),
             "attributes": _otlp_attributes(span.attributes),
             "status": {"code": 2, "message": span.failed} if span.failed else {}}
    if span.parent:
        found["parentSpanId"] = span.parent
    if span.events:
        found["events"] = [{"timeUnixNano": _nanoseconds(event.at_us), "name": event.name,
                            "attributes": _otlp_attributes(event.attributes)} for event in span.events]
    if span.links:
        found["links"] = [{"traceId": trace, "spanId": linked} for trace, linked in span.links]
    return found


def _zipkin_span(trace_id, span):
    found = {"traceId": trace_id, "id": span.span_id, "name": span.name, "timestamp": span.start_us,
             "duration": max(1, span.duration_us), "localEndpoint": {"serviceName": span.service},
             "tags": {key: str(value) for key, value in span.attributes.items()}}
    if span.parent:
        found["parentId"] = span.parent
    if span.kind in _ZIPKIN_KINDS:
        found["kind"] = _ZIPKIN_KINDS[span.kind]
    if span.failed:
        found["tags"]["error"] = span.failed
    for event in span.events:
        found.setdefault("annotations", []).append({"timestamp": event.at_us, "value": event.name})
        found["tags"].update(event.attributes)  # annotations hold no attributes
    return found


def _tag(key, value):
    kind = "bool" if isinstance(value, bool) else "int64" if isinstance(value, int) else "float64" if isinstance(value, float) else "string"
    return {"key": key, "type": kind, "value": value}


def _jaeger_trace(trace_id, spans):
    processes = {service: f"p{number + 1}" for number, service in enumerate(_by_service(spans))}
    return {"traceID": trace_id, "spans": [_jaeger_span(trace_id, span, processes[span.service]) for span in spans],
            "processes": {key: {"serviceName": service, "tags": [_tag("host.name", f"{service}-0")]}
                          for service, key in processes.items()}, "warnings": None}


def _jaeger_span(trace_id, span, process):
    tags = [_tag(key, value) for key, value in span.attributes.items()]
    if span.kind != "unspecified":
        tags.append(_tag("span.kind", span.kind))
    if span.failed:
        tags += [_tag("error", True), _tag("otel.status_code", "ERROR"), _tag("otel.status_description", span.failed)]
    references = [("CHILD_OF", trace_id, span.parent)] if span.parent else []
    references += [("FOLLOWS_FROM", trace, linked) for trace, linked in span.links]
    return {"traceID": trace_id, "spanID": span.span_id, "flags": 1, "operationName": span.name,
            "references": [{"refType": kind, "traceID": trace, "spanID": other} for kind, trace, other in references],
            "startTime": span.start_us, "duration": span.duration_us, "tags": tags,
            "logs": [{"timestamp": event.at_us, "fields": [_tag("event", event.name)] + [
                _tag(key, value) for key, value in event.attributes.items()]} for event in span.events],
            "processID": process, "warnings": None}
