#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends the traces of every slot of five seconds to trace backends, for as long as it runs.

  GET /healthy   200
  GET /          slots and traces sent to each backend, and the last refusal
"""
import argparse
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from fleet.exemplars import SLOT_S
from traces.plain import slot_traces
from traces.send import Backend


class Feeder:
    """Feeds until the process ends.  A slot that a backend refuses is lost, as it would be in earnest."""

    def __init__(self, backends):
        self.backends = backends
        self.state = {backend.kind: {"slots": 0, "traces": 0, "error": None} for backend in backends}

    def run(self):
        """The slot that has begun already may have been sent by an earlier feeder: starts with the next."""
        slot = int(time.time() / SLOT_S) + 1
        while True:
            time.sleep(max(0.0, slot * SLOT_S - time.time()))
            traces = slot_traces(slot)
            for backend in self.backends:
                self._feed(backend, traces)
            # A process that was paused does not make up for what it missed.
            slot = max(slot + 1, int(time.time() / SLOT_S))

    def _feed(self, backend, traces):
        state = self.state[backend.kind]
        try:
            backend.send(traces)
            state["slots"] += 1
            state["traces"] += len(traces)
        except OSError as error:
            state["error"] = str(error)


class Handler(BaseHTTPRequestHandler):
    """Answers with the feeder's state."""

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        """Not worth a line."""

    def do_GET(self):
        """Any path."""
        body = json.dumps(self.server.feeder.state).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main():
    """Reads the options, feeds in the background and answers until ended."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True, help="loopback port to listen on")
    parser.add_argument("--backend", nargs=3, action="append", required=True, metavar=("KIND", "URL", "INGEST"))
    options = parser.parse_args()
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Handler)
    server.feeder = Feeder([Backend(*words) for words in options.backend])
    threading.Thread(target=server.feeder.run, daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
