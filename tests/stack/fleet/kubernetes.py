# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages in the manner of kube-state-metrics and of the kubelet's cAdvisor."""
import math

from . import load
from .exposition import Page
from .topology import NODES, SERVICES, digest, fraction
from .workloads import CRASHING

PRESSED_NODE = "node-b"
PHASES = ("Pending", "Running", "Succeeded", "Failed", "Unknown")
_VOLUME_BYTES = 50 * 2**30


def state_page(fleet, now, openmetrics):
    """Deployments, replica sets, pods, nodes and one volume claim."""
    page = Page(openmetrics)
    for node in NODES:
        _add_node(page, node, fleet.book.active("node-pressure", now))
    for service in SERVICES:
        _add_deployment(page, fleet, service, now)
        for pod in fleet.pods(service, now):
            _add_pod(page, fleet.book, pod, now)
    claim = {"namespace": "logistics", "persistentvolumeclaim": "orders-db-0"}
    page.gauge("kubelet_volume_stats_capacity_bytes", "Size of a volume.", claim, _VOLUME_BYTES)
    page.gauge("kubelet_volume_stats_available_bytes", "Free bytes of a volume.", claim, volume_available(now, fleet.started))
    return page


def volume_available(at, anchor):
    """Free bytes of the orders volume: shrinks steadily, 40 % left at `anchor`."""
    return max(0, int(_VOLUME_BYTES * 0.4 - (at - anchor) * 6000))


def cadvisor_page(fleet, node, now, openmetrics):
    """Use of CPU, memory and network by the containers of one node."""
    page = Page(openmetrics)
    for pod in fleet.all_pods(now):
        if pod.node.name == node:
            _add_container(page, fleet, pod, now)
    return page


def _add_node(page, node, pressed):
    page.gauge("kube_node_info", "A node.", {"node": node.name, "internal_ip": node.address,
                                             "kubelet_version": "v1.29.4"}, 1)
    page.gauge("kube_node_status_allocatable", "What pods may use.",
               {"node": node.name, "resource": "memory", "unit": "byte"}, node.memory_gib * 2**30)
    page.gauge("kube_node_status_allocatable", "What pods may use.",
               {"node": node.name, "resource": "cpu", "unit": "core"}, node.cpu_cores)
    for condition in ("Ready", "MemoryPressure", "DiskPressure"):
        true = condition == "Ready" or (condition == "MemoryPressure" and pressed and node.name == PRESSED_NODE)
        for status in ("true", "false", "unknown"):
            page.gauge("kube_node_status_condition", "Condition of a node.",
                       {"node": node.name, "condition": condition, "status": status},
                       int(status == str(true).lower()))


def _add_deployment(page, fleet, service, now):
    labels = {"namespace": service.namespace, "deployment": service.name}
    crashing = service.name == CRASHING and fleet.book.active("crashloop", now)
    page.gauge("kube_deployment_spec_replicas", "Replicas wanted.", labels, fleet.replicas)
    page.gauge("kube_deployment_status_replicas_available", "Replicas that serve.", labels,
               0 if crashing else fleet.replicas)
    page.gauge("kube_deployment_status_observed_generation", "Counts changes of the deployment.", labels,
               fleet.generation(service, now))
    page.gauge("kube_deployment_created", "Creation time.", labels, round(fleet.started - 90 * load.DAY))
    for generation in fleet.replica_sets(service, now):
        set_labels = {"namespace": service.namespace, "replicaset": generation.name}
        page.gauge("kube_replicaset_created", "Creation time.", set_labels, round(generation.created))
        page.gauge("kube_replicaset_spec_replicas", "Replicas wanted.", set_labels, generation.replicas)
        page.gauge("kube_replicaset_owner", "Owner.", {**set_labels, "owner_kind": "Deployment",
                                                       "owner_name": service.name, "owner_is_controller": "true"}, 1)


def _add_pod(page, book, pod, now):
    service = pod.service
    labels = {"namespace": service.namespace, "pod": pod.name}
    container = {**labels, "container": service.name}
    crashing = service.name == CRASHING and book.active("crashloop", now)
    page.gauge("kube_pod_info", "A pod.", {**labels, "node": pod.node.name, "host_ip": pod.node.address,
                                           "created_by_kind": "ReplicaSet", "created_by_name": pod.replica_set}, 1)
    page.gauge("kube_pod_owner", "Owner.", {**labels, "owner_kind": "ReplicaSet", "owner_name": pod.replica_set}, 1)
    for phase in PHASES:
        page.gauge("kube_pod_status_phase", "Phase of a pod.", {**labels, "phase": phase}, int(phase == "Running"))
    page.gauge("kube_pod_status_ready", "Ready condition.", {**labels, "condition": "true"}, int(not crashing))
    page.gauge("kube_pod_container_info", "A container.",
               {**container, "image": f"registry.example/{service.name}:{pod.version}"}, 1)
    page.counter("kube_pod_container_status_restarts_total", "Restarts.", container, pod.restarts)
    if crashing:
        page.gauge("kube_pod_container_status_waiting_reason", "Why it waits; present while true.",
                   {**container, "reason": "CrashLoopBackOff"}, 1)
    if pod.restarts:
        page.gauge("kube_pod_container_status_last_terminated_reason", "Why it ended; present while true.",
                   {**container, "reason": "OOMKilled"}, 1)
    for kind, factor in (("requests", 1), ("limits", 2)):
        name, text = f"kube_pod_container_resource_{kind}", f"Resource {kind} of a container."
        page.gauge(name, text, {**container, "node": pod.node.name, "resource": "cpu", "unit": "core"},
                   service.cpu_cores * factor)
        page.gauge(name, text, {**container, "node": pod.node.name, "resource": "memory", "unit": "byte"},
                   service.memory_mib * 2**20 * factor)


def memory_used(book, pod, now):
    """Working set in bytes; the limit is twice the request."""
    limit = 2 * pod.service.memory_mib * 2**20
    share = 0.25 + 0.3 * fraction("memory", pod.name) + 0.01 * math.sin(now / 37 + pod.index)
    if pod.node.name == PRESSED_NODE:
        share += 0.004 * book.seconds("node-pressure", now - 120, now)
    if pod.service.name == CRASHING and book.active("crashloop", now):
        share = 0.5 + 0.05 * ((now - pod.started) % 10)
    return int(limit * min(share, 0.99))


def _add_container(page, fleet, pod, now):
    service = pod.service
    whole_pod = {"namespace": service.namespace, "pod": pod.name, "container": "", "image": ""}
    container = {"namespace": service.namespace, "pod": pod.name, "container": service.name,
                 "image": f"registry.example/{service.name}:{pod.version}"}
    cpu = round(load.requests(service.cpu_cores * (0.3 + 0.9 * fraction("cpu", pod.name)), pod.started, now), 3)
    memory, age = memory_used(fleet.book, pod, now), now - pod.started
    # The kubelet reports the pod's own cgroup too; queries that forget container!="" count twice.
    for labels in (container, whole_pod):
        page.counter("container_cpu_usage_seconds_total", "CPU time.", {**labels, "cpu": "total"}, cpu)
        page.gauge("container_memory_working_set_bytes", "Working set.", labels, memory)
    page.gauge("container_memory_rss", "Resident memory.", container, int(memory * 0.86))
    page.gauge("container_spec_memory_limit_bytes", "Limit.", container, 2 * service.memory_mib * 2**20)
    page.counter("container_cpu_cfs_periods_total", "Scheduling periods.", container, int(10 * age))
    page.counter("container_cpu_cfs_throttled_periods_total", "Periods cut short.", container,
                 int(10 * age * max(0.0, fraction("throttle", pod.name) - 0.7)))
    wire = {"namespace": service.namespace, "pod": pod.name, "interface": "eth0"}
    page.counter("container_network_receive_bytes_total", "Bytes in.", wire,
                 int(load.requests(2400 * (service.rps + 1), pod.started, now)))
    page.counter("container_network_transmit_bytes_total", "Bytes out.", wire,
                 int(load.requests(5200 * (service.rps + 1), pod.started, now)))
    page.gauge("container_last_seen", "Last seen.", {**container, "id": f"/pod{digest('id', pod.name)[:12]}"}, int(now))
