# SPDX-License-Identifier: GPL-3.0-or-later
"""The console as a process, and one live stack for the tests of a file."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
STACK = ROOT / "tests/stack/stack.py"
PROGRAMS = ("prometheus", "prometheus-alertmanager", "promtool", "prometheus-node-exporter")


def skip_without_servers():
    """Exit 77 when a server is not installed; with CI=true that is a failure."""
    missing = [name for name in PROGRAMS if not shutil.which(name)]
    if missing and os.environ.get("CI") != "true":
        print(f"not installed: {', '.join(missing)}", file=sys.stderr)
        sys.exit(77)


def binary():
    """bridgewatch of this build."""
    return os.path.join(os.environ.get("BW_BIN_DIR", ROOT / "build/dev/bin"), "bridgewatch")


class Console:
    """Runs subcommands against one configuration directory, in a home of its own."""

    def __init__(self, config, home):
        self.config = config
        self.environment = {**os.environ, "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "XDG_CACHE_HOME": home}
        # Nothing on the command line needs a display.
        self.environment.pop("DISPLAY", None)
        self.environment.pop("QT_QPA_PLATFORM", None)

    def run(self, *arguments, timeout=60):
        return subprocess.run([binary(), "--config", self.config, *arguments], env=self.environment,
                              capture_output=True, timeout=timeout, check=False)

    def json(self, *arguments, expect=(0,)):
        """The document a subcommand prints; its exit status must be one of `expect`."""
        done = self.run("--json", *arguments)
        if done.returncode not in expect:
            raise AssertionError(f"{arguments}: exit {done.returncode}, not {expect}: {done.stderr.decode()}")
        return json.loads(done.stdout)

    def start(self, *arguments):
        """A subcommand that goes on; the caller ends it."""
        return subprocess.Popen([binary(), "--config", self.config, *arguments], env=self.environment,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def get(url, **parameters):
    """A JSON answer, whatever its status."""
    query = urllib.parse.urlencode(parameters)
    try:
        with urllib.request.urlopen(f"{url}?{query}" if query else url, timeout=20) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        return json.load(error)


def wait_until(condition, seconds, every=0.1):
    """The first true value of `condition()`, or None after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(every)
    return None


class LiveStackTest(unittest.TestCase):
    """One stack for all tests of a class; `arguments` go to `stack.py up`."""

    arguments = ("--members", "2")

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="bw-e2e-")
        cls.addClassCleanup(shutil.rmtree, cls.dir, ignore_errors=True)
        cls.addClassCleanup(cls.stack, "down")
        done = cls.stack("up", *cls.arguments)
        if done.returncode:
            raise AssertionError(f"the live stack did not start: {done.stderr}")
        cls.record = json.loads(done.stdout)
        cls.prometheus = cls.record["prometheus"]
        cls.console = Console(cls.record["config"], os.path.join(cls.dir, "home"))

    @classmethod
    def stack(cls, command, *arguments):
        return subprocess.run([sys.executable, str(STACK), command, "--dir", cls.dir, *arguments],
                              capture_output=True, text=True, check=False, timeout=120)

    @classmethod
    def incident(cls, name, switch):
        done = cls.stack("incident", name, switch)
        if done.returncode:
            raise AssertionError(done.stderr)
