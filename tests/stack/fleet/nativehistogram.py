# SPDX-License-Identifier: GPL-3.0-or-later
"""Native histograms in Prometheus' protobuf exposition format.

Written by hand because nothing but a protobuf answer can carry a native
histogram to Prometheus 2.  Field numbers are those of io.prometheus.client.
"""
import struct

from . import load
from .requests import duration_parts, error_count
from .topology import BY_NAME

CONTENT_TYPE = "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
NAME = "rpc_server_duration_seconds"
HTTP_NAME = "http_server_request_duration_seconds"
SERVICES = ("frontend", "catalog", "cart", "checkout")
SCHEMA = 3  # eight buckets for each power of two
_TYPE_HISTOGRAM = 4


def varint(value):
    """An unsigned number of any size."""
    value &= (1 << 64) - 1
    out = bytearray()
    while True:
        value, low = value >> 7, value & 0x7F
        out.append(low | (0x80 if value else 0))
        if not value:
            return bytes(out)


def zigzag(value):
    """A signed number, mapped so that small magnitudes stay short."""
    return varint((value << 1) ^ (value >> 63))


def field_varint(number, encoded):
    """A field that holds a varint."""
    return varint(number << 3) + encoded


def field_bytes(number, payload):
    """A field that holds text, a packed list or a message."""
    payload = payload.encode() if isinstance(payload, str) else payload
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def field_double(number, value):
    """A field that holds a double."""
    return varint(number << 3 | 1) + struct.pack("<d", value)


def bucket_counts(parts):
    """{index: requests} of the mixture; bucket i ends at 2^(i / 2^SCHEMA)."""
    def edge(index):
        return 2.0 ** (index / 2**SCHEMA)

    counts = {}
    for index in range(-88, 56):
        low, high = edge(index - 1), edge(index)
        count = int(sum(n * (load.fraction_below(high, m) - load.fraction_below(low, m)) for n, m in parts))
        if count > 0:
            counts[index] = count
    return counts


def encode_histogram(counts, sum_s):
    """The Histogram message: spans of neighbouring buckets, counts as differences."""
    spans, deltas, before, last = [], b"", 0, None
    for index in sorted(counts):
        if last is not None and index == last + 1:
            spans[-1][1] += 1
        else:
            spans.append([index if last is None else index - last - 1, 1])
        deltas += zigzag(counts[index] - before)
        before, last = counts[index], index
    message = field_varint(1, varint(sum(counts.values()))) + field_double(2, sum_s)
    message += field_varint(5, zigzag(SCHEMA)) + field_double(6, 1e-6) + field_varint(7, varint(0))
    for offset, length in spans:
        message += field_bytes(12, field_varint(1, zigzag(offset)) + field_varint(2, varint(length)))
    return message + field_bytes(13, deltas)


def encode_metric(labels, parts):
    """One series: its labels, and the requests of a mixture."""
    sum_s = round(sum(count * load.mean_s(median) for count, median in parts), 4)
    pairs = b"".join(field_bytes(1, field_bytes(1, key) + field_bytes(2, value)) for key, value in labels.items())
    return field_bytes(4, pairs + field_bytes(7, encode_histogram(bucket_counts(parts), sum_s)))


def encode_family(name, text, metrics):
    """The MetricFamily message, its length in front."""
    family = field_bytes(1, name) + field_bytes(2, text) + field_varint(3, varint(_TYPE_HISTOGRAM)) + metrics
    return varint(len(family)) + family


def native_page(fleet, now):
    """The whole answer: one family, one histogram for each service listed."""
    metrics = b""
    for name in SERVICES:
        service, parts = BY_NAME[name], []
        for endpoint in service.endpoints:
            parts += duration_parts(fleet.book, service, endpoint, endpoint.rps * fleet.replicas, fleet.started, now)
        metrics += encode_metric({"service": name}, parts)
    return encode_family(NAME, "Time to serve a call, as a native histogram.", metrics)


def native_http_page(fleet, now):
    """The same services as OpenTelemetry names them, by route and status: histograms and nothing else.

    Not among the targets; a server that scrapes only this knows requests from native histograms alone.
    """
    metrics = b""
    for name in SERVICES:
        service = BY_NAME[name]
        for endpoint in service.endpoints:
            rps = endpoint.rps * fleet.replicas
            parts = duration_parts(fleet.book, service, endpoint, rps, fleet.started, now)
            total = sum(count for count, _ in parts)
            share = error_count(fleet.book, service, endpoint, rps, fleet.started, now) / total if total else 0
            for code, part in (("200", 1 - share), ("500", share)):
                labels = {"service_name": name, "http_route": endpoint.path, "http_response_status_code": code}
                metrics += encode_metric(labels, [(count * part, median) for count, median in parts])
    return encode_family(HTTP_NAME, "Time to serve a request, as a native histogram.", metrics)
