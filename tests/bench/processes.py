# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes for benchmarks: a private X server, memory of a process tree, one JSON line a figure."""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]


def program():
    """The console under measurement: $BW_BIN_DIR, else the newest build that has one."""
    named = os.environ.get("BW_BIN_DIR")
    places = [pathlib.Path(named)] if named else sorted(ROOT.glob("build/*/bin"), key=lambda p: p.stat().st_mtime, reverse=True)
    for place in places:
        if (place / "bridgewatch").exists():
            return str(place / "bridgewatch")
    raise SystemExit("no bridgewatch found: build it first, or set BW_BIN_DIR")


def emit(name, value, unit, peer=None, peer_value=None, higher_is_better=False, **more):
    """Prints one figure. `ratio` is how many times better ours is; null without a peer."""
    ratio = None
    if value and peer_value:
        ratio = round(value / peer_value if higher_is_better else peer_value / value, 2)
    rounded = [round(v, 4) if isinstance(v, float) else v for v in (value, peer_value)]
    print(json.dumps({"name": name, "value": rounded[0], "unit": unit, "peer": peer, "peer_value": rounded[1],
                      "ratio": ratio, **more}), flush=True)


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values):
    return statistics.median(values) if values else None


@contextlib.contextmanager
def display(size="1920x1080"):
    """A private X server on a free display number; -noreset, or it restarts with every client that leaves."""
    if not shutil.which("Xvfb"):
        raise SystemExit("Xvfb is not installed (package xvfb)")
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-noreset", "-nolisten", "tcp", "-screen", "0", f"{size}x24"],
                              pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    try:
        number = os.read(read, 16).decode().strip()
        if not number:
            raise SystemExit("Xvfb did not start")
        yield f":{number}"
    finally:
        os.close(read)
        end(server)


def end(process, patience=5):
    """TERM, then KILL; returns the exit status."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.wait()


def tree(pid):
    """The process and everything below it."""
    found, queue = [], [pid]
    while queue:
        current = queue.pop()
        found.append(current)
        with contextlib.suppress(OSError):
            for task in os.listdir(f"/proc/{current}/task"):
                queue += map(int, pathlib.Path(f"/proc/{current}/task/{task}/children").read_text().split())
    return found


def memory(pid, field="Pss"):
    """Summed `field` of /proc/…/smaps_rollup over the tree, in MiB."""
    total = 0
    for member in tree(pid):
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f"/proc/{member}/smaps_rollup").read_text().splitlines():
                if line.startswith(field + ":"):
                    total += int(line.split()[1])
    return total / 1024


@contextlib.contextmanager
def live_stack(*arguments):
    """The live stack of tests/stack; gives its stack.json as a dict with the folder under "dir"."""
    stack = [str(ROOT / "tests/stack/stack.py")]
    with tempfile.TemporaryDirectory(prefix="bw-bench-") as folder:
        up = subprocess.run(["python3", *stack, "up", "--dir", folder, *arguments], capture_output=True, text=True, check=False)
        if up.returncode:
            raise SystemExit(f"the live stack did not start: {up.stderr}")
        try:
            yield {**json.loads(up.stdout), "dir": folder}
        finally:
            subprocess.run(["python3", *stack, "down", "--dir", folder], capture_output=True, check=False)


def incident(folder, name, state):
    subprocess.run(["python3", str(ROOT / "tests/stack/stack.py"), "incident", "--dir", folder, name, state],
                   check=True, capture_output=True)


def wait_until(condition, seconds, every=0.05):
    """The first true value of `condition()`, or None after `seconds`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        time.sleep(every)
    return None
