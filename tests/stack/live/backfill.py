# SPDX-License-Identifier: GPL-3.0-or-later
"""Turns the fleet's history into Prometheus blocks with promtool."""
import os
import subprocess

from fleet.history import History, truths, write_history

from . import StackError

# promtool reads its whole input once for each block: one slice, one block, one pass.
# 486 h is the largest of its block lengths (2 h × 3^n) that does not exceed 30 days.
_BLOCK_HOURS = 486


def backfill(directory, promtool, days, replicas):
    """Writes `days` of history into Prometheus' data folder; returns the truths about it.

    One slice is imported while the next one is being written.
    """
    history = History(days, replicas)
    target, imports = directory.at("data", "prometheus"), []
    os.makedirs(target)
    try:
        for number, (start, end) in enumerate(history.slices(_BLOCK_HOURS * 3600)):
            path = directory.at("data", f"history-{number}.om")
            with open(path, "w", encoding="utf-8") as out:
                write_history(history, out, start, end)
            with open(directory.log("promtool"), "ab") as log:
                command = [promtool, "tsdb", "create-blocks-from", "openmetrics", "--quiet",
                           f"--max-block-duration={_BLOCK_HOURS}h", path, target]
                imports.append((path, subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)))
        for path, process in imports:
            if process.wait(timeout=120) != 0:
                raise StackError(f"promtool could not import the history:\n{directory.log_tail('promtool')}")
            os.unlink(path)
    finally:
        for _, process in imports:
            if process.poll() is None:
                process.kill()
                process.wait()
    return truths(history)
