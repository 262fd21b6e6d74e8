# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes the configuration of every server, and that of the console."""
import os
import re

from . import StackError
from .slofiles import slo_files
from .slorules import slo_rules
from .tracebackends import datasources

_RULES = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "rules")
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(text):
    """Seconds of a duration such as 500ms, 1s, 2m, 30d; StackError for anything else."""
    match = re.fullmatch(r"(\d+)(ms|s|m|h|d)", text)
    if not match or int(match[1]) == 0:
        raise StackError(f"{text!r} is not a duration such as 1s, 15s, 2m or 30d")
    return int(match[1]) * _UNITS[match[2]]


def windows(scrape):
    """(fast, slow) range windows, such as ('15s', '30s'), that hold enough scrapes."""
    fast = max(15, round(4 * seconds(scrape)))
    return f"{fast}s", f"{2 * fast}s"


def write_configs(directory, urls, options, period_days):
    """Writes etc/ for the servers and config/ for the console."""
    fast, slow = windows(options["scrape"])
    _write(directory.at("etc", "prometheus.yml"), _prometheus(urls, options))
    for name in ("recording.yml", "alerts.yml"):
        with open(os.path.join(_RULES, name), encoding="utf-8") as file:
            _write(directory.at("etc", name), file.read().replace("%FAST%", fast).replace("%SLOW%", slow))
    _write(directory.at("etc", "slo.yml"), slo_rules(slow, period_days))
    _write(directory.at("etc", "alertmanager.yml"), _alertmanager(urls))
    _write(directory.at("config", "bridgewatch.yaml"), _console(urls))
    os.makedirs(directory.at("config", "slos"), exist_ok=True)
    for name, text in slo_files(period_days).items():
        _write(directory.at("config", os.path.join("slos", name)), text)


def _write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _hosts(urls):
    return "[" + ", ".join(f'"{url.removeprefix("http://")}"' for url in urls) + "]"


def _prometheus(urls, options):
    scrape = options["scrape"]
    timeout = scrape if seconds(scrape) < 10 else "10s"
    return f"""\
global:
  scrape_interval: {scrape}
  scrape_timeout: {timeout}
  evaluation_interval: {options["evaluation"]}
  external_labels: {{cluster: shop, replica: a}}
rule_files: [recording.yml, slo.yml, alerts.yml]
alerting:
  alertmanagers:
    - static_configs: [{{targets: {_hosts(urls["alertmanagers"])}}}]
scrape_configs:
  - job_name: fleet
    http_sd_configs: [{{url: "{urls["fleet"]}/targets", refresh_interval: 2s}}]
  - job_name: node
    static_configs: [{{targets: {_hosts([urls["node"]])}}}]
  - job_name: prometheus
    static_configs: [{{targets: {_hosts([urls["prometheus"]])}}}]
  - job_name: alertmanager
    static_configs: [{{targets: {_hosts(urls["alertmanagers"])}}}]
"""


def _alertmanager(urls):
    return f"""\
route:
  receiver: team
  group_by: [alertname, service]
  group_wait: 1s
  group_interval: 5s
  repeat_interval: 1h
  routes:
    - matchers: ['severity="none"']
      receiver: nobody
    - matchers: ['severity=~"critical|page"']
      receiver: pager
      continue: true
    - matchers: ['team="pay"']
      receiver: team-pay
      group_by: [alertname]
receivers:
  - name: nobody
  - name: team
  - name: pager
    webhook_configs: [{{url: "{urls["fleet"]}/notifications", send_resolved: true}}]
  - name: team-pay
    webhook_configs: [{{url: "{urls["fleet"]}/notifications", send_resolved: true}}]
inhibit_rules:
  # Who is paged for a service does not want its warnings as well.
  - source_matchers: ['severity="critical"']
    target_matchers: ['severity="warning"', 'service!=""']
    equal: [service]
"""


def _console(urls):
    members = "\n".join(f"      - {url}" for url in urls["alertmanagers"])
    return f"""\
version: 1
datasources:
  - id: prom
    kind: prometheus
    url: {urls["prometheus"]}
    default: true
  - id: am
    kind: alertmanager
    members:
{members}
    metrics: prom
{datasources(urls["traces"])}"""
