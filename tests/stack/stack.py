#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts and ends a live monitoring stack on loopback, with a made-up fleet.

Prometheus, one or two Alertmanagers and the node exporter are Debian's; the
fleet is ours.  Incidents can be switched on and off.  Ends with 0 when all is
well, 1 with one clear sentence when it is not.
"""
import argparse
import json
import signal
import sys

from live import StackError, lifecycle, tracebackends, tracecommand, tracesinstall
from live.configs import seconds
from live.directory import Directory


def _parser():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name, text, needs_directory=True):
        added = commands.add_parser(name, help=text, description=text)
        added.add_argument("--dir", required=needs_directory, metavar="D", help="directory of the stack")
        return added

    start = command("up", "start a stack and print what runs as JSON")
    start.add_argument("--members", type=int, choices=(1, 2), default=1, help="Alertmanagers (default 1)")
    start.add_argument("--replicas", type=int, default=3, help="replicas of every service, 1 to 20 (default 3)")
    start.add_argument("--history", metavar="30d", help="back-fill that many days (1d to 60d; default none)")
    start.add_argument("--scrape", default="1s", metavar="1s", help="scrape interval (default 1s)")
    start.add_argument("--evaluation", metavar="1s", help="rule evaluation interval (default: that of the scrape)")
    start.add_argument("--traces", default="", metavar="zipkin,jaeger", help="trace backends to start (default none)")
    start.add_argument("--no-wait", action="store_true", help="do not wait until every target was scraped")

    end = command("down", "end a stack; logs and configuration stay")
    end.add_argument("--purge", action="store_true", help="remove everything the stack wrote")
    command("status", "show what runs; 1 unless everything is healthy").add_argument(
        "--json", action="store_true", help="for programs")

    incident = command("incident", "list incidents, or switch one on or off")
    incident.add_argument("name", nargs="?", metavar="NAME")
    incident.add_argument("switch", nargs="?", choices=("on", "off"))
    incident.add_argument("--json", action="store_true", help="list for programs")

    traces = command("traces", "send traces to the running backends, print what a reader must find", needs_directory=False)
    traces.add_argument("--n", type=int, default=50, help="plain traces of the shop (default 50)")
    traces.add_argument("--odd", action="store_true", help="one of each odd kind, too")
    traces.add_argument("--big", type=int, default=0, metavar="N", help="one of N spans, too")
    traces.add_argument("--seed", type=int, default=None, help="same ids of odd and big traces in every run (default: new ones)")
    traces.add_argument("--dump", metavar="DIR", help="write them as files (OTLP, Jaeger, Zipkin, truth); --dir is not needed then")

    install = commands.add_parser("install", help="get trace backends into the user's cache folder")
    install.add_argument("--traces", default="zipkin,jaeger", metavar="zipkin,jaeger", help="which (default: both)")

    for name, text in (("kill", "end one server the hard way"), ("start", "start a killed server on its old port"),
                       ("pause", "stop one server's process (SIGSTOP)"), ("resume", "let it go on (SIGCONT)")):
        command(name, text).add_argument("name", metavar="NAME", help="prometheus, alertmanager-1, fleet, node, …")
    return parser


def _say(line):
    print(line, file=sys.stderr, flush=True)


def _up(directory, arguments):
    days = seconds(arguments.history) / 86400 if arguments.history else 0
    if days != int(days) or days > 60:
        raise StackError("--history takes 1d to 60d")
    if not 1 <= arguments.replicas <= 20:
        raise StackError("--replicas takes 1 to 20")
    seconds(arguments.scrape)
    evaluation = arguments.evaluation or lifecycle.default_evaluation(arguments.scrape)
    seconds(evaluation)
    options = {"members": arguments.members, "replicas": arguments.replicas, "history": int(days),
               "scrape": arguments.scrape, "evaluation": evaluation, "wait": not arguments.no_wait,
               "traces": tracebackends.chosen(arguments.traces)}
    record = lifecycle.up(directory, options, _say)
    print(json.dumps(record, indent=2))
    return 0


def _down(directory, arguments):
    ran = lifecycle.down(directory, arguments.purge)
    print(f"ended {', '.join(ran)}" if ran else "nothing was running")
    return 0


def _status(directory, arguments):
    servers = lifecycle.status(directory)
    if arguments.json:
        print(json.dumps(servers, indent=2))
    else:
        for server in servers:
            health = "healthy" if server["healthy"] else "does not answer" if server["state"] == "running" else ""
            print(f"{server['name']:<16} {server['state']:<8} {server['pid'] or '-':>8}  {server['url']}  {health}".rstrip())
    return 0 if all(server["healthy"] for server in servers) else 1


def _incident(directory, arguments):
    if arguments.name and not arguments.switch:
        raise StackError("say on or off after the incident's name")
    if arguments.name:
        lifecycle.switch_incident(directory, arguments.name, arguments.switch == "on")
        print(f"{arguments.name} is {arguments.switch}")
        return 0
    known = lifecycle.incidents(directory)
    if arguments.json:
        print(json.dumps(known, indent=2))
        return 0
    for name, incident in known.items():
        print(f"{'on ' if incident['on'] else 'off'} {name:<16} {incident['description']}")
    return 0


def _traces(directory, arguments):
    if not directory and not arguments.dump:
        raise StackError("say --dir, --dump or both")
    if arguments.n < 0 or arguments.big < 0:
        raise StackError("--n and --big take no negative numbers")
    made = tracecommand.generate(arguments.n, arguments.odd, arguments.big, arguments.seed)
    for found in tracecommand.run(directory, made, arguments.dump):
        print(json.dumps(found), flush=True)
    return 0


def _install(_, arguments):
    for name in tracebackends.chosen(arguments.traces):
        tracesinstall.install(name, _say)
    return 0


def _act(directory, arguments):
    print(f"{arguments.name} is {lifecycle.act(directory, arguments.command, arguments.name)}")
    return 0


def main():
    """Runs one command and returns its exit code."""
    arguments = _parser().parse_args()
    directory = Directory(arguments.dir) if getattr(arguments, "dir", None) else None
    # An interrupted `up` must still end what it started, also when it is asked politely to go.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda received, _: sys.exit(128 + received))
    commands = {"up": _up, "down": _down, "status": _status, "incident": _incident,
                "traces": _traces, "install": _install}
    try:
        return commands.get(arguments.command, _act)(directory, arguments)
    except StackError as error:
        print(f"stack: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stack: interrupted", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
