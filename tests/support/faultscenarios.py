# SPDX-License-Identifier: GPL-3.0-or-later
"""The scenarios of the fault server: one function for each row of faults, registered by URL prefix."""

import functools
import gzip
import json
import time
from email.utils import formatdate

from faultwire import STATE
from tinybackend import JSON, failure, success

SCENARIOS = {}  # prefix -> (function, what it does)


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


@scenario(
    "F04/header",
    "F04/body",
    "F04/short",
    "F04/empty",
    "F04/chunk",
    note="RST in the headers / in the body; FIN before Content-Length / without a byte / inside a chunk",
)
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


@scenario(
    "F07/gzip",
    "F07/chunked",
    "F07/stacked",
    "F07/stackedlines",
    "F07/br",
    "F07/zstd",
    "F07/te",
    "F07/cut",
    "F07/damaged",
    "F07/members",
    note="gzip bomb 1000:1 (also in chunks); gzip twice (one header, two headers); br, zstd, TE gzip unasked; "
    "gzip cut, damaged, in two members",
)
def packed(wire, request):
    how = variant(request)
    plain = success({"resultType": "vector", "result": []})[2]
    bomb = packed_zeros() if how in ("gzip", "chunked") else b""
    small = gzip.compress(plain * 40)
    body, encodings = {
        "gzip": (bomb, ["gzip"]),
        "chunked": (bomb, ["gzip"]),
        "stacked": (gzip.compress(small), ["gzip, gzip"]),
        "stackedlines": (gzip.compress(small), ["gzip", "gzip"]),
        "br": (b"\x0b\x02\x80hello\x03", ["br"]),
        "zstd": (b"\x28\xb5\x2f\xfd\x04\x00", ["zstd"]),
        "te": (small, []),
        "cut": (small[:-20], ["gzip"]),
        "damaged": (small[:30] + b"\xff\xff\xff\xff" + small[34:], ["gzip"]),
        "members": (gzip.compress(plain[:10]) + gzip.compress(plain[10:]), ["gzip"]),
    }[how]
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
    wire.answer(
        200,
        f"<!DOCTYPE html><html><head><title>{title}</title></head><body><form></form></body></html>",
        "text/html; charset=utf-8",
    )


@scenario("F09/204", "F09/empty", "F09/null", "F09/object", "F09/list", note="204; 200 with no body, null, {}, []")
def hollow(wire, request):
    how = variant(request)
    (
        wire.answer(204)
        if how == "204"
        else wire.answer(200, {"empty": "", "null": "null", "object": "{}", "list": "[]"}[how])
    )


# --- F10 … F14: redirects and statuses ----------------------------------------------------------------------

CODES = (301, 302, 303, 307, 308)
TARGETS = {
    "same": "{scenario}/landed",
    "otherport": "http://127.0.0.1:{other}/ok/landed",
    "otherhost": "http://localhost:{http}/ok/landed",
    "https": "https://127.0.0.1:{http}/ok/landed",
    "file": "file:///etc/passwd",
    "gopher": "gopher://127.0.0.1:{other}/1",
    "protorel": "//127.0.0.1:{other}/ok/landed",
    "user": "http://oncall:pw@127.0.0.1:{other}/ok/landed",
    "noloc": "",
}


@scenario(
    *(f"F10/{code}/{target}" for code in CODES for target in TARGETS),
    note="redirect of that status to the same origin, another port, another host, https, file, gopher, //…, "
    "user@…, without Location",
)
def redirect(wire, request):
    _, _, code, target = request.scenario.split("/")
    if request.rest == "/landed":
        return wire.answer(*landed())
    location = TARGETS[target].format(scenario=request.scenario, **STATE.ports)
    return wire.answer(int(code), b"moved", "text/plain", [("Location", location)] if location else [])


@scenario(
    "F10/loop",
    "F10/hops3",
    "F10/hops4",
    "F10/relative",
    note="302 to itself; 3 or 4 redirects, then an answer; relative Location",
)
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


@scenario(
    "F12/seconds",
    "F12/date",
    "F12/negative",
    "F12/huge",
    "F12/none",
    note="429 with Retry-After 7, a date 30 s ahead, -5, 10^9, without",
)
def slow_down(wire, request):
    value = {
        "seconds": "7",
        "date": formatdate(time.time() + 30, usegmt=True),
        "negative": "-5",
        "huge": "1000000000",
        "none": "",
    }[variant(request)]
    wire.answer(429, "Too Many Requests\n", "text/plain", [("Retry-After", value)] if value else [])


@scenario("F13/500", "F13/502", "F13/503", "F13/504", "F13/flap", note="that status; 503 on every second request")
def broken(wire, request):
    how = variant(request)
    if how == "flap" and STATE.call(request.scenario) % 2:
        return ok(wire, request)
    return wire.answer(503 if how == "flap" else int(how), "upstream connect error\n", "text/plain")


@scenario(
    "F14/200",
    "F14/400",
    "F14/422",
    "F14/warnings",
    "F14/infos",
    "F14/partial",
    note="status:error in a 200, 400, 422; data with warnings, infos, isPartial",
)
def envelope(wire, request):
    how = variant(request)
    if how.isdigit():
        status, kind, body = failure(
            int(how), "execution" if how == "422" else "bad_data", "1:5: parse error: unexpected end of input"
        )
        return wire.answer(status, body, kind)
    status, kind, body = STATE.backend("ok").answer(request.method, request.rest, request.params, request.body)
    extra = {
        "warnings": {"warnings": ["store eu-2 is not available"]},
        "partial": {"isPartial": True},
        "infos": {"infos": ["PromQL info: metric might not be a counter"]},
    }[how]
    return wire.answer(status, json.dumps({**json.loads(body), **extra}), kind)


# --- F15 … F19: what the JSON says --------------------------------------------------------------------------


def vector(*values, metric='{"__name__":"up"}'):
    result = ",".join(f'{{"metric":{metric},"value":{value}}}' for value in values)
    return f'{{"status":"success","data":{{"resultType":"vector","result":[{result}]}}}}'


@scenario(
    "F15/utf8",
    "F15/surrogate",
    "F15/nul",
    "F15/bom",
    "F15/utf16",
    note="invalid UTF-8, a lone \\ud800, a NUL byte, a BOM, UTF-16",
)
def letters(wire, request):
    plain = vector('[1,"1"]', metric='{"__name__":"up","x":"MARK"}').encode()
    body = {
        "utf8": plain.replace(b"MARK", b"\xff\xfe\x80"),
        "surrogate": plain.replace(b"MARK", b"\\ud800"),
        "nul": plain.replace(b"MARK", b"a\0b"),
        "bom": b"\xef\xbb\xbf" + plain,
        "utf16": plain.decode().encode("utf-16"),
    }[variant(request)]
    wire.answer(200, body)


@scenario(
    "F16/depth",
    "F16/keys",
    "F16/string",
    "F16/string64",
    note="100,000 levels; 10^6 keys; a string of 4 MiB, of 64 MiB",
)
def excess(wire, request):
    body = {
        "depth": lambda: '{"status":"success","data":' + "[" * 100_000 + "]" * 100_000 + "}",
        "keys": lambda: vector('[1,"1"]', metric="{" + ",".join(f'"k{n}":"v"' for n in range(1_000_000)) + "}"),
        "string": lambda: vector('[1,"1"]', metric='{"x":"' + "y" * (4 << 20) + '"}'),
        "string64": lambda: vector('[1,"1"]', metric='{"x":"' + "y" * (64 << 20) + '"}'),
    }[variant(request)]()
    wire.answer(200, body)


@scenario("F17/status", "F17/label", note="a duplicate key: status, a label")
def twice(wire, request):
    body = vector('[1,"1"]', metric='{"__name__":"up","job":"a","job":"b"}' if variant(request) == "label" else "{}")
    wire.answer(
        200, body if variant(request) == "label" else body.replace('"status":', '"status":"error","status":', 1)
    )


@scenario(
    "F18/values",
    "F18/bare",
    "F18/ms",
    "F18/ns",
    "F18/negative",
    "F18/future",
    note="odd numbers as strings; bare NaN; timestamps in ms, in ns, negative, far in the future",
)
def numbers(wire, request):
    now = time.time()
    odd = ("1e400", "-0", "9223372036854775808", "1e-400", "NaN", "+Inf", "-Inf", "0x10", "")
    values = {
        "values": [f'[{now:.3f},"{text}"]' for text in odd],
        "bare": [f"[{now:.3f},NaN]"],
        "ms": [f'[{int(now * 1000)},"1"]'],
        "ns": [f'[{int(now * 1e9)},"1"]'],
        "negative": ['[-5,"1"]'],
        "future": ['[99999999999,"1"]'],
    }[variant(request)]
    wire.answer(200, vector(*values))


@scenario(
    "F19/ahead",
    "F19/behind",
    "F19/nodate",
    "F19/samples",
    note="Date 10 min ahead, 10 min behind, absent; samples 10 min ahead",
)
def skewed(wire, request):
    how = variant(request)
    if how == "samples":
        return wire.answer(200, vector(f'[{time.time() + 600:.3f},"1"]'))
    date = (
        [] if how == "nodate" else [("Date", formatdate(time.time() + (600 if how == "ahead" else -600), usegmt=True))]
    )
    return served(wire, request, STATE.backend("ok"), date, date=False)


# --- F23 … F30: protocol, order, identity -------------------------------------------------------------------


@scenario(
    "F24/http10",
    "F24/headers1m",
    "F24/headers10k",
    "F24/continue",
    "F24/tecl",
    "F24/http09",
    "F24/lengths",
    note="HTTP/1.0 until close; 1 MB and 10^4 header lines; 100 before 200; TE and CL; no HTTP at all; "
    "two different Content-Lengths",
)
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


@scenario(
    "F26",
    "F26/slow",
    note="the first request is answered after 1 s (slow: 2 s) with the value 1, later ones at once with 2",
)
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
