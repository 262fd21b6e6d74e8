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
import json
import os
import socket
import ssl
import sys
import tempfile
import threading
import time
import warnings

import certs
from faultscenarios import SCENARIOS
from faultwire import HANG_SECONDS, STATE, Wire
from tinybackend import reply


def control(wire, request):
    """Answers /counters and its like; False when the path is none of them."""
    if request.path == "/counters":
        with STATE.lock:
            value = {
                "requests": STATE.requests,
                "connections": STATE.connections,
                "in_flight": STATE.in_flight,
                "by_scenario": STATE.by_scenario,
                "by_path": STATE.by_path,
            }
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
    found = max(
        (prefix for prefix in SCENARIOS if (request.path + "/").startswith(prefix + "/")), key=len, default=None
    )
    request.scenario = found or ""
    request.rest = request.path[len(request.scenario) :]
    with STATE.lock:
        STATE.requests += 1
        STATE.in_flight += 1
        STATE.by_scenario[request.scenario] += 1
        STATE.by_path[request.path] += 1
        STATE.seen.append(
            {
                "port": request.port,
                "method": request.method,
                "target": request.target,
                "headers": request.headers,
                "body": len(request.body),
            }
        )
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
