# SPDX-License-Identifier: GPL-3.0-or-later
"""Back-filled history with outages that are known to the second.

`write_history` prints OpenMetrics for `promtool tsdb create-blocks-from`; the
series carry the labels of the live targets (first replica), so the past and
the present of a service are one line in a graph.  `truths` says what a reader
of that history must find.  Everything is coarse (5 minutes) except request
counters and duration buckets of the last three hours.
"""
import math
import time
from bisect import bisect_left
from dataclasses import asdict, dataclass
from functools import lru_cache
from itertools import repeat

from . import load
from .exposition import escape, number
from .kubernetes import volume_available
from .platform import QUEUES, usual_lag
from .slos import SLOS
from .topology import BY_NAME, NODES, SERVICES
from .workloads import Fleet

STEP_S = 300
TAIL_S, TAIL_STEP_S = 3 * 3600, 30
PERIOD_DAYS = 30


@dataclass(frozen=True)
class Outage:
    """A stretch of the past during which a service failed or was slow."""

    name: str
    service: str
    days_ago: float
    minutes: int
    error_ratio: float = 0.0
    slowdown: float = 1.0
    endpoint: str = ""  # empty: all of them


OUTAGES = (
    Outage("payment-outage", "payment", 21, 40, error_ratio=1.0),
    Outage("catalog-lock", "catalog", 17, 90, slowdown=20.0),
    Outage("search-degraded", "search", 10, 360, error_ratio=0.02),
    Outage("checkout-place", "checkout", 4, 25, error_ratio=0.6, endpoint="/place"),
    Outage("frontend-brownout", "frontend", 1.5, 15, error_ratio=0.2),
)
_GAP_DAYS_AGO, _GAP_S = 12, 3 * 3600
_RESET_SERVICE, _RESET_DAYS_AGO = "cart", 15


class History:
    """One history: its grid of times and the formulas evaluated on it."""

    def __init__(self, days, replicas, end=None):
        self.end = int(time.time() if end is None else end) // TAIL_STEP_S * TAIL_STEP_S
        coarse_end = self.end // STEP_S * STEP_S
        self.start = coarse_end - int(days * load.DAY)
        self.days, self.replicas = days, replicas
        self.gap = (self._ago(_GAP_DAYS_AGO), self._ago(_GAP_DAYS_AGO) + _GAP_S)
        self.reset = self._ago(_RESET_DAYS_AGO)
        self.coarse = [t for t in range(self.start, coarse_end + 1, STEP_S) if not self._in_gap(t)]
        tail_start = max(self.start, coarse_end - TAIL_S)
        self.tail = list(range(tail_start, self.end + 1, TAIL_STEP_S))
        self.fine = [t for t in self.coarse if t < tail_start] + self.tail
        self._volume = {t: load.volume(t) for t in range(self.start - STEP_S, coarse_end + 1, STEP_S)}
        self._volume.update((t, load.volume(t)) for t in self.tail)

    def span(self, outage):
        """(start, end) of an outage, or None when the history does not reach back to it."""
        start = self._ago(outage.days_ago)
        return (start, start + 60 * outage.minutes) if start >= self.start else None

    def slices(self, seconds):
        """The history cut into (start, end) at multiples of `seconds`; the ends are exclusive."""
        start, cuts = self.start, []
        while start <= self.end:
            end = min((start // seconds + 1) * seconds, self.end + 1)
            cuts.append((start, end))
            start = end
        return cuts

    def requests(self, endpoint, times):
        """Requests to all replicas from the start of the history to each time of the grid."""
        volume, origin, scale = self._volume, self._volume[self.start], endpoint.rps * self.replicas
        return [scale * (volume[at] - origin) for at in times]

    def errors(self, service, endpoint, times):
        """Failed requests from the start of the history to each time of the grid."""
        usual = endpoint.error_ratio
        extra = [(outage.error_ratio * (1 - usual), outage) for outage in OUTAGES if outage.error_ratio
                 and outage.service == service.name and outage.endpoint in ("", endpoint.path)]
        return self._mixture(endpoint, times, usual, extra)

    def bad_and_total(self, slo, times):
        """(bad, all) events of an objective from the start of the history to each time of the grid."""
        service, bad, total = BY_NAME[slo.service], [0.0] * len(times), [0.0] * len(times)
        for endpoint in service.endpoints:
            if slo.endpoint in ("", endpoint.path):
                part = self._slow(slo, endpoint, times) if slo.latency_le else self.errors(service, endpoint, times)
                bad = [a + b for a, b in zip(bad, part)]
                total = [a + b for a, b in zip(total, self.requests(endpoint, times))]
        return bad, total

    @lru_cache(maxsize=None)  # one history lives as long as one run of `up`
    def error_ratios(self, slo):
        """[(time, share of bad events in the five minutes before)], on the coarse grid."""
        times = self.coarse[1:]
        bad, total = self.bad_and_total(slo, times)
        bad_before, total_before = self.bad_and_total(slo, [at - STEP_S for at in times])
        return [(at, (b - b0) / (n - n0) if n > n0 else math.nan)
                for at, b, b0, n, n0 in zip(times, bad, bad_before, total, total_before)]

    @lru_cache(maxsize=None)
    def budget_remaining(self, slo):
        """[(time, remaining budget)]: time-weighted over the period, like Sloth's rule.

        Before the history began the service is taken to have behaved as in its
        first five minutes.
        """
        ratios, period_s = self.error_ratios(slo), self.period_days * load.DAY
        found, total, oldest = [], 0.0, 0
        for newest, (at, ratio) in enumerate(ratios):
            total += ratio
            while ratios[oldest][0] <= at - period_s:
                total -= ratios[oldest][1]
                oldest += 1
            before = max(0, int((self.start - (at - period_s)) / STEP_S))
            mean = (total + before * ratios[0][1]) / (newest - oldest + 1 + before)
            found.append((at, 1 - mean / slo.budget))
        return found

    @property
    def period_days(self):
        """Length of the objectives' period: 30 days, or all there is."""
        return min(self.days, PERIOD_DAYS)

    def _slow(self, slo, endpoint, times):
        bound = float(slo.latency_le)
        usual = 1 - load.fraction_below(bound, endpoint.median_s)
        extra = [(1 - load.fraction_below(bound, endpoint.median_s * outage.slowdown) - usual, outage)
                 for outage in OUTAGES if outage.slowdown > 1 and outage.service == slo.service]
        return self._mixture(endpoint, times, usual, extra)

    def _mixture(self, endpoint, times, usual, extra):
        """The usual share of the requests, plus [(share, outage)] while those last."""
        found = [usual * total for total in self.requests(endpoint, times)]
        for share, outage in extra:
            span = self.span(outage)
            if span:
                scale, origin = share * endpoint.rps * self.replicas, self._volume[span[0]]
                for index, at in enumerate(times):
                    if at > span[0]:
                        found[index] += scale * (self._volume[min(at, span[1])] - origin)
        return found

    def _ago(self, days):
        return (self.end - int(days * load.DAY)) // STEP_S * STEP_S

    def _in_gap(self, at):
        return self.gap[0] < at < self.gap[1]


def write_history(history, out, start, end):
    """Writes the samples of [start, end) as OpenMetrics to a text file."""
    writer = _Writer(out, history, start, end)
    _write_requests(history, writer)
    _write_durations(history, writer)
    _write_objectives(history, writer)
    _write_alerts(history, writer)
    _write_platform(history, writer)
    out.write("# EOF\n")


class _Writer:
    """Prints series one after another, within the slice it was made for."""

    def __init__(self, out, history, start, end):
        self._out, self._start, self._end = out, start, end
        self.coarse, self.tail, self.fine = map(self._clip, (history.coarse, history.tail, history.fine))

    def family(self, name, kind):
        """Begins a metric family."""
        self._out.write(f"# TYPE {name} {kind}\n")

    def series(self, name, labels, times, values):
        """Prints one series; the times lie within the slice."""
        pairs = ",".join(f'{key}="{escape(value)}"' for key, value in labels.items())
        head = f"{name}{{{pairs}}}"
        self._out.write("".join([f"{head} {number(value)} {at}\n" for at, value in zip(times, values)]))

    def points(self, name, labels, points, digits):
        """Prints the points (time, value) that lie within the slice, rounded."""
        inside = [(at, round(value, digits)) for at, value in points if self._start <= at < self._end]
        self.series(name, labels, [at for at, _ in inside], [value for _, value in inside])

    def _clip(self, times):
        return times[bisect_left(times, self._start):bisect_left(times, self._end)]


def _target(history, service):
    pod = Fleet(history.replicas, started=history.end).pod(service, 0, history.end)
    return {"job": service.name, "namespace": service.namespace, "team": service.team,
            "pod": pod.name, "instance": f"{service.name}-0"}


def _write_requests(history, writer):
    writer.family("http_requests", "counter")
    for service in SERVICES:
        for endpoint in service.endpoints:
            totals = history.requests(endpoint, writer.fine)
            errors = history.errors(service, endpoint, writer.fine)
            if service.name == _RESET_SERVICE:
                lost, = history.requests(endpoint, [history.reset]) if history.reset > history.start else (0.0,)
                lost_errors, = history.errors(service, endpoint, [history.reset]) if lost else (0.0,)
                after = bisect_left(writer.fine, history.reset)
                totals[after:] = [total - lost for total in totals[after:]]
                errors[after:] = [count - lost_errors for count in errors[after:]]
            labels = {"service": service.name, "endpoint": endpoint.path, "method": endpoint.method,
                      **_target(history, service)}
            writer.series("http_requests_total", {**labels, "code": "200"}, writer.fine,
                          [int(total - count) for total, count in zip(totals, errors)])
            writer.series("http_requests_total", {**labels, "code": "500"}, writer.fine, map(int, errors))


def _write_durations(history, writer):
    name = "http_request_duration_seconds"
    writer.family(name, "histogram")
    for service in SERVICES:
        for endpoint in service.endpoints:
            labels = {"service": service.name, "endpoint": endpoint.path, **_target(history, service)}
            totals = history.requests(endpoint, writer.tail)
            for bound in load.BUCKETS:
                share = load.fraction_below(bound, endpoint.median_s)
                writer.series(f"{name}_bucket", {**labels, "le": repr(bound)}, writer.tail,
                              [int(total * share) for total in totals])
            writer.series(f"{name}_bucket", {**labels, "le": "+Inf"}, writer.tail, map(int, totals))
            writer.series(f"{name}_count", labels, writer.tail, map(int, totals))
            mean = load.mean_s(endpoint.median_s)
            writer.series(f"{name}_sum", labels, writer.tail, [round(total * mean, 3) for total in totals])


def _write_objectives(history, writer):
    name = "slo:sli_error:ratio_rate5m"
    writer.family(name, "gauge")
    for slo in SLOS:
        writer.points(name, {**slo.labels, "sloth_window": "5m"}, history.error_ratios(slo), 7)
    name = "slo:current_burn_rate:ratio"
    writer.family(name, "gauge")
    for slo in SLOS:
        writer.points(name, slo.labels, [(t, r / slo.budget) for t, r in history.error_ratios(slo)], 4)
    name = "slo:period_error_budget_remaining:ratio"
    writer.family(name, "gauge")
    for slo in SLOS:
        writer.points(name, slo.labels, history.budget_remaining(slo), 6)


def _write_alerts(history, writer):
    fired = []
    for outage in OUTAGES:
        span = history.span(outage)
        if span and outage.error_ratio >= 0.02:
            service = BY_NAME[outage.service]
            labels = {"alertname": "HighErrorRate", "service": service.name, "team": service.team,
                      "namespace": service.namespace, "severity": "critical"}
            fired.append((labels, span[0], [t for t in writer.coarse if span[0] < t <= span[1]]))
    writer.family("ALERTS", "gauge")
    for labels, _, times in fired:
        writer.series("ALERTS", {**labels, "alertstate": "firing"}, times, repeat(1))
    writer.family("ALERTS_FOR_STATE", "gauge")
    for labels, start, times in fired:
        writer.series("ALERTS_FOR_STATE", labels, times, repeat(start))


def _write_platform(history, writer):
    writer.family("node_total_hourly_cost", "gauge")
    for node in NODES:
        labels = {"node": node.name, "region": "eu-west-1", "job": "opencost", "instance": "opencost"}
        # Prices rose by 8 % half-way through, so that a cost trend has something to show.
        rise = (history.start + history.end) // 2
        prices = [round(node.hourly_usd * (1 if at >= rise else 1 / 1.08), 6) for at in writer.coarse]
        writer.series("node_total_hourly_cost", labels, writer.coarse, prices)
    writer.family("kafka_consumergroup_lag", "gauge")
    for group, topic, partitions, _ in QUEUES:
        labels = {"consumergroup": group, "topic": topic, "partition": "0",
                  "job": "kafka-exporter", "instance": "kafka-exporter"}
        # One partition stands for all, hence the whole lag.
        writer.series("kafka_consumergroup_lag", labels, writer.fine, [int(usual_lag(topic, t)) for t in writer.fine])
    writer.family("kubelet_volume_stats_available_bytes", "gauge")
    labels = {"namespace": "logistics", "persistentvolumeclaim": "orders-db-0",
              "job": "kube-state-metrics", "instance": "kube-state-metrics"}
    writer.series("kubelet_volume_stats_available_bytes", labels, writer.coarse,
                  [volume_available(t, history.end) for t in writer.coarse])


def truths(history):
    """What is known about the history, for tests and for the curious."""
    slos = []
    for slo in SLOS:
        (bad,), (total,) = history.bad_and_total(slo, history.coarse[-1:])
        ratio = bad / total if total else None
        slos.append({"id": slo.id, "service": slo.service, "objective": slo.objective, "bad": round(bad, 1),
                     "total": round(total, 1), "error_ratio": ratio,
                     "budget_remaining": None if ratio is None else round(1 - ratio / slo.budget, 6)})
    outages = [{**asdict(outage), "start": span[0], "end": span[1]}
               for outage in OUTAGES for span in [history.span(outage)] if span]
    inside = {"gap": {"start": history.gap[0], "end": history.gap[1]} if history.gap[0] > history.start else None,
              "counter_reset": {"service": _RESET_SERVICE, "at": history.reset} if history.reset > history.start else None}
    return {"days": history.days, "start": history.start, "end": history.end, "step_s": STEP_S,
            "tail": {"start": history.tail[0], "step_s": TAIL_STEP_S}, "outages": outages, **inside, "slos": slos}
