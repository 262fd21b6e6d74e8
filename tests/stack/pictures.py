#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Draws the panels that each incident of the fleet should change, before and during it, side by side: the
pictures of docs/panels.md. Needs the servers of the stack and ImageMagick; takes about six minutes.

    pictures.py --program build/ci/bin/bridgewatch --out docs/screenshots [INCIDENT...]
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
DASHBOARDS = HERE.parent.parent / "resources" / "dashboards"

# incident → dashboard, its variables, range, panels with their height in rows
PLAN = {
    "checkout-errors": ("on-call", [], "10m", [("o3", 12), ("o2", 8), ("errors", 8)]),
    "catalog-slow": ("debug", ["service=catalog"], "10m", [("d1", 9), ("d1-quantiles", 9), ("d2", 6)]),
    "queue-backlog": ("debug", ["service=orders-worker"], "10m", [("d6", 8), ("d6-drain", 6)]),
    "crashloop": ("debug", ["service=recommend"], "10m", [("d5", 7), ("d8-threads", 8)]),
    "node-pressure": ("debug", ["service=@node-b"], "10m", [("d5", 7)]),  # a service with a pod there
    "bad-deploy": ("on-call", [], "10m", [("o5", 8), ("errors", 8), ("o7", 8)]),
    "target-down": ("on-call", [], "10m", [("o8", 2), ("o3", 12)]),
    "cost-spike": ("executive", [], "1h", [("e7", 5), ("e7-namespace", 9)]),
}


def excerpt(dashboard, panels):
    """The dashboard's file with these panels alone, one below the other."""
    text = (DASHBOARDS / f"{dashboard}.yaml").read_text()
    head, body = text.split("\npanels:\n", 1)
    blocks = dict((re.match(r"  - id: (\S+)", block).group(1), block)
                  for block in re.split(r"(?m)^(?=  - id: )", body) if block.strip())
    row, kept = 0, []
    for name, height in panels:
        block = re.sub(r"(?m)^    tab_of: .*\n", "", blocks[name])
        grid = "    grid: {col: 0, row: %d, width: 24, height: %d}" % (row, height)
        kept.append(re.sub(r"(?m)^    grid: .*$", grid, block))
        row += height
    head = re.sub(r"(?m)^id: .*$", f"id: {dashboard}-excerpt", head)
    return head + "\npanels:\n" + "".join(kept), row


def stack(folder, *words):
    done = subprocess.run([sys.executable, str(HERE / "stack.py"), *words, "--dir", folder], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"stack.py {' '.join(words)}: {done.stderr or done.stdout}")
    return done.stdout


def service_on(folder, node):
    """The service of some pod of this node."""
    record = json.loads(pathlib.Path(folder, "stack.json").read_text())
    query = urllib.parse.urlencode({"query": 'kube_pod_info{node="%s"}' % node})
    with urllib.request.urlopen(f"{record['prometheus']}/api/v1/query?{query}", timeout=10) as answer:
        return json.load(answer)["data"]["result"][0]["metric"]["pod"].split("-")[0]


def draw(arguments, folder, incident, name):
    dashboard, variables, span, panels = PLAN[incident]
    text, rows = excerpt(dashboard, panels)
    file = os.path.join(folder, f"{incident}.yaml")
    pathlib.Path(file).write_text(text)
    picture = os.path.join(folder, f"{incident}-{name}.png")
    command = [arguments.program, "--config", os.path.join(folder, "config"), "dashboard", "render", file, "--size",
               f"{arguments.width}x{rows * 30 + 40}", "--theme", arguments.theme, "--range", span, "-o", picture]
    for variable in variables:
        key, value = variable.split("=", 1)
        command += ["--var", f"{key}={service_on(folder, value[1:]) if value.startswith('@') else value}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)}: {done.stderr}")
    return picture


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("incidents", nargs="*", default=[], metavar="INCIDENT")
    parser.add_argument("--program", required=True)
    parser.add_argument("--out", required=True)
    parser.add_argument("--theme", default="light")
    parser.add_argument("--width", type=int, default=760)
    parser.add_argument("--settle", type=float, default=50, help="seconds an incident is on before its picture")
    arguments = parser.parse_args()
    wanted = arguments.incidents or list(PLAN)
    unknown = [name for name in wanted if name not in PLAN]
    if unknown:
        parser.error("no such incident: " + ", ".join(unknown))
    with tempfile.TemporaryDirectory() as folder:
        stack(folder, "up", "--members", "2", "--history", "8d")
        try:
            time.sleep(75)  # a rate over a minute needs a minute
            for incident in wanted:
                before = draw(arguments, folder, incident, "before")
                stack(folder, "incident", incident, "on")
                time.sleep(arguments.settle)
                during = draw(arguments, folder, incident, "during")
                stack(folder, "incident", incident, "off")
                out = os.path.join(arguments.out, f"incident-{incident}.png")
                subprocess.run(["convert", before, during, "+append", "-colors", "128", out], check=True)
                print(json.dumps({"incident": incident, "picture": out}), flush=True)
                time.sleep(arguments.settle / 2)
        finally:
            stack(folder, "down")


if __name__ == "__main__":
    main()
