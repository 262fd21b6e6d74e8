# SPDX-License-Identifier: GPL-3.0-or-later
"""Generates traces, sends them to what runs, and tells what a reader must find."""
import time

from fleet.exemplars import SLOT_S
from traces.odd import big_trace, odd_traces
from traces.plain import plain_traces
from traces.send import Backend, dump
from traces.truth import truth

from . import StackError, web
from .directory import server_state

_ARRIVES_S = 30
_MOST_COUNTED = 50_000  # spans; beyond that one look takes longer than it is worth


def generate(count, odd, big, seed):
    """The plain traces, the odd ones and the big one that were asked for."""
    now = time.time()
    # Slots in which the feeder of a running stack has certainly been.
    found = plain_traces(count, int(now / SLOT_S) - 2)
    if odd:
        found += odd_traces(seed, int(now * 1e6))
    if big:
        found.append(big_trace(big, seed, int(now * 1e6)))
    return found


def run(directory, traces, folder):
    """Sends and dumps; yields the truth of each trace with what became of it at each backend."""
    backends = _running(directory) if directory else []
    states = [{backend.kind: _send(backend, trace) for backend in backends} for trace in traces]
    for trace, state in zip(traces, states):
        for backend in backends:
            if state[backend.kind] == "sent":
                _wait(backend, trace)
        if folder:
            dump(folder, trace)
        yield {**truth(trace), "backends": state}


def _running(directory):
    record = directory.load()
    states = {server["name"]: server_state(server) for server in record["servers"]}
    found = [Backend(name, at["url"], at["ingest"]) for name, at in record["traces"].items() if states[name] == "running"]
    if not found:
        raise StackError("no trace backend runs here; start the stack with --traces zipkin,jaeger")
    return found


def _send(backend, trace):
    """'sent', or 'there' for a plain trace that somebody has sent before: a backend would keep it twice."""
    try:
        if trace.kind == "plain" and backend.stored(trace.trace_id):
            return "there"
        backend.send([trace])
        return "sent"
    except OSError as error:
        raise StackError(f"{trace.kind} {trace.trace_id}: {error}") from error


def _wait(backend, trace):
    """Until the backend shows the trace: it may take spans in before it can find them."""
    if len(trace.spans) > _MOST_COUNTED:
        return
    # Backends merge spans of one id.
    enough = len({span.span_id for span in trace.spans})
    if not web.wait_for(lambda: backend.stored(trace.trace_id) >= enough, _ARRIVES_S):
        raise StackError(f"{backend.kind} took {trace.kind} {trace.trace_id} and does not show it after {_ARRIVES_S} s")
