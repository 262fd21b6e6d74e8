# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands traces to real backends, and writes them to files."""
import json
import os

from live import web

from .formats import FORMATS, otlp, zipkin
from .truth import span_truths, truth

_SPANS_A_REQUEST = 2000
_PATIENCE_S = 60


class Backend:
    """One running backend: `kind`, the address of its interface, the address that takes spans."""

    def __init__(self, kind, url, ingest):
        self.kind, self.url, self.ingest = kind, url, ingest
        self._write = {"zipkin": zipkin, "jaeger": otlp}[kind]

    def stored(self, trace_id):
        """How many spans of a trace it has; 0 when it does not know the trace."""
        path = "/api/v2/trace/" if self.kind == "zipkin" else "/api/traces/"
        status, text = web.fetch(f"{self.url}{path}{trace_id}", timeout=_PATIENCE_S)
        if status == 404:
            return 0
        if status != 200:
            raise OSError(f"{self.kind} answered {status}: {text.strip()[:300]}")
        answer = json.loads(text)
        return len(answer) if self.kind == "zipkin" else sum(len(trace["spans"]) for trace in answer["data"])

    def send(self, traces):
        """Sends all spans, many in a request; OSError says why some were refused."""
        for parts in _requests(traces):
            status, text = web.fetch(self.ingest, self._write(parts), timeout=_PATIENCE_S)
            if status not in (200, 202):
                raise OSError(f"{self.kind} refused spans: {status} {text.strip()[:300]}")


def _requests(traces):
    """[[(trace id, spans)]]: what goes into each request."""
    parts, size = [], 0
    for trace in traces:
        for begin in range(0, len(trace.spans), _SPANS_A_REQUEST):
            spans = trace.spans[begin:begin + _SPANS_A_REQUEST]
            if size + len(spans) > _SPANS_A_REQUEST:
                yield parts
                parts, size = [], 0
            parts.append((trace.trace_id, spans))
            size += len(spans)
    if parts:
        yield parts


def dump(folder, trace):
    """Writes KIND-ID.otlp.json, .zipkin.json, .jaeger.json, and .truth.json with the facts and every span."""
    os.makedirs(folder, exist_ok=True)
    documents = {name: write([(trace.trace_id, trace.spans)]) for name, write in FORMATS.items()}
    documents["truth"] = {**truth(trace), "spanList": span_truths(trace.spans)}
    for name, document in documents.items():
        with open(os.path.join(folder, f"{trace.kind}-{trace.trace_id}.{name}.json"), "w", encoding="utf-8") as file:
            json.dump(document, file)
