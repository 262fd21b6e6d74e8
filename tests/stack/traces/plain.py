# SPDX-License-Identifier: GPL-3.0-or-later
"""Traces of the shop's own calls, under the ids of the fleet's exemplars.

A trace is a function of endpoint, bucket and slot: whoever generates it gets
the same spans, so that it can be looked for without having been remembered.
"""
from fleet import exemplars
from fleet.topology import BY_NAME, CONNECTION_TYPES, digest, fraction

from .model import Event, Span, Trace

# Where requests come in, and what each endpoint calls; the rest is taken from the topology.
ENTRANCES = (("frontend", "/checkout"), ("frontend", "/"), ("frontend", "/product/{id}"), ("frontend", "/cart"),
             ("search", "/query"), ("cart", "/add"), ("email", "/send"))
_CALLS = {
    ("frontend", "/"): (("catalog", "/list"), ("ads", "/get"), ("recommend", "/list"), ("search", "/suggest")),
    ("frontend", "/product/{id}"): (("catalog", "/get"), ("recommend", "/list"), ("ads", "/get")),
    ("frontend", "/cart"): (("cart", "/get"), ("recommend", "/list")),
    ("frontend", "/checkout"): (("cart", "/get"), ("checkout", "/place")),
    ("checkout", "/quote"): (("shipping", "/quote"), ("currency", "/convert")),
}
_CONSUMERS = {"orders": ("orders-worker", "/consume")}
_STATEMENTS = {"catalog-db": "SELECT items", "payment-db": "INSERT charges", "orders-db": "INSERT orders",
               "cart-cache": "GET cart", "search-index": "search products"}
_FAILS_EVERY = 7
# Whose failure makes a request fail, if it takes part in one.
_CULPRITS = ("payment", "checkout", "catalog")


def plain_trace(service_name, path, bucket, slot):
    """The trace that the exemplar of this bucket and slot names."""
    service = BY_NAME[service_name]
    endpoint = _endpoint(service, path)
    trace_id = exemplars.trace_id(service, endpoint, bucket, slot)
    made = _Request(trace_id)
    duration_us = round(exemplars.example_s(bucket) * 1e6)
    # Done by the exemplar's time, and not all at one moment.
    ended_us = slot * exemplars.SLOT_S * 1_000_000 - round(fraction("ended", trace_id) * exemplars.SLOT_S * 1e6)
    made.serve(service, endpoint, ended_us - duration_us, duration_us, "", "server")
    if int(trace_id[:8], 16) % _FAILS_EVERY == 0:
        made.fail()
    return Trace("plain", trace_id, made.spans)


def slot_traces(slot, entrances=ENTRANCES):
    """Every trace that an exemplar of these endpoints names in one slot."""
    return [plain_trace(name, path, bucket, slot) for name, path in entrances
            for bucket in exemplars.notable_buckets(_endpoint(BY_NAME[name], path).median_s)]


def plain_traces(count, newest_slot):
    """`count` traces, the newest first, a few of each slot."""
    found, slot = [], newest_slot
    while len(found) < count:
        # Not the same buckets in every slot: neighbours would look alike.
        of_slot = slot_traces(slot)
        found += of_slot[slot % 5::5]
        slot -= 1
    return found[:count]


class _Request:
    """Grows the spans of one request."""

    def __init__(self, trace_id):
        self.trace_id = trace_id
        self.spans = []

    def serve(self, service, endpoint, start_us, duration_us, parent, kind):
        """A service does its part, and asks others while it does."""
        span = self._add(Span("", service.name, f"{endpoint.method} {endpoint.path}", start_us, duration_us, parent, kind, attributes={
            "http.request.method": endpoint.method, "http.route": endpoint.path, "http.response.status_code": 200,
            "service.version": service.version}))
        calls = self._calls(service, endpoint)
        for number, call in enumerate(calls):
            # One after the other; the first and the last twentieth are the service's own work.
            share = duration_us * 9 // (10 * len(calls))
            self._call(span, call, start_us + duration_us // 20 + number * share, max(1, share * 4 // 5))

    def fail(self):
        """Makes the most important participant fail, and everybody who waits for it."""
        services = {span.service for span in self.spans}
        culprit = next((name for name in _CULPRITS if name in services), self.spans[0].service)
        span = next(s for s in self.spans if s.service == culprit and s.kind == "server")
        span.events.append(Event(span.end_us - 1 if span.duration_us else span.start_us, "exception", {
            "exception.type": "PaymentError" if culprit == "payment" else "TimeoutError",
            "exception.message": "card “declined”" if culprit == "payment" else "no answer within the deadline",
            "exception.stacktrace": f"{culprit}.Error\n" + "\tat charge (pay.js:10)\n" * 5}))
        by_id = {s.span_id: s for s in self.spans}
        while span:
            span.failed = f"{culprit} failed"
            if "http.response.status_code" in span.attributes:
                span.attributes["http.response.status_code"] = 500
            span = by_id.get(span.parent)

    @staticmethod
    def _calls(service, endpoint):
        chosen = _CALLS.get((service.name, endpoint.path))
        if chosen:
            return chosen
        return tuple((name, BY_NAME[name].endpoints[0].path if name in BY_NAME else "") for name in service.calls)

    def _call(self, caller, call, start_us, duration_us):
        name, path = call
        if name in BY_NAME:
            method = _endpoint(BY_NAME[name], path).method
            client = self._add(Span("", caller.service, f"{method} {name}{path}", start_us, duration_us, caller.span_id, "client",
                                    attributes={"peer.service": name, "http.request.method": method}))
            service = BY_NAME[name]
            self.serve(service, _endpoint(service, path), start_us + duration_us // 25,
                       max(1, duration_us * 23 // 25), client.span_id, "server")
        elif CONNECTION_TYPES[name] == "messaging_system":
            sent = self._add(Span("", caller.service, f"{name} publish", start_us, duration_us, caller.span_id, "producer",
                                  attributes={"messaging.system": "kafka", "messaging.destination.name": name}))
            if name in _CONSUMERS:
                worker, path = _CONSUMERS[name]
                # Handed over before the producer is done, worked on for longer than that.
                self.serve(BY_NAME[worker], _endpoint(BY_NAME[worker], path), start_us + duration_us // 2,
                           duration_us, sent.span_id, "consumer")
        else:
            statement = _STATEMENTS[name]
            self._add(Span("", caller.service, statement, start_us, duration_us, caller.span_id, "client", attributes={
                "db.system": "redis" if name.endswith("cache") else "postgresql", "peer.service": name,
                "db.query.text": f"{statement} /* {name} */"}))

    def _add(self, span):
        span.span_id = digest("span", self.trace_id, len(self.spans))[:16]
        self.spans.append(span)
        return span


def _endpoint(service, path):
    return next(endpoint for endpoint in service.endpoints if endpoint.path == path)
