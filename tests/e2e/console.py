# SPDX-License-Identifier: GPL-3.0-or-later
"""The console as a process, and one live stack for the tests of a file."""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
STACK = ROOT / "tests/stack/stack.py"
sys.path.insert(0, str(STACK.parent))
import needs  # noqa: E402
from live.web import fetch, wait_for as wait_until  # noqa: E402, F401


def skip_without_servers(*traces):
    """Exit 77 when a server, or one of these trace backends, is not installed; with CI=true that is a failure."""
    needs.servers(*traces)


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
    return json.loads(fetch(f"{url}?{query}" if query else url, timeout=20)[1])


def counter(url, name, **labels):
    """The sum of a server's own counter, read from its /metrics: asking for it through the API would count itself.
    A label's value matches when it begins as given."""
    total = 0.0
    for line in fetch(url + "/metrics")[1].splitlines():
        if line.startswith(name + "{") and all(f'{label}="{value}' in line for label, value in labels.items()):
            total += float(line.rsplit(" ", 1)[1])
    return total


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
    def control(cls, command, *servers):
        """Pauses, resumes, kills or starts servers; each must do so."""
        for server in servers:
            done = cls.stack(command, server)
            if done.returncode:
                raise AssertionError(f"{command} {server}: {done.stderr}")

    @classmethod
    def incident(cls, name, switch):
        done = cls.stack("incident", name, switch)
        if done.returncode:
            raise AssertionError(done.stderr)
