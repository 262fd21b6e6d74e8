# SPDX-License-Identifier: GPL-3.0-or-later
"""Which pods exist at an instant: replica sets, versions, restarts.

Only two incidents change this: `bad-deploy` rolls search out and back, and
`crashloop` restarts the recommend pods.
"""
import time
from dataclasses import dataclass

from .incidents import IncidentBook
from .topology import BY_NAME, NODES, digest, fraction

RESTART_EVERY_S = 10
CRASHING = "recommend"
DEPLOYED = "search"


@dataclass(frozen=True)
class ReplicaSet:
    """One generation of a deployment."""

    name: str
    version: str
    created: float
    replicas: int


@dataclass(frozen=True)
class Pod:
    """One replica of a service."""

    name: str
    service: object
    index: int
    node: object
    replica_set: str
    version: str
    started: float
    restarts: int

    @property
    def weight(self):
        """Share of traffic against its siblings; unequal, or their counters would tick in step."""
        return 0.9 + 0.2 * fraction("weight", self.service.name, self.index)


class Fleet:
    """The topology with its size, its birth and its incidents."""

    def __init__(self, replicas, book=None, started=None):
        self.replicas = replicas
        self.book = book or IncidentBook()
        self.started = time.time() if started is None else started

    def replica_sets(self, service, now):
        """All generations of a service, the oldest first; one of them has replicas."""
        first = self._replica_set(service, service.version, self.started - 3600 * service.deployed_hours_ago)
        generations = [first]
        if service.name == DEPLOYED:
            for count, (start, _) in enumerate(self.book.windows("bad-deploy")):
                if start <= now:
                    generations.append(self._replica_set(service, f"2.0.{count}", start))
        wanted = generations[-1] if self.book.active("bad-deploy", now) else first
        return [ReplicaSet(name, version, created, self.replicas if name == wanted.name else 0)
                for name, version, created in ((g.name, g.version, g.created) for g in generations)]

    def generation(self, service, now):
        """Counts every change of the deployment, roll-backs included."""
        if service.name != DEPLOYED:
            return 1
        return 1 + sum((start <= now) + (end is not None and end <= now)
                       for start, end in self.book.windows("bad-deploy"))

    def pods(self, service, now):
        """The pods that run now."""
        return [self.pod(service, index, now) for index in range(self.replicas)]

    def pod(self, service, index, now):
        """One pod, by the number of its replica."""
        current = next(g for g in self.replica_sets(service, now) if g.replicas)
        started, restarts = self.started, 0
        if service.name == DEPLOYED:
            switches = [t for w in self.book.windows("bad-deploy") for t in w if t is not None and t <= now]
            started = max([started, *switches])
        if service.name == CRASHING:
            for start, end in self.book.windows("crashloop"):
                times = int((min(now, now if end is None else end) - start) / RESTART_EVERY_S)
                if start <= now and times > 0:
                    restarts += times
                    started = max(started, start + times * RESTART_EVERY_S)
        node = NODES[int(digest("node", service.name, index)[:8], 16) % len(NODES)]
        name = f"{current.name}-{digest('pod', current.name, index)[:5]}"
        return Pod(name, service, index, node, current.name, current.version, started, restarts)

    def all_pods(self, now):
        """Every pod of every service."""
        return [pod for service in BY_NAME.values() for pod in self.pods(service, now)]

    @staticmethod
    def _replica_set(service, version, created):
        return ReplicaSet(f"{service.name}-{digest('rs', service.name, version)[:9]}", version, created, 0)
