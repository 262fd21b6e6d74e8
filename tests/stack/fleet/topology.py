# SPDX-License-Identifier: GPL-3.0-or-later
"""What the made-up shop consists of: services, endpoints, call edges, nodes.

Plain tables, written out so that a reader (or a test) can look numbers up.
"""
import hashlib
from dataclasses import dataclass


@dataclass(frozen=True)
class Endpoint:
    """One route of a service; rates are per replica, times are medians."""

    path: str
    method: str
    rps: float
    median_s: float
    error_ratio: float = 0.0004


@dataclass(frozen=True)
class Service:
    """One deployment: where it runs, who owns it, what it serves and calls."""

    name: str
    namespace: str
    team: str
    language: str
    version: str
    deployed_hours_ago: float
    cpu_cores: float
    memory_mib: int
    endpoints: tuple
    calls: tuple = ()

    @property
    def rps(self):
        """Requests a second of one replica, all endpoints together."""
        return sum(endpoint.rps for endpoint in self.endpoints)

    @property
    def median_s(self):
        """Median over the endpoints, weighted by traffic (0.01 when idle)."""
        return sum(e.rps * e.median_s for e in self.endpoints) / self.rps if self.rps else 0.01


@dataclass(frozen=True)
class Node:
    """One machine of the cluster and what it costs an hour."""

    name: str
    address: str
    cpu_cores: int
    memory_gib: int
    cpu_usd: float
    ram_usd: float

    @property
    def hourly_usd(self):
        """Price of the whole machine for an hour."""
        return self.cpu_cores * self.cpu_usd + self.memory_gib * self.ram_usd


SERVICES = (
    Service("frontend", "shop", "web", "nodejs", "1.42.3", 98, 0.50, 512, (
        Endpoint("/", "GET", 18, 0.080), Endpoint("/product/{id}", "GET", 14, 0.085),
        Endpoint("/cart", "GET", 6, 0.070), Endpoint("/checkout", "POST", 4, 0.100)),
        ("catalog", "cart", "checkout", "ads", "recommend", "search")),
    Service("catalog", "shop", "store", "go", "3.7.0", 212, 0.50, 384, (
        Endpoint("/list", "GET", 20, 0.018), Endpoint("/get", "GET", 32, 0.012)),
        ("catalog-db",)),
    Service("cart", "shop", "store", "java", "2.15.1", 1.6, 0.25, 768, (
        Endpoint("/get", "GET", 16, 0.008), Endpoint("/add", "POST", 7, 0.011),
        Endpoint("/empty", "POST", 2, 0.010)),
        ("cart-cache",)),
    Service("search", "shop", "store", "rust", "1.9.4", 340, 1.00, 1024, (
        Endpoint("/query", "GET", 24, 0.045), Endpoint("/suggest", "GET", 18, 0.015)),
        ("search-index",)),
    Service("checkout", "payments", "pay", "go", "4.0.11", 47, 0.25, 256, (
        Endpoint("/place", "POST", 6, 0.090), Endpoint("/quote", "GET", 5, 0.050)),
        ("payment", "shipping", "currency", "cart", "orders")),
    Service("payment", "payments", "pay", "java", "2.3.8", 430, 0.50, 768, (
        Endpoint("/charge", "POST", 6, 0.080), Endpoint("/refund", "POST", 1, 0.070)),
        ("payment-db",)),
    Service("currency", "payments", "pay", "rust", "0.30.2", 390, 0.10, 64, (
        Endpoint("/convert", "GET", 40, 0.004),)),
    Service("shipping", "logistics", "logistics", "python", "1.0.27", 120, 0.25, 256, (
        Endpoint("/quote", "GET", 7, 0.030), Endpoint("/ship", "POST", 3, 0.060))),
    Service("orders-worker", "logistics", "logistics", "python", "1.18.0", 70, 0.50, 512, (
        Endpoint("/consume", "POST", 12, 0.090),), ("orders-db",)),
    Service("email", "growth", "growth", "python", "2.2.2", 300, 0.10, 128, (
        Endpoint("/send", "POST", 6, 0.050),), ("mail",)),
    Service("ads", "growth", "growth", "nodejs", "5.1.0", 26, 0.25, 256, (
        Endpoint("/get", "GET", 20, 0.015),)),
    Service("recommend", "ml", "ml", "python", "0.9.5", 15, 1.00, 1536, (
        Endpoint("/list", "GET", 18, 0.060),), ("catalog",)),
    # Runs, is scraped, and never gets a request: "no traffic" must not look like "no errors".
    Service("giftwrap", "shop", "store", "go", "0.1.0", 470, 0.05, 64, (
        Endpoint("/wrap", "POST", 0, 0.010),)),
)
BY_NAME = {service.name: service for service in SERVICES}

NODES = (
    Node("node-a", "10.0.0.1", 8, 32, 0.0316, 0.0042),
    Node("node-b", "10.0.0.2", 8, 32, 0.0316, 0.0042),
    Node("node-c", "10.0.0.3", 4, 16, 0.0316, 0.0042),
    Node("node-d", "10.0.0.4", 4, 16, 0.0316, 0.0042),
)
GPU_NODE = Node("node-gpu", "10.0.0.9", 16, 128, 0.0900, 0.0090)

# What a callee that is not one of the services is, as tracing tools name it.
CONNECTION_TYPES = {
    "catalog-db": "database", "payment-db": "database", "orders-db": "database",
    "cart-cache": "database", "search-index": "database",
    "orders": "messaging_system", "mail": "messaging_system",
}


def digest(*parts):
    """Hexadecimal digest of the parts: the same in every run and process."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()


def fraction(*parts):
    """A number in [0, 1) that depends on nothing but the parts."""
    return int(digest(*parts)[:12], 16) / 16**12
