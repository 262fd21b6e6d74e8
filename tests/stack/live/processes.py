# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts and ends processes, and never touches one that is not ours.

A process is known by its id and its start time: ids are reused, the pair is
not.  Everything below asks for both.
"""
import os
import signal
import subprocess
import time

TERM_S, KILL_S = 10, 5


def start(command, log_path, environment=None):
    """Starts a program in its own session, output to a file; returns (pid, start time in ticks)."""
    with open(log_path, "ab") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                                   start_new_session=True, env=environment)
    # The owner of the process is the stack directory, not this object: no warning at exit.
    process.returncode = 0
    return process.pid, _stat(process.pid)[1]


def state(pid, ticks):
    """'running', 'paused' or 'stopped'; a stranger with the same id counts as stopped."""
    letter, started = _stat(pid)
    if started is None or started != ticks or letter in ("Z", "X"):
        return "stopped"
    return "paused" if letter in ("T", "t") else "running"


def send(pid, ticks, number):
    """Sends a signal if the process is still ours; False otherwise."""
    if state(pid, ticks) == "stopped":
        return False
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def stop(pid, ticks, hard=False):
    """Ends a process: asks first (unless `hard`), then insists.  True once it is gone."""
    steps = [(signal.SIGKILL, KILL_S)] if hard else [(signal.SIGTERM, TERM_S), (signal.SIGKILL, KILL_S)]
    for number, patience in steps:
        if not send(pid, ticks, number):
            break
        if number == signal.SIGTERM:
            send(pid, ticks, signal.SIGCONT)  # a paused process cannot hear
        deadline = time.monotonic() + patience
        while state(pid, ticks) != "stopped" and time.monotonic() < deadline:
            _reap(pid)
            time.sleep(0.02)
        if state(pid, ticks) == "stopped":
            break
    _reap(pid)
    return state(pid, ticks) == "stopped"


def _reap(pid):
    """Collects the exit status if it was our own child."""
    try:
        os.waitpid(pid, os.WNOHANG)
    except (ChildProcessError, OSError):
        pass


def _stat(pid):
    """(state letter, start time) from /proc/PID/stat; (None, None) when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            fields = file.read().rpartition(")")[2].split()
        return fields[0], int(fields[19])
    except (OSError, IndexError, ValueError):
        return None, None
