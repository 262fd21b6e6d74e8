# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of one replica: requests, durations, build, process, connections."""
import math

from . import exemplars, load
from .exposition import Page
from .oddities import add_oddities
from .topology import digest, fraction

POOL_SIZE = 20


def error_count(book, service, endpoint, rps, start, now):
    """Failed requests since `start`: the usual share plus what incidents added."""
    total = load.requests(rps, start, now)
    bad = endpoint.error_ratio * total
    for name, ratio in book.affected("errors", (service.name, endpoint.path)):
        bad += ratio * book.requests(name, rps, start, now)
    return min(bad, total)


def duration_parts(book, service, endpoint, rps, start, now):
    """The mixture of usual and slowed-down requests since `start`."""
    total, parts, slow = load.requests(rps, start, now), [], 0.0
    for name, factor in book.affected("slowdown", (service.name, endpoint.path)):
        count = min(book.requests(name, rps, start, now), total - slow)
        parts.append((count, endpoint.median_s * factor))
        slow += count
    return [(total - slow, endpoint.median_s), *parts]


def service_page(fleet, service, index, now, openmetrics):
    """Everything the replica `index` of a service exposes."""
    page = Page(openmetrics)
    pod = fleet.pod(service, index, now)
    _add_process(page, pod, now)
    for endpoint in service.endpoints:
        _add_endpoint(page, fleet.book, pod, endpoint, now)
    if any(callee.endswith("-db") for callee in service.calls):
        _add_pool(page, fleet.book, pod, now)
    if service.name == "frontend" and index == 0:
        add_oddities(page)
    return page


def _add_process(page, pod, now):
    service = pod.service
    page.gauge("build_info", "Build that runs in this process.", {
        "service": service.name, "version": pod.version, "language": service.language,
        "commit": digest("commit", service.name, pod.version)[:10]}, 1)
    page.gauge("process_start_time_seconds", "Start of the process since the epoch.", {}, round(pod.started, 3))
    page.gauge("process_resident_memory_bytes", "Resident memory.", {},
               int(service.memory_mib * 2**20 * (0.4 + 0.2 * fraction("rss", pod.name))))
    page.counter("process_cpu_seconds_total", "CPU time used.", {},
                 round(load.requests(service.cpu_cores * 0.4, pod.started, now), 3))


def _add_endpoint(page, book, pod, endpoint, now):
    service = pod.service
    rps = endpoint.rps * pod.weight
    bad = error_count(book, service, endpoint, rps, pod.started, now)
    good = load.requests(rps, pod.started, now) - bad
    labels = {"service": service.name, "endpoint": endpoint.path, "method": endpoint.method}
    for code, count in (("200", good * 0.985), ("404", good * 0.015), ("500", bad * 0.8), ("503", bad * 0.2)):
        page.counter("http_requests_total", "Requests served.", {**labels, "code": code}, int(count))
    parts = duration_parts(book, service, endpoint, rps, pod.started, now)
    page.histogram("http_request_duration_seconds", "Time to serve a request.",
                   {"service": service.name, "endpoint": endpoint.path},
                   load.BUCKETS, load.cumulative_counts(parts), _exemplars(book, service, endpoint, now))
    slow = max([factor for name, factor in book.affected("slowdown", (service.name, endpoint.path))
                if book.active(name, now)], default=1)
    page.gauge("http_requests_in_flight", "Requests being served.",
               {"service": service.name, "endpoint": endpoint.path},
               max(0, round(endpoint.rps * load.mean_s(endpoint.median_s) * slow + math.sin(now / 7))))


def _exemplars(book, service, endpoint, now):
    """One example for each bucket that gets a notable share of requests now."""
    if endpoint.rps <= 0:
        return {}
    median = endpoint.median_s
    for name, factor in book.affected("slowdown", (service.name, endpoint.path)):
        if book.active(name, now):
            median *= factor
    slot = int(now / exemplars.SLOT_S)
    return {bucket: ({"trace_id": exemplars.trace_id(service, endpoint, bucket, slot)}, exemplars.example_s(bucket),
                     now - now % exemplars.SLOT_S) for bucket in exemplars.notable_buckets(median)}


def _add_pool(page, book, pod, now):
    database = next(callee for callee in pod.service.calls if callee.endswith("-db"))
    exhausted = database == "catalog-db" and book.active("catalog-slow", now)
    used = POOL_SIZE if exhausted else 3 + int(4 * fraction("pool", pod.name, int(now / 15)))
    for state, count in (("used", used), ("idle", POOL_SIZE - used)):
        page.gauge("db_client_connections_usage", "Connections of the pool, by state.",
                   {"pool_name": database, "state": state}, count)
    page.gauge("db_client_connections_max", "Most connections the pool opens.", {"pool_name": database}, POOL_SIZE)
    page.gauge("db_client_connections_pending_requests", "Requests that wait for a connection.",
               {"pool_name": database}, 35 if exhausted else 0)
