#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts at the root, in a copy of the tree with stand-ins for apt, cmake and the console.

Checks what they promise: nothing is installed twice, services stay blocked only
during an installation, no stack outlives `./run`, `./test` ends like ctest.
"""
import glob
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, HERE)

import needs  # noqa: E402
from live import web  # noqa: E402

APT = """#!/bin/sh
echo "apt-get $1 $(grep -c . "$POLICY_RC_D" 2>/dev/null)" >>"$LOG"
[ "$1" = install ] && printf '%s\\n' "$@" >"$LOG.packages"
[ "$1" = install ] && exit "${APT_FAILS:-0}"
exit 0
"""
INSTALLED = """#!/bin/sh
for name in $HAVE; do echo "ii  $name"; done
echo "rc  openbox"
"""
CONSOLE = """#!/bin/sh
echo "$@" >"$LOG.console"
[ -n "$STAY" ] && exec sleep 60
exit 7
"""


def executable(path, text):
    """Writes a program."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, 0o755)


def read(path):
    """A file's text, empty if there is none."""
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


class Sandbox(unittest.TestCase):
    """A copy of the scripts and a folder of stand-ins in front of PATH."""

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="bw-scripts-")
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.tree, self.bin = os.path.join(self.dir, "tree"), os.path.join(self.dir, "bin")
        self.log, self.policy = os.path.join(self.dir, "log"), os.path.join(self.dir, "policy-rc.d")
        for name in ("run", "test", "packaging/install-deps", "packaging/packages.txt"):
            os.makedirs(os.path.dirname(os.path.join(self.tree, name)), exist_ok=True)
            shutil.copy2(os.path.join(ROOT, name), os.path.join(self.tree, name))
        os.makedirs(os.path.join(self.tree, "tests"))
        os.symlink(HERE, os.path.join(self.tree, "tests", "stack"))
        for name, text in (("apt-get", APT), ("dpkg-query", INSTALLED), ("id", "#!/bin/sh\necho ${FAKE_UID:-0}\n"),
                           ("sudo", '#!/bin/sh\necho sudo >>"$LOG"\nshift\nexec "$@"\n'),
                           ("cmake", '#!/bin/sh\necho "cmake $*" >>"$LOG"\n'),
                           ("ctest", '#!/bin/sh\necho "ctest $*" >>"$LOG"\nexit 8\n')):
            executable(os.path.join(self.bin, name), text)
        executable(os.path.join(self.tree, "build", "release", "bin", "bridgewatch"), CONSOLE)
        self.environment = {**os.environ, "PATH": f"{self.bin}:{os.environ['PATH']}", "LOG": self.log,
                            "POLICY_RC_D": self.policy, "TMPDIR": self.dir, "QT_QPA_PLATFORM": "offscreen", "HAVE": ""}

    def script(self, *arguments, **environment):
        """Runs a script of the copy."""
        return subprocess.run([os.path.join(self.tree, arguments[0]), *arguments[1:]], capture_output=True, text=True,
                              env={**self.environment, **environment}, check=False, timeout=120)

    def have_everything(self):
        """Makes every listed package look installed."""
        names = [line.split()[0] for line in read(os.path.join(ROOT, "packaging/packages.txt")).splitlines()
                 if line and line[0].islower()]
        self.environment["HAVE"] = " ".join(names)
        return names


class InstallDeps(Sandbox):
    """packaging/install-deps."""

    def test_installs_only_what_is_missing_with_services_blocked(self):
        done = self.script("packaging/install-deps", "test", HAVE="git xvfb")
        self.assertEqual(done.returncode, 0, done.stderr)
        packages = read(self.log + ".packages").split()
        self.assertIn("--no-install-recommends", packages)
        self.assertIn("openbox", packages, "removed but configured is not installed")
        self.assertFalse({"git", "xvfb", "cmake", "prometheus"} & set(packages), packages)
        self.assertIn("apt-get install 3", read(self.log), "service start was not blocked")
        self.assertFalse(os.path.exists(self.policy))

    def test_failure_is_told_and_unblocks(self):
        done = self.script("packaging/install-deps", "run", APT_FAILS="100")
        self.assertEqual(done.returncode, 1)
        self.assertFalse(os.path.exists(self.policy))

    def test_existing_policy_stays(self):
        executable(self.policy, "#!/bin/sh\nexit 101\n")
        self.assertEqual(self.script("packaging/install-deps", "run").returncode, 0)
        self.assertEqual(read(self.policy), "#!/bin/sh\nexit 101\n")

    def test_nothing_missing_touches_nothing(self):
        self.have_everything()
        done = self.script("packaging/install-deps", FAKE_UID="5")
        self.assertEqual((done.returncode, done.stderr, read(self.log)), (0, "", ""))

    def test_ordinary_user_is_asked_through_sudo(self):
        done = self.script("packaging/install-deps", "run", FAKE_UID="5")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue(read(self.log).startswith("sudo\n"))
        self.assertIn("asking sudo", done.stderr)

    def test_other_distributions_hear_upstream_names(self):
        tools = os.path.join(self.dir, "tools")
        os.mkdir(tools)
        for name in ("sh", "awk", "sed", "dirname", "sort"):
            os.symlink(shutil.which(name), os.path.join(tools, name))
        done = self.script("packaging/install-deps", "build", PATH=tools)
        self.assertEqual(done.returncode, 1)
        self.assertIn("- QCustomPlot 2.1", done.stderr)
        self.assertNotIn("Prometheus", done.stderr)
        os.symlink(shutil.which("cmake"), os.path.join(tools, "cmake"))
        self.assertEqual(self.script("packaging/install-deps", "build", PATH=tools).returncode, 0)


class Run(Sandbox):
    """./run and ./test."""

    def setUp(self):
        super().setUp()
        self.have_everything()

    def servers(self):
        """Command lines of processes that work in this sandbox's stack directory."""
        found = []
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                with open(path, "rb") as file:
                    line = file.read().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue
            if f"{self.dir}/bridgewatch-live" in line and "sleep" not in line:
                found.append(line)
        return found

    def assert_nothing_left(self):
        """No process and no directory of a stack."""
        self.assertEqual(self.servers(), [])
        self.assertEqual(glob.glob(f"{self.dir}/bridgewatch-live*"), [])

    def test_closing_the_window_ends_the_stack(self):
        done = self.script("run", "--", "--dashboard", "on-call")
        self.assertEqual(done.returncode, 7, done.stderr)
        arguments = read(self.log + ".console").split()
        self.assertEqual(arguments[0], "--config")
        self.assertTrue(arguments[1].startswith(f"{self.dir}/bridgewatch-live"), arguments)
        self.assertEqual(arguments[2:], ["--dashboard", "on-call"])
        self.assert_nothing_left()

    def test_a_signal_ends_window_and_stack(self):
        process = subprocess.Popen([os.path.join(self.tree, "run")], env={**self.environment, "STAY": "1"},
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(process.kill)
        self.assertTrue(web.wait_for(lambda: read(self.log + ".console"), 60))
        self.assertGreaterEqual(len(self.servers()), 4)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(process.wait(30), 143)
        self.assert_nothing_left()

    def test_without_live_there_is_no_stack(self):
        self.assertEqual(self.script("run", "--no-live", "--", "--version").returncode, 7)
        self.assertEqual(read(self.log + ".console"), "--version\n")
        self.assert_nothing_left()

    def test_no_display_is_said_before_anything_is_done(self):
        done = self.script("run", DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
        self.assertEqual(done.returncode, 1)
        self.assertIn("there is no display", done.stderr)
        self.assertEqual(read(self.log), "")

    def test_test_ends_like_ctest(self):
        self.assertEqual(self.script("test", "-R", "stack").returncode, 8)
        lines = read(self.log).splitlines()
        self.assertRegex(lines[-1], r"^ctest --preset \w+ --output-on-failure -R stack$")
        preset = lines[-1].split()[2]
        self.assertEqual(lines[:-1], [f"cmake --preset {preset}", f"cmake --build --preset {preset}"])


if __name__ == "__main__":
    needs.main()
