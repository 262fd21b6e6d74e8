#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that misbehaves on request: every HTTP fault a monitoring client meets, by URL prefix.

    python3 faultserver.py [--tls] [--seconds N]     serves until stdin ends, /quit, or N seconds (default 600)
    python3 faultserver.py --list                    prints the table of scenarios

The first line on stdout is JSON: {"ports": {name: port}, "certs": {file: path}, "pid": n}. All sockets listen on
127.0.0.1 (http6: ::1). Use a scenario as a base address: http://127.0.0.1:PORT/F08/login is a Prometheus and an
Alertmanager at once that answers every path below with a login page; /ok behaves (tinybackend.py).

Ports       http, other (second origin), http6, refused (nobody listens), blackhole (connections are never
            accepted), proxy (works), proxy407, rawhang (accepts, never reads); with --tls: tls_good,
            tls_selfsigned, tls_expired, tls_future, tls_wronghost, tls_unknown, tls_weak, tls_client,
            tls_old (1.0 and 1.1 only), tls_hang (no handshake)
Control     /counters  JSON: requests and connections in all, requests by scenario, by path, answers in flight
            /requests  JSON list, newest last: port, method, target, headers as [name, value]
            /reset     forgets counters, recorded requests and the state of scenarios; /quit ends the server
"""
import argparse
import contextlib
import functools
import gzip
import http
import json
import os
import pathlib
import socket
import ssl
import struct
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter, deque
from email.utils import formatdate
from urllib.parse import parse_qs, urlsplit

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import certs  # noqa: E402
from tinybackend import JSON, Backend, failure, reply, success  # noqa: E402

KEPT_REQUESTS = 5_000
HANG_SECONDS = 60
REASONS = {status.value: status.phrase for status in http.HTTPStatus}
SCENARIOS = {}  # prefix -> (function, what it does)


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
        self.keep = version == "HTTP/1.1" and not any(k.lower() == "connection" and v.lower() == "close" for k, v in headers)
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


def scenario(*prefixes, note):
    def register(function):
        for prefix in prefixes:
            SCENARIOS["/" + prefix] = (function, note)
        return function
    return register


def variant(request):
    """Last word of the scenario's prefix: F04/header -> header."""
    return request.scenario.rsplit("/", 1)[-1]


def served(wire, request, backend, headers=(), **options):
    """What the small backend answers; gzip when the client takes it and it is worth it."""
    status, kind, body = backend.answer(request.method, request.rest, request.params, request.body)
    headers = list(headers)
    if "gzip" in request.header("accept-encoding") and len(body) > 1024:
        body = gzip.compress(body, 1)
        headers.append(("Content-Encoding", "gzip"))
    wire.answer(status, body, kind, headers, **options)


# --- F01 … F05: silence and cut connections -----------------------------------------------------------------


@scenario("ok", note="a small, valid Prometheus and Alertmanager")
def ok(wire, request):
    served(wire, request, STATE.backend("ok"))


@scenario("F01", note="reads the request, never answers (port rawhang: never reads)")
def silent(wire, _request):
    wire.hang()


@scenario("F02/headers", "F02/status", note="whole headers / half a status line, then silence")
def silent_later(wire, request):
    if variant(request) == "headers":
        wire.head(200, [("Content-Type", JSON), ("Content-Length", 5000)])
    else:
        wire.send("HTTP/1.1 20")
    wire.hang()


@scenario("F03/body", "F03/headers", note="one byte a second, in the body / in the headers")
def drip(wire, request):
    if variant(request) == "body":
        wire.head(200, [("Content-Type", JSON), ("Content-Length", 5000)])
        wire.drip(b'{"status":"success","data":' + b" " * 5000)
    wire.drip(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" * 10)


@scenario("F04/header", "F04/body", "F04/short", "F04/empty", "F04/chunk",
          note="RST in the headers / in the body; FIN before Content-Length / without a byte / inside a chunk")
def cut(wire, request):
    how = variant(request)
    if how == "header":
        wire.send("HTTP/1.1 200 OK\r\nContent-Ty")
    elif how in ("body", "short"):
        wire.head(200, [("Content-Type", JSON), ("Content-Length", 5000)])
        wire.send('{"status":"success","data":{"resultType":"vector","result":[')
    elif how == "chunk":
        wire.head(200, [("Content-Type", JSON), ("Transfer-Encoding", "chunked")])
        wire.send('100\r\n{"status":')
    if how in ("header", "body"):
        time.sleep(0.05)  # the bytes shall arrive before the reset throws them away
        wire.reset()
    wire.close()


@scenario("F05", note="JSON cut in the middle, Content-Length fits")
def truncated(wire, _request):
    wire.answer(200, '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"u')


# --- F06 … F09: size and content ----------------------------------------------------------------------------


@scenario("F06/length", "F06/chunks", "F06/close", note="1 GB with Content-Length / in endless chunks / until close")
def huge(wire, request):
    how = variant(request)
    block = b" " * 65536
    framing = {"length": [("Content-Length", 1 << 30)], "chunks": [("Transfer-Encoding", "chunked")], "close": []}[how]
    wire.head(200, [("Content-Type", JSON), *framing])
    for _ in range((1 << 30) // len(block)):
        wire.send(b"10000\r\n" + block + b"\r\n" if how == "chunks" else block)
    wire.close()


@functools.cache
def packed_zeros():
    return gzip.compress(b"\0" * (40 << 20), 6)


@scenario("F07/gzip", "F07/chunked", "F07/stacked", "F07/stackedlines", "F07/br", "F07/zstd", "F07/te", "F07/cut",
          "F07/damaged", "F07/members",
          note="gzip bomb 1000:1 (also in chunks); gzip twice (one header, two headers); br, zstd, TE gzip unasked; "
               "gzip cut, damaged, in two members")
def packed(wire, request):
    how = variant(request)
    plain = success({"resultType": "vector", "result": []})[2]
    bomb = packed_zeros() if how in ("gzip", "chunked") else b""
    small = gzip.compress(plain * 40)
    body, encodings = {
        "gzip": (bomb, ["gzip"]), "chunked": (bomb, ["gzip"]),
        "stacked": (gzip.compress(small), ["gzip, gzip"]), "stackedlines": (gzip.compress(small), ["gzip", "gzip"]),
        "br": (b"\x0b\x02\x80hello\x03", ["br"]), "zstd": (b"\x28\xb5\x2f\xfd\x04\x00", ["zstd"]),
        "te": (small, []), "cut": (small[:-20], ["gzip"]),
        "damaged": (small[:30] + b"\xff\xff\xff\xff" + small[34:], ["gzip"]),
        "members": (gzip.compress(plain[:10]) + gzip.compress(plain[10:]), ["gzip"])}[how]
    headers = [("Content-Encoding", encoding) for encoding in encodings]
    if how == "te":
        wire.head(200, [("Content-Type", JSON), ("Transfer-Encoding", "gzip, chunked")])
        wire.send(f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")
    elif how == "chunked":
        wire.head(200, [("Content-Type", JSON), ("Transfer-Encoding", "chunked"), *headers])
        wire.send(f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")
    else:
        wire.answer(200, body, headers=headers)


@scenario("F08/login", "F08/portal", note="a login page / a captive portal with status 200")
def page(wire, request):
    title = "Sign in" if variant(request) == "login" else "Welcome to GuestNet"
    wire.answer(200, f"<!DOCTYPE html><html><head><title>{title}</title></head><body><form></form></body></html>",
                "text/html; charset=utf-8")


@scenario("F09/204", "F09/empty", "F09/null", "F09/object", "F09/list", note="204; 200 with no body, null, {}, []")
def hollow(wire, request):
    how = variant(request)
    wire.answer(204) if how == "204" else wire.answer(200, {"empty": "", "null": "null", "object": "{}", "list": "[]"}[how])


# --- F10 … F14: redirects and statuses ----------------------------------------------------------------------

CODES = (301, 302, 303, 307, 308)
TARGETS = {"same": "{scenario}/landed", "otherport": "http://127.0.0.1:{other}/ok/landed",
           "otherhost": "http://localhost:{http}/ok/landed", "https": "https://127.0.0.1:{http}/ok/landed",
           "file": "file:///etc/passwd", "gopher": "gopher://127.0.0.1:{other}/1",
           "protorel": "//127.0.0.1:{other}/ok/landed", "user": "http://oncall:pw@127.0.0.1:{other}/ok/landed",
           "noloc": ""}


@scenario(*(f"F10/{code}/{target}" for code in CODES for target in TARGETS),
          note="redirect of that status to the same origin, another port, another host, https, file, gopher, //…, "
               "user@…, without Location")
def redirect(wire, request):
    _, _, code, target = request.scenario.split("/")
    if request.rest == "/landed":
        return wire.answer(*landed())
    location = TARGETS[target].format(scenario=request.scenario, **STATE.ports)
    return wire.answer(int(code), b"moved", "text/plain", [("Location", location)] if location else [])


@scenario("F10/loop", "F10/hops3", "F10/hops4", "F10/relative", note="302 to itself; 3 or 4 redirects, then an answer; relative Location")
def hops(wire, request):
    how = variant(request)
    done = int(request.params.get("hop", ["0"])[0])
    limit = {"loop": 1 << 30, "hops3": 3, "hops4": 4, "relative": 1}[how]
    if done >= limit:
        return wire.answer(*landed())
    location = f"?hop={done + 1}" if how == "relative" else f"{request.scenario}/x?hop={done + 1}"
    return wire.answer(302, b"", "text/plain", [("Location", location)])


def landed():
    status, kind, body = success("landed")
    return status, body, kind


@scenario("F11/401", "F11/403", "F11/need", note="401; 403; 401 unless an Authorization header comes")
def sign_in(wire, request):
    how = variant(request)
    if how == "need" and request.header("authorization"):
        return ok(wire, request)
    if how == "403":
        return wire.answer(403, "Forbidden\n", "text/plain")
    return wire.answer(401, "Unauthorized\n", "text/plain", [("WWW-Authenticate", 'Basic realm="mon"')])


@scenario("F12/seconds", "F12/date", "F12/negative", "F12/huge", "F12/none", note="429 with Retry-After 7, a date 30 s ahead, -5, 10^9, without")
def slow_down(wire, request):
    value = {"seconds": "7", "date": formatdate(time.time() + 30, usegmt=True), "negative": "-5",
             "huge": "1000000000", "none": ""}[variant(request)]
    wire.answer(429, "Too Many Requests\n", "text/plain", [("Retry-After", value)] if value else [])


@scenario("F13/500", "F13/502", "F13/503", "F13/504", "F13/flap", note="that status; 503 on every second request")
def broken(wire, request):
    how = variant(request)
    if how == "flap" and STATE.call(request.scenario) % 2:
        return ok(wire, request)
    return wire.answer(503 if how == "flap" else int(how), "upstream connect error\n", "text/plain")


@scenario("F14/200", "F14/400", "F14/422", "F14/warnings", "F14/infos", "F14/partial",
          note="status:error in a 200, 400, 422; data with warnings, infos, isPartial")
def envelope(wire, request):
    how = variant(request)
    if how.isdigit():
        status, kind, body = failure(int(how), "execution" if how == "422" else "bad_data", "1:5: parse error: unexpected end of input")
        return wire.answer(status, body, kind)
    status, kind, body = STATE.backend("ok").answer(request.method, request.rest, request.params, request.body)
    extra = {"warnings": {"warnings": ["store eu-2 is not available"]}, "partial": {"isPartial": True},
             "infos": {"infos": ["PromQL info: metric might not be a counter"]}}[how]
    return wire.answer(status, json.dumps({**json.loads(body), **extra}), kind)


# --- F15 … F19: what the JSON says --------------------------------------------------------------------------


def vector(*values, metric='{"__name__":"up"}'):
    result = ",".join(f'{{"metric":{metric},"value":{value}}}' for value in values)
    return f'{{"status":"success","data":{{"resultType":"vector","result":[{result}]}}}}'


@scenario("F15/utf8", "F15/surrogate", "F15/nul", "F15/bom", "F15/utf16", note="invalid UTF-8, a lone \\ud800, a NUL byte, a BOM, UTF-16")
def letters(wire, request):
    plain = vector('[1,"1"]', metric='{"__name__":"up","x":"MARK"}').encode()
    body = {"utf8": plain.replace(b"MARK", b"\xff\xfe\x80"), "surrogate": plain.replace(b"MARK", b"\\ud800"),
            "nul": plain.replace(b"MARK", b"a\0b"), "bom": b"\xef\xbb\xbf" + plain,
            "utf16": plain.decode().encode("utf-16")}[variant(request)]
    wire.answer(200, body)


@scenario("F16/depth", "F16/keys", "F16/string", "F16/string64", note="100,000 levels; 10^6 keys; a string of 4 MiB, of 64 MiB")
def excess(wire, request):
    body = {"depth": lambda: '{"status":"success","data":' + "[" * 100_000 + "]" * 100_000 + "}",
            "keys": lambda: vector('[1,"1"]', metric="{" + ",".join(f'"k{n}":"v"' for n in range(1_000_000)) + "}"),
            "string": lambda: vector('[1,"1"]', metric='{"x":"' + "y" * (4 << 20) + '"}'),
            "string64": lambda: vector('[1,"1"]', metric='{"x":"' + "y" * (64 << 20) + '"}')}[variant(request)]()
    wire.answer(200, body)


@scenario("F17/status", "F17/label", note="a duplicate key: status, a label")
def twice(wire, request):
    body = vector('[1,"1"]', metric='{"__name__":"up","job":"a","job":"b"}' if variant(request) == "label" else "{}")
    wire.answer(200, body if variant(request) == "label" else body.replace('"status":', '"status":"error","status":', 1))


@scenario("F18/values", "F18/bare", "F18/ms", "F18/ns", "F18/negative", "F18/future",
          note="odd numbers as strings; bare NaN; timestamps in ms, in ns, negative, far in the future")
def numbers(wire, request):
    now = time.time()
    odd = ("1e400", "-0", "9223372036854775808", "1e-400", "NaN", "+Inf", "-Inf", "0x10", "")
    values = {"values": [f'[{now:.3f},"{text}"]' for text in odd],
              "bare": [f"[{now:.3f},NaN]"], "ms": [f'[{int(now * 1000)},"1"]'], "ns": [f'[{int(now * 1e9)},"1"]'],
              "negative": ['[-5,"1"]'], "future": ['[99999999999,"1"]']}[variant(request)]
    wire.answer(200, vector(*values))


@scenario("F19/ahead", "F19/behind", "F19/nodate", "F19/samples", note="Date 10 min ahead, 10 min behind, absent; samples 10 min ahead")
def skewed(wire, request):
    how = variant(request)
    if how == "samples":
        return wire.answer(200, vector(f'[{time.time() + 600:.3f},"1"]'))
    date = [] if how == "nodate" else [("Date", formatdate(time.time() + (600 if how == "ahead" else -600), usegmt=True))]
    return served(wire, request, STATE.backend("ok"), date, date=False)


# --- F23 … F30: protocol, order, identity -------------------------------------------------------------------


@scenario("F24/http10", "F24/headers1m", "F24/headers10k", "F24/continue", "F24/tecl", "F24/http09", "F24/lengths",
          note="HTTP/1.0 until close; 1 MB and 10^4 header lines; 100 before 200; TE and CL; no HTTP at all; "
               "two different Content-Lengths")
def odd_protocol(wire, request):
    how = variant(request)
    body = success("odd")[2]
    if how == "http10":
        wire.head(200, [("Content-Type", JSON)], version="HTTP/1.0")
        wire.send(body)
        wire.close()
    elif how == "headers1m":
        wire.answer(200, body, headers=[(f"X-Pad-{n}", "p" * 990) for n in range(1024)])
    elif how == "headers10k":
        wire.answer(200, body, headers=[(f"X-{n}", "p" * 20) for n in range(10_000)])
    elif how == "continue":
        wire.head(100, date=False)
        wire.answer(200, body)
    elif how == "tecl":
        wire.head(200, [("Content-Type", JSON), ("Content-Length", 3), ("Transfer-Encoding", "chunked")])
        wire.send(f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")
    elif how == "lengths":
        wire.head(200, [("Content-Type", JSON), ("Content-Length", len(body)), ("Content-Length", len(body) + 7)])
        wire.send(body)
        wire.close()
    else:
        wire.send("SSH-2.0-OpenSSH_9.2\r\n")
        wire.close()


@scenario("F26", "F26/slow", note="the first request is answered after 1 s (slow: 2 s) with the value 1, later ones at once with 2")
def overtaken(wire, request):
    first = STATE.call(request.scenario) == 0
    if first:
        time.sleep(2.0 if variant(request) == "slow" else 1.0)
    wire.answer(200, vector(f'[{time.time():.3f},"{1 if first else 2}"]'))


@scenario("F27/other", "F27/swap", note="another cluster's server; the usual one for 3 requests, then another")
def different(wire, request):
    swapped = variant(request) == "other" or STATE.call(request.scenario) >= 3
    served(wire, request, STATE.backend("F27", cluster="beta", version="2.53.0") if swapped else STATE.backend("ok"))


@scenario("F28", note="12,000 alerts on the first /alerts request, none afterwards")
def vanishing(wire, request):
    many = STATE.backend("F28", alerts=12_000)
    if request.rest.endswith("/alerts") and STATE.call(request.scenario) >= 1:
        many.alerts = 0
    served(wire, request, many)


@scenario("F29", note="restarted 20 s ago, no alerts yet; the alert is back from the third /alerts request on")
def restarted(wire, request):
    young = STATE.backend("F29", alerts=0, uptime=20.0)
    if request.rest.endswith("/alerts") and STATE.call(request.scenario) >= 2:
        young.alerts = 1
    served(wire, request, young)


@scenario("F30", note="503, Limit of concurrent GET requests reached")
def limited(wire, _request):
    wire.answer(503, "Limit of concurrent GET requests reached (8), try again later.\n", "text/plain")


# --- the server ---------------------------------------------------------------------------------------------


def control(wire, request):
    """Answers /counters and its like; False when the path is none of them."""
    if request.path == "/counters":
        with STATE.lock:
            value = {"requests": STATE.requests, "connections": STATE.connections, "in_flight": STATE.in_flight,
                     "by_scenario": STATE.by_scenario, "by_path": STATE.by_path}
            status, kind, body = reply(200, value)
    elif request.path == "/requests":
        with STATE.lock:
            status, kind, body = reply(200, list(STATE.seen))
    elif request.path in ("/reset", "/quit"):
        status, kind, body = reply(200, "done")
        STATE.reset()
    else:
        return False
    wire.answer(status, body, kind)
    if request.path == "/quit":
        STATE.over.set()
    return True


def dispatch(wire, request):
    found = max((prefix for prefix in SCENARIOS if (request.path + "/").startswith(prefix + "/")), key=len, default=None)
    request.scenario = found or ""
    request.rest = request.path[len(request.scenario):]
    with STATE.lock:
        STATE.requests += 1
        STATE.in_flight += 1
        STATE.by_scenario[request.scenario] += 1
        STATE.by_path[request.path] += 1
        STATE.seen.append({"port": request.port, "method": request.method, "target": request.target,
                           "headers": request.headers, "body": len(request.body)})
    try:
        if found:
            SCENARIOS[found][0](wire, request)
        else:
            wire.answer(404, b"no such scenario\n", "text/plain")
    finally:
        with STATE.lock:
            STATE.in_flight -= 1


def converse(wire):
    """All requests of one connection. A client that leaves in the middle is no error here."""
    with STATE.lock:
        STATE.connections += 1
    with contextlib.suppress(OSError, ValueError):
        while wire.keep:
            request = wire.read_request()
            if request is None:
                break
            if wire.port == "proxy407":
                wire.answer(407, b"", "text/plain", [("Proxy-Authenticate", 'Basic realm="proxy"')])
            elif request.method == "CONNECT":
                wire.send("HTTP/1.1 200 Connection established\r\n\r\n")
            elif request.port != "http" or not control(wire, request):
                dispatch(wire, request)
    wire.close()


def greet(sock, port, context):
    if port in ("rawhang", "tls_hang"):
        time.sleep(HANG_SECONDS)
    elif context:
        plain = sock.dup()
        try:
            sock.settimeout(5)
            sock = context.wrap_socket(sock, server_side=True)
            sock.settimeout(None)
        except OSError:
            return part(plain)
        plain.close()
    return converse(Wire(sock, port))


def part(sock):
    """Ends a connection so that what was sent last, such as a TLS alert, arrives: no reset."""
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(2)
        while sock.recv(65536):
            pass
    sock.close()


def accept_for_ever(listener, port, context):
    while True:
        sock, _ = listener.accept()
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=greet, args=(sock, port, context), daemon=True).start()


def listen(name, family=socket.AF_INET, context=None, backlog=128):
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", 0))
    STATE.ports[name] = listener.getsockname()[1]
    listener.listen(backlog)
    threading.Thread(target=accept_for_ever, args=(listener, name, context), daemon=True).start()


def refuse():
    """A port nobody listens on, kept ours by being bound."""
    holder = socket.socket()
    holder.bind(("127.0.0.1", 0))
    STATE.ports["refused"] = holder.getsockname()[1]
    return holder


def swallow():
    """A full backlog that is never emptied: the kernel drops every further SYN."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    STATE.ports["blackhole"] = listener.getsockname()[1]
    fillers = []
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(listener.getsockname())
        fillers.append(filler)
    return [listener, *fillers]


def listen_tls(made):
    def context(name):
        made_for = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made_for.set_ciphers("DEFAULT@SECLEVEL=0")
        made_for.load_cert_chain(made[f"{name}.crt"], made[f"{name}.key"])
        return made_for
    for name in ("good", "selfsigned", "expired", "future", "wronghost", "unknown", "weak"):
        listen(f"tls_{name}", context=context(name))
    asking = context("good")
    asking.verify_mode = ssl.CERT_REQUIRED
    asking.load_verify_locations(made["ca.crt"])
    listen("tls_client", context=asking)
    old = context("good")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    listen("tls_old", context=old)
    listen("tls_hang")


def print_list():
    rows = {}
    for prefix, (_, note) in SCENARIOS.items():
        rows.setdefault(note, []).append(prefix)
    for note, prefixes in rows.items():
        shown = prefixes if len(prefixes) <= 12 else [*prefixes[:2], f"… {len(prefixes)} in all", prefixes[-1]]
        print(" ".join(shown), "\n    ", note)


def main():
    parser = argparse.ArgumentParser(description="Misbehaving HTTP server for tests.")
    parser.add_argument("--tls", action="store_true", help="also open the TLS ports")
    parser.add_argument("--seconds", type=float, default=600.0, help="end after this long at the latest")
    parser.add_argument("--list", action="store_true", help="print the scenarios and end")
    options = parser.parse_args()
    if options.list:
        return print_list()
    warnings.simplefilter("ignore", DeprecationWarning)  # TLS 1.0 is offered on purpose
    with tempfile.TemporaryDirectory(prefix="faultserver-") as folder:
        made = certs.make(folder) if options.tls else {}
        kept = [refuse(), swallow()]
        for name in ("http", "other", "proxy", "proxy407", "rawhang"):
            listen(name)
        with contextlib.suppress(OSError):  # a machine without IPv6 has no such port, and the tests see that
            listen("http6", socket.AF_INET6)
        if options.tls:
            listen_tls(made)
        print(json.dumps({"ports": STATE.ports, "certs": made, "pid": os.getpid()}), flush=True)
        threading.Thread(target=lambda: (sys.stdin.read(), STATE.over.set()), daemon=True).start()
        STATE.over.wait(options.seconds)
        del kept
    os._exit(0)  # connections may still hang in their threads


if __name__ == "__main__":
    main()
