#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""`bridgewatch trace` gives what was generated: from files of three formats and from real backends, span for span.

usage: test_traces.py files|zipkin|jaeger
`files` needs no server; `jaeger` also starts Zipkin where it is installed and compares what both give.
"""
import datetime
import glob
import json
import os
import subprocess
import sys
import tempfile
import time
import unittest

from console import STACK, Console, LiveStackTest, skip_without_servers
import needs
from fleet.exemplars import SLOT_S
from live.ports import FreePorts
from traces.plain import slot_traces
from traces.truth import truth

FACTS = ("traceId", "start", "spans", "services", "roots", "errors", "orphans", "cycles", "duplicates", "skewed", "depth", "durationNs")
SPAN = ("spanId", "parentId", "service", "operation", "kind", "status", "startNs", "durationNs", "depth", "marks")
PLAIN, BIG = 21, 20_000


def as_sent(facts):
    """What a reader must find: the facts, with the number of services, and the spans as sorted tuples."""
    spans = [{**span, "startNs": span["startNs"] - facts["startNs"]} for span in facts["spanList"]]
    wanted = {**facts, "start": facts["startNs"] // 1_000_000, "services": len(facts["services"])}
    return {**{key: wanted[key] for key in FACTS}, "spanList": _spans(spans)}


def as_zipkin_writes(facts):
    """The same as Zipkin's format has it: there is no duration below a microsecond."""
    spans = [{**span, "durationNs": max(1000, span["durationNs"])} for span in facts["spanList"]]
    return as_sent({**facts, "spanList": spans})


def as_zipkin_keeps(facts):
    """The same after Zipkin has had it: lower case; a span is not its own parent."""
    spans = [{**span, "service": span["service"].lower(), "operation": span["operation"].lower()} for span in facts["spanList"]]
    if facts["kind"] == "self-parent":
        facts, spans = {**facts, "cycles": 0}, [{**span, "marks": []} for span in spans]
    return as_zipkin_writes({**facts, "spanList": spans})


def found(document):
    """The one trace of a document that `get` or `open` printed, in the same shape."""
    if document["schema"] != "bridgewatch/trace/1" or len(document["traces"]) != 1:
        raise AssertionError(f"{document['schema']} with {len(document['traces'])} traces")
    one = {**document["traces"][0], "start": milliseconds(document["traces"][0]["start"])}
    return {**{key: one[key] for key in FACTS}, "spanList": _spans(one["spanList"])}


def milliseconds(moment):
    """Since the epoch, of a time such as 2026-11-22T00:36:00.123Z."""
    whole, _, fraction = moment.removesuffix("Z").partition(".")
    at = datetime.datetime.fromisoformat(whole).replace(tzinfo=datetime.timezone.utc)
    return int(at.timestamp()) * 1000 + int(fraction[:3].ljust(3, "0"))


def _spans(spans):
    # An absent status and an explicit "ok" are both no error. Which of two spans with one id is the second depends
    # on the order in which a backend gives them; how many there are is compared with the facts.
    rows = [{**span, "status": "error" if span["status"] == "error" else "",
             "marks": tuple(sorted(set(span["marks"]) - {"duplicate"}))} for span in spans]
    return sorted(tuple(row[key] for key in SPAN) for row in rows)


def load(folder):
    """[truth] of everything that was dumped there."""
    truths = []
    for path in sorted(glob.glob(os.path.join(folder, "*.truth.json"))):
        with open(path, encoding="utf-8") as file:
            truths.append({**json.load(file), "path": path.removesuffix(".truth.json")})
    return truths


class Comparing(unittest.TestCase):
    """What the tests below share."""

    def assertFound(self, document, wanted, facts):
        """The document holds exactly the wanted trace, and its critical path is one within it."""
        ours = found(document)
        self.assertEqual({key: ours[key] for key in FACTS}, {key: wanted[key] for key in FACTS}, facts["kind"])
        for mine, theirs in zip(ours["spanList"], wanted["spanList"]):
            self.assertEqual(dict(zip(SPAN, mine)), dict(zip(SPAN, theirs)), facts["kind"])
        self.assertPath(document["traces"][0])

    def assertPath(self, trace):
        """Segments follow each other without gaps, each within the span it names, and cover the main root."""
        roots = [span for span in trace["spanList"] if not span["parentId"]]
        root = max([span for span in roots if "orphan" not in span["marks"]] or roots, key=lambda span: span["durationNs"])
        spans = {}
        for span in trace["spanList"]:
            spans.setdefault(span["spanId"], []).append(span)
        at = root["startNs"]
        for part in trace["criticalPath"]:
            self.assertEqual(part["beginNs"], at, part)
            at = part["endNs"]
            self.assertTrue(any(span["startNs"] <= part["beginNs"] < at <= span["startNs"] + span["durationNs"]
                                and (span["service"], span["operation"]) == (part["service"], part["operation"])
                                for span in spans[part["spanId"]]), part)
        self.assertEqual(at, root["startNs"] + root["durationNs"])

    def assertNothingHostile(self, text):
        """No control but line ends, nothing that turns the direction of a line."""
        for character in ("\x1b", "\x00", "\u202e", "\u200b"):
            self.assertNotIn(character, text)


class Files(Comparing):
    """`trace open`."""

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="bw-e2e-")
        cls.addClassCleanup(subprocess.run, ["rm", "-rf", cls.dir], check=False)
        folder = os.path.join(cls.dir, "dump")
        subprocess.run([sys.executable, str(STACK), "traces", "--dump", folder, "--odd", "--n", str(PLAIN), "--big", str(BIG)],
                       check=True, capture_output=True, timeout=120)
        cls.truths = load(folder)
        config = os.path.join(cls.dir, "config")
        os.mkdir(config)
        cls.console = Console(config, os.path.join(cls.dir, "home"))

    def test_every_trace_in_every_format(self):
        for facts in self.truths:
            for name, wanted in (("otlp", as_sent), ("jaeger", as_sent), ("zipkin", as_zipkin_writes)):
                with self.subTest(f"{facts['kind']} {name}"):
                    document = self.console.json("trace", "open", f"{facts['path']}.{name}.json")
                    self.assertEqual(document["format"].lower(), name)
                    self.assertFound(document, wanted(facts), facts)

    def test_many_traces_in_one_file(self):
        few = [facts for facts in self.truths if facts["kind"] in ("plain", "cycle", "id-64-bit")]
        whole = []
        for facts in few:
            with open(f"{facts['path']}.zipkin.json", encoding="utf-8") as file:
                whole += json.load(file)
        path = os.path.join(self.dir, "many.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(whole, file)
        document = self.console.json("trace", "open", path)
        ours = {one["traceId"]: found({**document, "traces": [one]}) for one in document["traces"]}
        self.assertEqual(ours, {facts["traceId"]: as_zipkin_writes(facts) for facts in few})

    def test_what_is_no_trace(self):
        cut = os.path.join(self.dir, "cut.json")
        with open(f"{self.truths[0]['path']}.otlp.json", encoding="utf-8") as file, open(cut, "w", encoding="utf-8") as out:
            out.write(file.read()[:-20])
        other = os.path.join(self.dir, "other.json")
        with open(other, "w", encoding="utf-8") as out:
            out.write('{"status": "success", "data": {"result": []}}')
        for path in (cut, other, os.path.join(self.dir, "not-there.json"), self.dir, "/dev/null"):
            with self.subTest(path):
                done = self.console.run("trace", "open", path)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertTrue(done.stderr)

    def test_nothing_hostile_reaches_a_terminal(self):
        path = next(facts["path"] for facts in self.truths if facts["kind"] == "unicode")
        for arguments in ((), ("--json",)):
            done = self.console.run("trace", "open", f"{path}.otlp.json", *arguments)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNothingHostile(done.stdout.decode())


class Backend(LiveStackTest, Comparing):
    """`trace search` and `trace get` against one backend; subclasses name it."""

    name, kept, others = "", None, ()

    @classmethod
    def setUpClass(cls):
        cls.arguments = ("--no-wait", "--traces", ",".join((cls.name, *cls.others)))
        super().setUpClass()
        folder = os.path.join(cls.dir, "dump")
        done = cls.stack("traces", "--odd", "--n", str(PLAIN), "--big", str(BIG), "--dump", folder)
        if done.returncode:
            raise AssertionError(done.stderr)
        cls.truths = load(folder)

    def get(self, trace_id, source=None):
        """The document of one trace."""
        return self.console.json("trace", "get", trace_id, "--source", source or self.name)

    def search(self, *arguments):
        """The traces that a search found."""
        return self.answer(*arguments)["traces"]

    def answer(self, *arguments):
        """The whole answer to a search."""
        document = self.console.json("trace", "search", "--source", self.name, *arguments)
        self.assertEqual((document["schema"], document["source"]), ("bridgewatch/traces/1", self.name))
        return document

    def kept_names(self, *names):
        """As this backend writes them."""
        return tuple(name.lower() for name in names) if self.name == "zipkin" else names

    def test_get_gives_every_trace_as_it_was_sent(self):
        for facts in self.truths:
            with self.subTest(facts["kind"]):
                self.assertFound(self.get(facts["traceId"]), type(self).kept(facts), facts)

    def test_search_summaries_are_true(self):
        known = {facts["traceId"]: facts for facts in self.truths}
        slot = int(time.time() / SLOT_S) - 60
        for service in ("frontend", "edge", "big-0", "東京-svc", "catalog"):
            with self.subTest(service):
                summaries = self.search("--service", service)
                self.assertTrue(summaries)
                while slot <= time.time() / SLOT_S:  # the feeder goes on meanwhile
                    known.update((trace.trace_id, truth(trace)) for trace in slot_traces(slot))
                    slot += 1
                for one in summaries:
                    self.assertSummary(one, known[one["traceId"]])

    def assertSummary(self, one, facts):
        self.assertEqual((one["spans"], one["errors"], one["durationNs"]), (facts["spans"], facts["errors"], max(1000, facts["durationNs"])))
        # An orphan is not the root: who that is, is not known.
        root = ("", "") if facts["orphans"] == facts["roots"] else (facts["rootService"], facts["rootOperation"])
        self.assertEqual((one["rootService"], one["rootOperation"]), self.kept_names(*root))
        self.assertEqual(sorted(part["service"] for part in one["services"]), sorted(self.kept_names(*facts["services"])))
        self.assertEqual(sum(part["spans"] for part in one["services"]), facts["spans"])
        self.assertEqual(sum(part["errors"] for part in one["services"]), facts["errors"])
        self.assertEqual(milliseconds(one["start"]), facts["startNs"] // 1_000_000)

    def test_search_narrows(self):
        everything = self.search("--service", "frontend")
        starts = [milliseconds(one["start"]) for one in everything]
        self.assertEqual(starts, sorted(starts, reverse=True), "newest first")
        self.assertEqual(len(self.search("--service", "frontend", "--limit", "3")), 3)
        checkout, = self.kept_names("POST /checkout")
        for arguments, holds in ((("--min", "300ms"), lambda one: one["durationNs"] >= 300_000_000),
                                 (("--operation", "POST /checkout"), lambda one: one["rootOperation"] == checkout),
                                 (("--attribute", "http.response.status_code=500"), lambda one: one["errors"] > 0)):
            with self.subTest(arguments):
                chosen = self.search("--service", "frontend", *arguments)
                self.assertTrue(chosen)
                self.assertTrue(all(map(holds, chosen)), chosen)
        # This Jaeger cannot look for failed spans: the newest are looked through then, and that is said.
        failed = self.answer("--service", "frontend", "--errors")
        self.assertTrue(failed["traces"] or (self.name == "jaeger" and failed["note"]), failed)
        self.assertTrue(all(one["errors"] > 0 for one in failed["traces"]), failed)
        self.assertEqual(self.search("--service", "frontend", "--from", "now-9d", "--to", "now-8d"), [])

    def test_an_unknown_trace_is_not_a_failure_of_the_source(self):
        done = self.console.run("trace", "get", "0123456789abcdef0123456789abcdef", "--source", self.name)
        self.assertIn(done.returncode, (1, 2), done.stderr)
        self.assertTrue(done.stderr)
        done = self.console.run("trace", "get", "0123456789abcdef0123456789abcdef", "--source", self.name, "--json")
        document = json.loads(done.stdout)
        self.assertEqual((document["traces"], document["asked"][0]["error"]["kind"]), ([], "not_found"))
        self.assertEqual(self.search("--service", "nobody-has-this-name"), [])

    def test_usage(self):
        for arguments in (("get",), ("get", "not-hexadecimal", "--source", self.name), ("get", "00", "--source", self.name),
                          ("get", "abcdef", "--source", "nobody"), ("get", "abcdef", "--source", "prom"),
                          ("search", "--source", "nobody"), ("search", "--source", self.name, "--limit", "0"), ("open",), ("close",)):
            with self.subTest(arguments):
                done = self.console.run("trace", *arguments)
                self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
                self.assertTrue(done.stderr)

    def test_nothing_hostile_reaches_a_terminal(self):
        trace_id = next(facts["traceId"] for facts in self.truths if facts["kind"] == "unicode")
        for arguments in ((), ("--json",)):
            done = self.console.run("trace", "get", trace_id, "--source", self.name, *arguments)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertNothingHostile(done.stdout.decode())

    def test_a_dead_backend_is_told_from_an_empty_one(self):
        config = os.path.join(self.dir, "dead")
        os.mkdir(config)
        port, = FreePorts().take(1)
        with open(os.path.join(config, "bridgewatch.yaml"), "w", encoding="utf-8") as file:
            file.write(f"version: 1\ndatasources:\n  - id: dead\n    kind: {self.name}\n    url: http://127.0.0.1:{port}\n")
        dead = Console(config, os.path.join(self.dir, "home-dead"))
        for arguments in (("get", self.truths[0]["traceId"]), ("search", "--service", "frontend")):
            done = dead.run("trace", *arguments, "--source", "dead", "--json", timeout=90)
            self.assertEqual(done.returncode, 4, done.stderr)
            self.assertTrue(done.stderr)
            document = json.loads(done.stdout)
            asked = document.get("asked", [document])[0]
            self.assertNotIn(asked["freshness"]["state"], ("fresh", "empty"))
            self.assertTrue(asked["error"]["message"])
            self.assertFalse(document["traces"])

    def test_a_backend_that_hangs_is_not_waited_for(self):
        self.control("pause", "trace-feeder", self.name)
        try:
            began = time.monotonic()
            done = self.console.run("trace", "get", self.truths[0]["traceId"], "--source", self.name, "--timeout", "2", timeout=60)
            self.assertIn(done.returncode, (4, 124), done.stderr)
            self.assertLess(time.monotonic() - began, 10)
        finally:
            self.control("resume", self.name, "trace-feeder")
        self.assertEqual(len(self.get(self.truths[0]["traceId"])["traces"]), 1)


class Zipkin(Backend):
    name, kept = "zipkin", as_zipkin_keeps


class Jaeger(Backend):
    name, kept, others = "jaeger", as_sent, ("zipkin",) if "zipkin" in needs.trace_backends() else ()

    @unittest.skipUnless(others, "zipkin is not installed")
    def test_both_backends_give_the_same_model(self):
        for facts in self.truths:
            if facts["kind"] in ("zero-duration", "self-parent"):
                continue  # Zipkin changes what these are about
            with self.subTest(facts["kind"]):
                here, there = found(self.get(facts["traceId"])), found(self.get(facts["traceId"], "zipkin"))
                here["spanList"] = sorted(tuple(value.lower() if SPAN[at] in ("service", "operation") else value for at, value in enumerate(row))
                                          for row in here["spanList"])
                self.assertEqual(here, there)


if __name__ == "__main__":
    PART = {"files": Files, "zipkin": Zipkin, "jaeger": Jaeger}[sys.argv.pop(1)]
    if PART is not Files:
        skip_without_servers(PART.name)
    unittest.main(verbosity=2, defaultTest=PART.__name__)
