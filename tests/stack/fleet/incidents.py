# SPDX-License-Identifier: GPL-3.0-or-later
"""Incidents that can be switched on and off, and the record of when they were.

Counters need the whole past, not just "on now": an incident that ended must
leave its errors counted.  The book therefore keeps every window, in a file, so
that restarting the exporter does not forget a running incident.
"""
import json
import os
import threading
import time
from dataclasses import dataclass, field

from . import load


@dataclass(frozen=True)
class Incident:
    """What one incident does.  Keys: (service, path) or (client, server)."""

    description: str
    alerts: tuple
    errors: dict = field(default_factory=dict)
    slowdown: dict = field(default_factory=dict)
    edge_failures: dict = field(default_factory=dict)
    edge_slowdown: dict = field(default_factory=dict)


INCIDENTS = {
    "checkout-errors": Incident(
        "payment refuses 35 % of charges; checkout and the frontend's /checkout fail with it",
        ("HighErrorRate", "ErrorBudgetBurn"),
        errors={("payment", "/charge"): 0.35, ("checkout", "/place"): 0.33, ("frontend", "/checkout"): 0.33},
        edge_failures={("checkout", "payment"): 0.35, ("frontend", "checkout"): 0.30}),
    "catalog-slow": Incident(
        "a database lock makes the catalog 20 times slower; product pages wait for it",
        ("HighLatencyP99",),
        slowdown={("catalog", "/list"): 20, ("catalog", "/get"): 20, ("frontend", "/product/{id}"): 5},
        edge_slowdown={("frontend", "catalog"): 20, ("catalog", "catalog-db"): 60}),
    "queue-backlog": Incident(
        "consumers of the orders topic fall behind by 100 messages a second", ("QueueBacklog",)),
    "crashloop": Incident(
        "recommend runs out of memory every ten seconds and is never ready", ("KubePodCrashLooping",),
        edge_failures={("frontend", "recommend"): 0.5}),
    "node-pressure": Incident(
        "node-b is short of memory; its pods grow towards their limits", ("NodeMemoryPressure",)),
    "bad-deploy": Incident(
        "a new version of search is rolled out and fails 8 % of requests; off is the rollback",
        ("HighErrorRate",),
        errors={("search", "/query"): 0.08, ("search", "/suggest"): 0.08},
        edge_failures={("frontend", "search"): 0.08}),
    "target-down": Incident("the first replica of ads answers 503 to the scrape", ("TargetDown",)),
    "cost-spike": Incident(
        "a GPU node joins and the ml namespace takes six times its share", ("CostSpike",)),
}


class IncidentBook:
    """Windows [start, end) of every incident; end is None while it lasts."""

    def __init__(self, path=None):
        self._path = path
        self._lock = threading.Lock()
        self._windows = {name: [] for name in INCIDENTS}
        if path and os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                self._windows.update({k: v for k, v in json.load(file).items() if k in INCIDENTS})

    def switch(self, name, on, at=None):
        """Starts or ends an incident; repeating the current state changes nothing."""
        with self._lock:
            windows, at = self._windows[name], time.time() if at is None else at
            running = bool(windows) and windows[-1][1] is None
            if on and not running:
                windows.append([at, None])
            elif not on and running:
                windows[-1][1] = at
            else:
                return
            if self._path:
                temporary = f"{self._path}.new"
                with open(temporary, "w", encoding="utf-8") as file:
                    json.dump(self._windows, file)
                os.replace(temporary, self._path)

    def state(self):
        """Everything known, for the HTTP interface."""
        return {name: {"on": self.active(name), "description": incident.description,
                       "alerts": list(incident.alerts), "windows": self.windows(name)}
                for name, incident in INCIDENTS.items()}

    def windows(self, name):
        """All windows of one incident, oldest first."""
        with self._lock:
            return [tuple(window) for window in self._windows[name]]

    def active(self, name, at=None):
        """True if the incident is (or was) on at that time; now when left out."""
        at = time.time() if at is None else at
        return any(start <= at and (end is None or at < end) for start, end in self.windows(name))

    def overlaps(self, name, start, end):
        """The parts of [start, end) during which the incident was on."""
        for begin, finish in self.windows(name):
            low, high = max(start, begin), min(end, end if finish is None else finish)
            if high > low:
                yield low, high

    def seconds(self, name, start, end):
        """How long the incident lasted within [start, end)."""
        return sum(high - low for low, high in self.overlaps(name, start, end))

    def requests(self, name, rps, start, end):
        """Requests that arrived within [start, end) while the incident was on."""
        return sum(load.requests(rps, low, high) for low, high in self.overlaps(name, start, end))

    def affected(self, effect, key):
        """[(incident name, strength)] of the incidents whose `effect` names the key."""
        return [(name, getattr(incident, effect)[key])
                for name, incident in INCIDENTS.items() if key in getattr(incident, effect)]
