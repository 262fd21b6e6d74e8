# SPDX-License-Identifier: GPL-3.0-or-later
"""The shop's objectives: one table for the recording rules and the history."""
from dataclasses import dataclass


@dataclass(frozen=True)
class Slo:
    """One objective, with the labels the Sloth generator gives its series."""

    service: str
    name: str
    objective: float
    latency_le: str = ""   # set: good is "faster than this bucket", else "no 5xx"
    endpoint: str = ""     # restricts the indicator to one route

    @property
    def id(self):
        """sloth_id."""
        return f"{self.service}-{self.name}"

    @property
    def budget(self):
        """Share of requests that may be bad."""
        return round(1 - self.objective, 9)

    @property
    def labels(self):
        """Labels of every recorded series of this objective."""
        return {"sloth_id": self.id, "sloth_service": self.service, "sloth_slo": self.name}


SLOS = (
    Slo("frontend", "availability", 0.999),
    Slo("catalog", "availability", 0.999),
    Slo("cart", "availability", 0.999),
    Slo("checkout", "availability", 0.999),
    Slo("payment", "availability", 0.999),
    Slo("search", "availability", 0.995),
    Slo("recommend", "availability", 0.99),
    Slo("giftwrap", "availability", 0.999),
    Slo("catalog", "latency", 0.99, latency_le="0.25", endpoint="/get"),
    Slo("frontend", "latency", 0.95, latency_le="0.5"),
)
