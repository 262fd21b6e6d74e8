# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs in a stack: names, ports, command lines, and how to see readiness."""
import os
import sys

_HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def plan(directory, programs, options, with_history, ports):
    """(servers in the order of their start, addresses by role); nothing is started yet."""
    members = options["members"]
    fleet, node, prometheus, *rest = ports.take(3 + 2 * members)
    web, gossip = rest[:members], rest[members:]
    urls = {"prometheus": _url(prometheus), "alertmanagers": [_url(port) for port in web],
            "node": _url(node), "fleet": _url(fleet)}
    servers = [
        _server("fleet", fleet, "/healthy", [
            sys.executable, os.path.join(_HERE, "fleet_server.py"), "--port", str(fleet),
            "--replicas", str(options["replicas"]), "--incidents", directory.at("incidents.json")]),
        _server("node", node, "/", [programs["node-exporter"], f"--web.listen-address=127.0.0.1:{node}",
                                    "--collector.disable-defaults", *_collectors(), "--log.level=warn"])]
    for index, port in enumerate(web):
        name = "alertmanager" if members == 1 else f"alertmanager-{index + 1}"
        servers.append(_server(name, port, "/-/ready", [
            programs["alertmanager"], f"--config.file={directory.at('etc', 'alertmanager.yml')}",
            f"--storage.path={directory.at('data', name)}", f"--web.listen-address=127.0.0.1:{port}",
            f"--web.external-url={_url(port)}", *_cluster(index, gossip), "--log.level=warn"]))
    servers.append(_server("prometheus", prometheus, "/-/ready", [
        programs["prometheus"], f"--config.file={directory.at('etc', 'prometheus.yml')}",
        f"--storage.tsdb.path={directory.at('data', 'prometheus')}",
        f"--storage.tsdb.retention.time={'90d' if with_history else '15d'}",
        f"--web.listen-address=127.0.0.1:{prometheus}", f"--web.external-url={_url(prometheus)}",
        # The default of a minute would delay an alert's first repetition and its end.
        "--rules.alert.resend-delay=5s", "--enable-feature=native-histograms,exemplar-storage",
        "--web.enable-lifecycle", "--web.enable-admin-api", "--log.level=warn"]))
    return servers, urls


def _url(port):
    return f"http://127.0.0.1:{port}"


def _server(name, port, ready, command):
    return {"name": name, "url": _url(port), "ready": ready, "command": command, "pid": None, "start_ticks": None}


def _collectors():
    return [f"--collector.{name}" for name in ("cpu", "meminfo", "loadavg", "filesystem", "netdev", "uname", "stat")]


def _cluster(index, gossip):
    """Cluster options; without an empty address a single member listens on every interface."""
    if len(gossip) == 1:
        return ["--cluster.listen-address="]
    peers = [f"--cluster.peer=127.0.0.1:{port}" for i, port in enumerate(gossip) if i != index]
    return [f"--cluster.listen-address=127.0.0.1:{gossip[index]}", *peers, "--cluster.gossip-interval=100ms",
            "--cluster.pushpull-interval=5s", "--cluster.peer-timeout=2s", "--cluster.reconnect-interval=1s"]
