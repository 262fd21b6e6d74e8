# SPDX-License-Identifier: GPL-3.0-or-later
"""A generated trace, before it is written in any format.

Times are whole microseconds since the epoch: what every format and every
backend can keep exactly.
"""
from dataclasses import dataclass, field

KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")  # the index is OTLP's number


@dataclass
class Event:
    """Something that happened within a span."""

    at_us: int
    name: str
    attributes: dict = field(default_factory=dict)


@dataclass
class Span:  # pylint: disable=too-many-instance-attributes
    """One span; ids are hexadecimal, `parent` is empty for a root."""

    span_id: str
    service: str
    name: str
    start_us: int
    duration_us: int
    parent: str = ""
    kind: str = "server"
    failed: str = ""  # the message of the error status; empty: no error
    attributes: dict = field(default_factory=dict)
    events: list = field(default_factory=list)
    links: list = field(default_factory=list)  # (trace id, span id)

    @property
    def end_us(self):
        """The moment after the last one."""
        return self.start_us + self.duration_us


@dataclass
class Trace:
    """Spans of one id, in an order of no meaning; `kind` says what is particular about them."""

    kind: str
    trace_id: str
    spans: list
