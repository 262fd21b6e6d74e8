# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections of the fault server: what was asked, and raw ways of answering it. Also what it counts."""

import contextlib
import http
import socket
import struct
import threading
import time
from collections import Counter, deque
from email.utils import formatdate
from urllib.parse import parse_qs, urlsplit

from tinybackend import JSON, Backend

KEPT_REQUESTS = 5_000
HANG_SECONDS = 60
REASONS = {status.value: status.phrase for status in http.HTTPStatus}


class State:
    """What the control addresses show; shared by all connections."""

    def __init__(self):
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.ports = {}
        self.reset()

    def reset(self):
        with self.lock:
            self.requests, self.connections, self.in_flight = 0, 0, 0
            self.by_scenario, self.by_path, self.calls = Counter(), Counter(), Counter()
            self.seen = deque(maxlen=KEPT_REQUESTS)
            self.backends = {}

    def call(self, name):
        """0 for the first call under this name, then 1, 2 …"""
        with self.lock:
            self.calls[name] += 1
            return self.calls[name] - 1

    def backend(self, name, **settings):
        with self.lock:
            return self.backends.setdefault(name, Backend(**settings))


STATE = State()


class Request:
    def __init__(self, method, target, headers, body, port):
        self.method, self.target, self.headers, self.body, self.port = method, target, headers, body, port
        parts = urlsplit(target)
        self.path, self.params = parts.path, parse_qs(parts.query, keep_blank_values=True)
        if self.header("content-type").startswith("application/x-www-form-urlencoded"):
            for name, values in parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True).items():
                self.params.setdefault(name, []).extend(values)
        self.scenario = self.rest = ""

    def header(self, name):
        return next((value for key, value in self.headers if key.lower() == name), "")


class Wire:
    """One accepted connection."""

    def __init__(self, sock, port):
        self.sock, self.port, self.buffer, self.keep = sock, port, b"", True

    def read_request(self):
        """The next request, or None at the end of the connection."""
        while b"\r\n\r\n" not in self.buffer:
            data = self.sock.recv(65536)
            if not data or len(self.buffer) > 1 << 20:
                return None
            self.buffer += data
            if self.buffer.startswith(b"\x16\x03"):  # a TLS client at the wrong door
                self.send("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTPS request to an HTTP server.\n")
                return None
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        lines = head.decode("latin-1").split("\r\n")
        method, target, version = lines[0].split(" ", 2)
        headers = [tuple(part.strip() for part in line.split(":", 1)) for line in lines[1:] if ":" in line]
        length = int(next((v for k, v in headers if k.lower() == "content-length"), 0))
        while len(self.buffer) < length:
            data = self.sock.recv(65536)
            if not data:
                return None
            self.buffer += data
        body, self.buffer = self.buffer[:length], self.buffer[length:]
        self.keep = version == "HTTP/1.1" and not any(
            k.lower() == "connection" and v.lower() == "close" for k, v in headers
        )
        return Request(method, target, headers, body, self.port)

    def send(self, data):
        self.sock.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))

    def head(self, status, headers=(), date=True, version="HTTP/1.1"):
        lines = [f"{version} {status} {REASONS.get(status, 'Status')}"]
        if date is True:
            lines.append(f"Date: {formatdate(usegmt=True)}")
        lines += [f"{name}: {value}" for name, value in headers]
        self.send("\r\n".join(lines) + "\r\n\r\n")

    def answer(self, status, body=b"", kind=JSON, headers=(), **options):
        body = body if isinstance(body, bytes) else body.encode()
        framing = [] if status == 204 else [("Content-Type", kind), ("Content-Length", len(body))]
        self.head(status, framing + list(headers), **options)
        self.send(body)

    def reset(self):
        """RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def close(self):
        self.keep = False
        with contextlib.suppress(OSError):
            self.sock.close()

    def hang(self, seconds=HANG_SECONDS):
        """Keeps the connection open and silent until the client leaves."""
        self.sock.settimeout(seconds)
        with contextlib.suppress(OSError):
            while self.sock.recv(65536):
                pass
        self.close()

    def drip(self, data, pause=1.0):
        for byte in data:
            self.send(bytes([byte]))
            time.sleep(pause)
