# SPDX-License-Identifier: GPL-3.0-or-later
"""Chooses free loopback ports.

A server that is stopped and started again must find its port still free, so
ports the kernel hands out to outgoing connections are avoided.
"""
import os
import random
import socket

from . import StackError

_LOWEST, _HIGHEST = 20000, 31999


def _ephemeral():
    try:
        with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
            low, high = map(int, file.read().split())
    except (OSError, ValueError):
        low, high = 32768, 60999
    return range(low, high + 1)


def _is_free(port):
    # Alertmanager's gossip uses TCP and UDP on one number.
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


class FreePorts:
    """Hands out ports on which nothing listens, none twice: those handed out are not yet listened on."""

    def __init__(self):
        kept_for_clients = _ephemeral()
        self._candidates = [port for port in range(_LOWEST, _HIGHEST + 1) if port not in kept_for_clients]
        random.shuffle(self._candidates)
        # Two stacks that start at once look at the same ports: each begins in a stretch of its own.
        stretch = os.getpid() % 12
        self._candidates.sort(key=lambda port: (port - _LOWEST) // 1000 == stretch)

    def take(self, count):
        """`count` of them; StackError when there are not enough."""
        found = []
        while len(found) < count and self._candidates:
            port = self._candidates.pop()
            if _is_free(port):
                found.append(port)
        if len(found) < count:
            raise StackError(f"no {count} free loopback ports between {_LOWEST} and {_HIGHEST}")
        return found
