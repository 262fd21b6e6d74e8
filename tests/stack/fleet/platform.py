# SPDX-License-Identifier: GPL-3.0-or-later
"""What surrounds the services: prices, queues, the graph of calls."""
import math

from . import load
from .exposition import Page
from .topology import BY_NAME, CONNECTION_TYPES, GPU_NODE, NODES, SERVICES

SPENDING = "ml"
EDGE_BUCKETS = (0.005, 0.02, 0.1, 0.5, 2.0, 10.0)
QUEUES = (  # consumer group, topic, partitions, messages a second
    ("orders-worker", "orders", 4, 12), ("email", "mail", 2, 6), ("shipping", "shipments", 2, 3))
_GROWTH_PER_S, _DRAIN_PER_S = 100, 300


def cost_page(fleet, now, openmetrics):
    """Prices and allocations in the manner of OpenCost, and a budget for each namespace."""
    page = Page(openmetrics)
    spike = fleet.book.active("cost-spike", now)
    for node in NODES + ((GPU_NODE,) if spike else ()):
        labels = {"node": node.name, "region": "eu-west-1"}
        page.gauge("node_total_hourly_cost", "USD an hour for the machine.", labels, round(node.hourly_usd, 6))
        page.gauge("node_cpu_hourly_cost", "USD an hour for one core.", labels, node.cpu_usd)
        page.gauge("node_ram_hourly_cost", "USD an hour for one GiB.", labels, node.ram_usd)
    budgets = {}
    for pod in fleet.all_pods(now):
        service = pod.service
        dear = spike and service.namespace == SPENDING
        labels = {"namespace": service.namespace, "pod": pod.name, "container": service.name,
                  "node": GPU_NODE.name if dear else pod.node.name}
        page.gauge("container_cpu_allocation", "Cores set aside.", labels, service.cpu_cores * (6 if dear else 1))
        page.gauge("container_memory_allocation_bytes", "Bytes set aside.", labels,
                   service.memory_mib * 2**20 * (6 if dear else 1))
        usual = service.cpu_cores * pod.node.cpu_usd + service.memory_mib / 1024 * pod.node.ram_usd
        budgets[service.namespace] = budgets.get(service.namespace, 0) + 2 * usual
    for namespace, usd in budgets.items():
        page.gauge("cost_budget_hourly_usd", "USD an hour the namespace may cost.",
                   {"namespace": namespace}, round(usd, 6))
    return page


def backlog(book, now):
    """Messages the queue-backlog incident has left in the orders topic."""
    level, last = 0.0, None
    for start, end in book.windows("queue-backlog"):
        if start > now:
            break
        if last is not None:
            level = max(0.0, level - _DRAIN_PER_S * (start - last))
        last = now if end is None or end > now else end
        level += _GROWTH_PER_S * (last - start)
    return max(0.0, level - _DRAIN_PER_S * (now - last)) if last is not None else 0.0


def usual_lag(topic, at):
    """Lag of a topic when nothing is wrong."""
    return 24 + 14 * math.sin(at / 60) if topic == "orders" else 8 + 5 * math.sin(at / 45)


def queue_page(fleet, now, openmetrics):
    """Lag and offsets of every consumer group, as a Kafka exporter names them."""
    page = Page(openmetrics)
    for group, topic, partitions, rate in QUEUES:
        lag = usual_lag(topic, now) + (backlog(fleet.book, now) if topic == "orders" else 0)
        written = load.requests(rate * fleet.replicas, fleet.started - load.DAY, now)
        for partition in range(partitions):
            place = {"topic": topic, "partition": str(partition)}
            share = int(lag / partitions)
            offset = int(written / partitions)
            page.gauge("kafka_topic_partition_current_offset", "Last offset written.", place, offset + share)
            page.gauge("kafka_consumergroup_current_offset", "Last offset read.",
                       {"consumergroup": group, **place}, offset)
            page.gauge("kafka_consumergroup_lag", "Messages written and not read.",
                       {"consumergroup": group, **place}, share)
    return page


def edges():
    """(client, server, requests a second of one client replica, median) of every call."""
    yield "user", "frontend", BY_NAME["frontend"].rps, BY_NAME["frontend"].median_s
    for service in SERVICES:
        for callee in service.calls:
            median = BY_NAME[callee].median_s if callee in BY_NAME else 0.004
            yield service.name, callee, service.rps * 0.8 / len(service.calls), median


def graph_page(fleet, now, openmetrics):
    """Calls between services, as derived from traces."""
    page, book, start = Page(openmetrics), fleet.book, fleet.started
    for client, server, rps, median in edges():
        rps, edge = rps * fleet.replicas, (client, server)
        labels = {"client": client, "server": server, "connection_type": CONNECTION_TYPES.get(server, "")}
        total = load.requests(rps, start, now)
        failed = 0.0004 * total + sum(ratio * book.requests(name, rps, start, now)
                                      for name, ratio in book.affected("edge_failures", edge))
        page.counter("traces_service_graph_request_total", "Calls.", labels, int(total))
        # Like the real generator: the series appears with the first failure.
        if int(failed):
            page.counter("traces_service_graph_request_failed_total", "Failed calls.", labels, int(failed))
        slow = [(book.requests(name, rps, start, now), median * factor)
                for name, factor in book.affected("edge_slowdown", edge)]
        parts = [(total - sum(count for count, _ in slow), median), *slow]
        page.histogram("traces_service_graph_request_server_seconds", "Time the server took.", labels,
                       EDGE_BUCKETS, load.cumulative_counts(parts, EDGE_BUCKETS))
    return page
