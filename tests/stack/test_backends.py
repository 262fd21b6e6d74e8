#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The stack with real trace backends: they start, keep to loopback, hold what was sent, and end."""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import needs  # noqa: E402
from live import processes, web  # noqa: E402
from traces.send import Backend  # noqa: E402

NAMES = needs.trace_backends()


def stack(*arguments, environment=None):
    """Runs stack.py; the completed process."""
    return subprocess.run([sys.executable, os.path.join(HERE, "stack.py"), *arguments], capture_output=True,
                          text=True, check=False, env=environment, timeout=180)


def listening(pid):
    """Addresses (hexadecimal) on which a process listens, TCP of both families."""
    inodes = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            inodes.add(os.readlink(f"/proc/{pid}/fd/{name}"))
        except OSError:
            continue
    found = []
    for table in ("tcp", "tcp6"):
        with open(f"/proc/{pid}/net/{table}", encoding="ascii") as file:
            rows = [line.split() for line in file.readlines()[1:]]
        found += [row[1].split(":")[0] for row in rows if row[3] == "0A" and f"socket:[{row[9]}]" in inodes]
    return found


LOOPBACK = {"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"}


class Backends(unittest.TestCase):
    """One stack with every backend that is installed."""

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="bw-stack-")
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        cls.addClassCleanup(stack, "down", "--dir", cls.dir)
        done = stack("up", "--dir", cls.dir, "--traces", ",".join(NAMES))
        if done.returncode:
            raise AssertionError(done.stderr)
        cls.record = json.loads(done.stdout)
        cls.backends = [Backend(name, at["url"], at["ingest"]) for name, at in cls.record["traces"].items()]

    def server(self, name):
        """An entry of the record as it is now."""
        with open(os.path.join(self.dir, "stack.json"), encoding="utf-8") as file:
            return next(s for s in json.load(file)["servers"] if s["name"] == name)

    def send(self, *arguments):
        """[truth] of what `traces` sent."""
        done = stack("traces", "--dir", self.dir, *arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_record_and_configuration(self):
        self.assertEqual(list(self.record["traces"]), NAMES)
        with open(os.path.join(self.record["config"], "bridgewatch.yaml"), encoding="utf-8") as file:
            text = file.read()
        for name, at in self.record["traces"].items():
            self.assertIn(f"  - id: {name}\n    kind: {name}\n    url: {at['url']}\n", text)

    def test_only_loopback(self):
        for server in self.record["servers"]:
            found = listening(self.server(server["name"])["pid"])
            self.assertTrue(found, server["name"])
            self.assertLessEqual(set(found), LOOPBACK, server["name"])

    def test_every_trace_is_held_whole(self):
        sent = self.send("--n", "20", "--odd", "--big", "3000")
        self.assertEqual(len(sent), 37)
        for facts in sent:
            for backend in self.backends:
                self.assertEqual(backend.stored(facts["traceId"]), facts["spans"], (backend.kind, facts))

    def test_a_plain_trace_is_not_sent_twice(self):
        plain = self.send("--n", "6", "--dump", os.path.join(self.dir, "dump"))
        again = {facts["traceId"]: facts for facts in self.send("--n", "30")}
        both = [facts for facts in plain if facts["traceId"] in again]
        self.assertTrue(both)
        for facts in both:
            self.assertEqual(set(again[facts["traceId"]]["backends"].values()), {"there"})
            for backend in self.backends:
                self.assertEqual(backend.stored(facts["traceId"]), facts["spans"])
        kinds = {name.split(".", 1)[1] for name in os.listdir(os.path.join(self.dir, "dump"))}
        self.assertEqual(kinds, {"otlp.json", "zipkin.json", "jaeger.json", "truth.json"})

    def test_exemplars_lead_to_traces(self):
        began = time.time()

        def linked():
            query = urllib.parse.urlencode({"query": 'http_request_duration_seconds_bucket{service="frontend"}',
                                            "start": began, "end": time.time()})
            data = web.fetch_json(f"{self.record['prometheus']}/api/v1/query_exemplars?{query}")["data"]
            ids = {exemplar["labels"]["trace_id"] for series in data for exemplar in series["exemplars"]}
            return ids if ids and all(backend.stored(one) for one in ids for backend in self.backends) else None

        self.assertTrue(web.wait_for(linked, 40, pause=1), "every exemplar of the frontend must have its trace")

    def test_a_backend_can_be_killed_and_restarted(self):
        name = NAMES[0]
        self.assertEqual(stack("kill", "--dir", self.dir, name).returncode, 0)
        done = stack("traces", "--dir", self.dir, "--n", "1")
        if len(NAMES) == 1:
            self.assertEqual(done.returncode, 1)
            self.assertIn("no trace backend runs here", done.stderr)
        else:
            self.assertEqual(list(json.loads(done.stdout)["backends"]), NAMES[1:])
        done = stack("start", "--dir", self.dir, name)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.send("--n", "1")[0]["backends"][name], "sent")
        done = stack("kill", "--dir", self.dir, "trace-feeder")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(stack("start", "--dir", self.dir, "trace-feeder").returncode, 0)


class Ending(unittest.TestCase):
    """Nothing is left behind."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="bw-stack-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.addCleanup(stack, "down", "--dir", self.dir)

    def test_down_ends_everything(self):
        done = stack("up", "--dir", self.dir, "--replicas", "1", "--no-wait", "--traces", NAMES[0])
        self.assertEqual(done.returncode, 0, done.stderr)
        record = json.loads(done.stdout)
        self.assertEqual(stack("traces", "--dir", self.dir, "--n", "5").returncode, 0)
        done = stack("down", "--dir", self.dir, "--purge")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("trace-feeder", done.stdout)
        for server in record["servers"]:
            self.assertEqual(processes.state(server["pid"], server["start_ticks"]), "stopped", server["name"])
            with socket.socket() as probe:
                self.assertNotEqual(probe.connect_ex(("127.0.0.1", urllib.parse.urlsplit(server["url"]).port)), 0, server["name"])
        self.assertFalse(os.path.exists(self.dir))


class Asking(unittest.TestCase):
    """What is not to be had is said, and nothing is started for it."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="bw-stack-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)

    def refused(self, *arguments, path=None):
        """Standard error of a command that must fail, with an empty cache folder."""
        environment = {**os.environ, "XDG_CACHE_HOME": os.path.join(self.dir, "cache"), "PATH": path or os.environ["PATH"]}
        if path:
            environment["BW_GO_BIN"] = path
        done = stack(*arguments, environment=environment)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.dir, "stack.json")))
        return done.stderr

    def test_what_cannot_be_had(self):
        self.assertIn("not available", self.refused("up", "--dir", self.dir, "--traces", "zipkin,victoriatraces"))
        self.assertIn("not available", self.refused("install", "--traces", "tempo"))
        self.assertIn("there are zipkin, jaeger", self.refused("up", "--dir", self.dir, "--traces", "zipkim"))

    def test_what_is_not_installed(self):
        for name in ("zipkin", "jaeger"):
            self.assertIn(f"stack.py install --traces {name}", self.refused("up", "--dir", self.dir, "--traces", name))

    def test_missing_tools_are_named(self):
        self.assertIn("Debian package: maven", self.refused("install", "--traces", "zipkin", path=self.dir))
        self.assertIn("go 1.24.6 or newer", self.refused("install", "--traces", "jaeger", path=self.dir))

    def test_what_comes_is_checked(self):
        tools = os.path.join(self.dir, "bin")
        os.mkdir(tools)
        for name, text in (("java", ""), ("mvn", 'for a; do case $a in -DoutputDirectory=*)'
                                                 ' echo bad >"${a#*=}/zipkin-server-3.6.1-exec.jar";; esac; done\n'),
                           ("go", 'case $1 in env) echo go1.30.1;; *) echo \'{"Sum": "h1:other", "Dir": "/"}\';; esac\n')):
            with open(os.path.join(tools, name), "w", encoding="ascii") as file:
                file.write("#!/bin/sh\n" + text)
            os.chmod(os.path.join(tools, name), 0o755)
        for name in ("zipkin", "jaeger"):
            self.assertIn("another checksum", self.refused("install", "--traces", name, path=f"{tools}:{os.environ['PATH']}"))
        self.assertEqual(os.listdir(os.path.join(self.dir, "cache", "bridgewatch-tests", "traces")), ["lock"])


if __name__ == "__main__":
    needs.main("zipkin")
