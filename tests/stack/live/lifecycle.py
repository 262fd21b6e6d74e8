# SPDX-License-Identifier: GPL-3.0-or-later
"""The commands: up, down, and what is done to single servers in between."""
import os
import signal
import time
import urllib.parse

from fleet.history import PERIOD_DAYS

from . import StackError, processes, web
from .backfill import backfill
from .configs import seconds, write_configs
from .directory import server_state
from .ports import FreePorts
from .programs import find_programs
from .servers import plan
from .tracebackends import plan_traces

READY_S, TARGETS_S = 60, 60


def up(directory, options, say):
    """Starts everything and returns the record.  Whatever fails, nothing is left running.

    `options`: members, replicas, scrape, evaluation, history (days, 0 for
    none), traces (backends), wait.  `say` gets one line for each step.
    """
    began = time.monotonic()
    with directory.locked():
        running = directory.running()
        if running:
            raise StackError(f"a stack already runs in {directory.path} ({', '.join(running)}); "
                             "see status, end it with down")
        programs = find_programs()
        directory.prepare()
        ports = FreePorts()
        servers, urls = plan(directory, programs, options, options["history"] > 0, ports)
        # First, since the slowest of all to start is among them.
        tracers, urls["traces"] = plan_traces(directory, options["traces"], ports)
        servers = tracers + servers
        record = {"version": 1, "directory": directory.path, "config": directory.at("config"), "options": options,
                  **urls, "servers": servers, "history": None}
        write_configs(directory, urls, options, min(options["history"], PERIOD_DAYS))
        try:
            directory.save(record)
            if options["history"]:
                say(f"writing {options['history']} days of history")
                record["history"] = backfill(directory, programs["promtool"], options["history"], options["replicas"])
            for server in servers:
                _start(directory, record, server)
            for server in servers:
                _wait_ready(directory, server)
                say(f"{server['name']} answers at {server['url']}")
            if options["wait"]:
                _wait_targets(urls["prometheus"], say)
                _wait_watchdog(urls["alertmanagers"], say)
        except BaseException:
            say("ending what was started")
            _stop_all(directory, record)
            raise
        record["started_in_s"] = round(time.monotonic() - began, 1)
        directory.save(record)
        return record


def down(directory, purge):
    """Ends every server; names those that ran.  Without a stack there is nothing to do.

    Logs, configuration and the record stay (unless `purge`), the servers' data goes.
    """
    if not os.path.exists(directory.at("stack.json")):
        return []
    with directory.locked():
        record = directory.load()
        ran = [server["name"] for server in record["servers"] if server_state(server) != "stopped"]
        _stop_all(directory, record)
        directory.purge(() if purge else ("stack.json", "stack.lock", "config", "logs", "etc", "incidents.json"))
        return ran


def status(directory):
    """[{name, url, pid, state, healthy}] of every server."""
    found = []
    for server in directory.load()["servers"]:
        state, healthy = server_state(server), False
        if state == "running":
            try:
                healthy = web.fetch(ready_url(server), timeout=2)[0] == 200
            except OSError:
                healthy = False
        found.append({"name": server["name"], "url": server["url"], "pid": server["pid"],
                      "state": state, "healthy": healthy})
    return found


def ready_url(server):
    """Where a server says that it is ready; "ready" is a path, or an address of its own."""
    return urllib.parse.urljoin(server["url"], server["ready"])


def act(directory, action, name):
    """kill, start, pause or resume one server; StackError when its state does not allow that."""
    with directory.locked():
        record = directory.load()
        server = next((s for s in record["servers"] if s["name"] == name), None)
        if not server:
            raise StackError(f"no server {name!r}; there are {', '.join(s['name'] for s in record['servers'])}")
        state = server_state(server)
        allowed = {"kill": ("running", "paused"), "start": ("stopped",), "pause": ("running",), "resume": ("paused",)}
        if state not in allowed[action]:
            raise StackError(f"cannot {action} {name}: it is {state}")
        if action == "kill":
            processes.stop(server["pid"], server["start_ticks"], hard=True)
        elif action == "start":
            _start(directory, record, server)
            _wait_ready(directory, server)
        else:
            number = signal.SIGSTOP if action == "pause" else signal.SIGCONT
            processes.send(server["pid"], server["start_ticks"], number)
            wanted = "paused" if action == "pause" else "running"
            web.wait_for(lambda: server_state(server) == wanted, 2)
        return server_state(server)


def incidents(directory):
    """State of every incident, from the fleet."""
    return _ask_fleet(directory, None)


def switch_incident(directory, name, on):
    """Switches an incident on or off."""
    known = incidents(directory)
    if name not in known:
        raise StackError(f"no incident {name!r}; there are {', '.join(known)}")
    _ask_fleet(directory, {"name": name, "on": on})


def _ask_fleet(directory, body):
    url = directory.load()["fleet"] + "/incidents"
    try:
        return web.fetch_json(url, body)
    except (OSError, ValueError) as error:
        raise StackError(f"the fleet does not answer: {error}") from error


def _start(directory, record, server):
    """Starts one server and records it before anything else can go wrong."""
    environment = {key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")}
    try:
        server["pid"], server["start_ticks"] = processes.start(
            server["command"], directory.log(server["name"]), environment)
    except OSError as error:
        raise StackError(f"cannot start {server['command'][0]}: {error.strerror}") from error
    directory.save(record)


def _wait_ready(directory, server):
    """Waits until a server answers; StackError with the end of its log when it dies or stays silent."""
    def answered_or_died():
        if server_state(server) == "stopped":
            return "died"
        return "ready" if web.fetch(ready_url(server), timeout=2)[0] == 200 else None

    result = web.wait_for(answered_or_died, READY_S)
    if result != "ready":
        what = "ended" if result == "died" else f"did not answer within {READY_S} s"
        raise StackError(f"{server['name']} {what}; the end of {directory.log(server['name'])}:\n"
                         + directory.log_tail(server["name"]))


def _wait_targets(prometheus, say):
    """Waits until Prometheus has scraped every target (it looks for new ones every five seconds)."""
    def all_up():
        active = web.fetch_json(f"{prometheus}/api/v1/targets?state=active")["data"]["activeTargets"]
        pools = {target["scrapePool"] for target in active}
        fine = "fleet" in pools and all(target["health"] == "up" for target in active)
        return len(active) if fine else None

    count = web.wait_for(all_up, TARGETS_S, pause=0.2)
    if not count:
        raise StackError(f"not every target could be scraped within {TARGETS_S} s; see {prometheus}/targets")
    say(f"{count} targets scraped")


def _wait_watchdog(alertmanagers, say):
    """Waits until the alert that always fires has reached every Alertmanager."""
    def arrived():
        return all("Watchdog" in (alert["labels"]["alertname"] for alert in web.fetch_json(f"{url}/api/v2/alerts"))
                   for url in alertmanagers)

    if not web.wait_for(arrived, TARGETS_S, pause=0.2):
        raise StackError(f"no alert reached {', '.join(alertmanagers)} within {TARGETS_S} s")
    say("alerts arrive")


def _stop_all(directory, record):
    """Ends all servers at once: asked together, waited for one by one."""
    for server in record["servers"]:
        if server["pid"]:
            processes.send(server["pid"], server["start_ticks"], signal.SIGTERM)
            processes.send(server["pid"], server["start_ticks"], signal.SIGCONT)
    left = [s["name"] for s in record["servers"] if s["pid"] and not processes.stop(s["pid"], s["start_ticks"])]
    directory.save(record)
    if left:
        raise StackError(f"could not end {', '.join(left)}")


def default_evaluation(scrape):
    """Rules are evaluated as often as targets are scraped, but no more than every second."""
    return scrape if seconds(scrape) >= 1 else "1s"
