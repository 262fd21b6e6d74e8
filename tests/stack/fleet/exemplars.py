# SPDX-License-Identifier: GPL-3.0-or-later
"""Which traces the duration buckets point to.

The page of a service and the trace generator both ask here, so an exemplar
always has the id, the start and the duration of a trace that can exist.
"""
import math

from . import load
from .topology import digest

SLOT_S = 5
_LOWEST_S, _NOTABLE_SHARE = 0.001, 0.01


def trace_id(service, endpoint, bucket, slot):
    """The example of one bucket (index of load.BUCKETS) in one slot of five seconds."""
    return digest("trace", service.name, endpoint.path, bucket, slot)[:32]


def example_s(bucket):
    """The duration that stands for a bucket: the geometric mean of its bounds."""
    return round(math.sqrt((load.BUCKETS[bucket - 1] if bucket else _LOWEST_S) * load.BUCKETS[bucket]), 6)


def notable_buckets(median_s):
    """Indices of the buckets that get a notable share of the requests."""
    bounds = (_LOWEST_S, *load.BUCKETS)
    return [index for index in range(len(load.BUCKETS))
            if load.fraction_below(bounds[index + 1], median_s) - load.fraction_below(bounds[index], median_s)
            > _NOTABLE_SHARE]
