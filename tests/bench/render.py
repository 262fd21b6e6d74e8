#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wall time of `dashboard render on-call` on the live stack (aim: 300 ms plus the backend's own time), against
headless Chromium taking a screenshot of an empty page."""
import argparse
import os
import shutil
import subprocess
import tempfile
import time

from processes import emit, live_stack, median, program


def timed(command, environment):
    began = time.monotonic()
    subprocess.run(command, env=environment, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=60)
    return (time.monotonic() - began) * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    with live_stack("--members", "2") as stack, tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "XDG_DATA_HOME": home, "XDG_CACHE_HOME": home}
        environment.pop("DISPLAY", None)
        time.sleep(15)
        picture = os.path.join(home, "on-call.png")
        ours = [timed([program(), "--config", os.path.join(stack["dir"], "config"), "dashboard", "render", "on-call",
                       "--size", "1600x900", "-o", picture], environment) for _ in range(runs)]
        peer = None
        if shutil.which("chromium"):
            peer = median([timed(["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run",
                                  "--disable-background-networking", "--disable-component-update", "--disable-sync",
                                  f"--user-data-dir={home}/profile{n}", f"--screenshot={home}/page.png",
                                  "--window-size=1600,900", "about:blank"], environment) for n in range(3)])
        emit("dashboard_render_wall", median(ours), "ms", "chromium --screenshot of an empty page", peer,
             worst=round(max(ours), 1), picture_bytes=os.path.getsize(picture))


if __name__ == "__main__":
    main()
