# SPDX-License-Identifier: GPL-3.0-or-later
"""The stack directory: paths in it, the record of what runs, one writer at a time."""
import contextlib
import fcntl
import json
import os
import shutil

from . import StackError, processes

# Everything we ever write; nothing else in the directory is touched.
_OURS = ("stack.json", "stack.lock", "config", "logs", "etc", "data", "incidents.json")


class Directory:
    """One directory that holds (or held) a stack."""

    def __init__(self, path):
        self.path = os.path.abspath(path)

    def at(self, *parts):
        """A path inside."""
        return os.path.join(self.path, *parts)

    def log(self, name):
        """The log file of a server."""
        return self.at("logs", f"{name}.log")

    @contextlib.contextmanager
    def locked(self):
        """Keeps a second command off the same directory."""
        try:
            os.makedirs(self.path, exist_ok=True)
            lock = open(self.at("stack.lock"), "w", encoding="ascii")  # pylint: disable=consider-using-with
        except OSError as error:
            raise StackError(f"cannot use {self.path}: {error.strerror}") from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StackError(f"another command works on {self.path}; wait for it") from None
            yield

    def load(self):
        """The record; StackError when no stack was ever started here."""
        try:
            with open(self.at("stack.json"), encoding="utf-8") as file:
                return json.load(file)
        except FileNotFoundError:
            raise StackError(f"no stack in {self.path}") from None
        except (OSError, ValueError) as error:
            raise StackError(f"cannot read {self.at('stack.json')}: {error}") from error

    def save(self, record):
        """Replaces the record in one step."""
        with open(self.at("stack.json.new"), "w", encoding="utf-8") as file:
            json.dump(record, file, indent=2)
            file.write("\n")
        os.replace(self.at("stack.json.new"), self.at("stack.json"))

    def running(self):
        """Names of recorded servers that still run; empty without a record."""
        if not os.path.exists(self.at("stack.json")):
            return []
        return [server["name"] for server in self.load()["servers"] if server_state(server) != "stopped"]

    def prepare(self):
        """Removes what an earlier stack left and makes the folders for a new one."""
        self.purge(keep=("stack.lock",))
        for name in ("config", "logs", "etc", "data"):
            os.makedirs(self.at(name))

    def purge(self, keep=()):
        """Removes what we wrote, except `keep`; the directory too, if nothing is left in it."""
        for name in set(_OURS) - set(keep):
            target = self.at(name)
            if os.path.isdir(target) and not os.path.islink(target):
                shutil.rmtree(target)
            elif os.path.lexists(target):
                os.unlink(target)
        with contextlib.suppress(OSError):
            os.rmdir(self.path)

    def log_tail(self, name, lines=12):
        """The end of a server's log, indented."""
        try:
            with open(self.log(name), encoding="utf-8", errors="replace") as file:
                return "".join(f"    {line}" for line in file.readlines()[-lines:])
        except OSError:
            return "    (no log)\n"


def server_state(server):
    """'running', 'paused' or 'stopped' for one entry of the record."""
    return processes.state(server["pid"], server["start_ticks"]) if server.get("pid") else "stopped"
