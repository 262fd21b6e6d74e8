# SPDX-License-Identifier: GPL-3.0-or-later
"""The shop's objectives as a file of the console's own kind: the same table as the recording rules and the truths."""
from fleet.slos import SLOS


def _indicator(slo):
    labels = f'service="{slo.service}"' + (f',endpoint="{slo.endpoint}"' if slo.endpoint else "")
    if slo.latency_le:
        return (f"      latency: {{buckets: 'http_request_duration_seconds_bucket{{{labels}}}', "
                f"threshold: {slo.latency_le}}}\n")
    return ("      ratio:\n"
            f"        bad: sum(increase(http_requests_total{{{labels},code=~\"5..\"}}[$__window]))\n"
            f"        total: sum(increase(http_requests_total{{{labels}}}[$__window]))\n")


def slo_files(period_days):
    """{file name: text}, one file a service. Shorter histories are judged over a shorter period."""
    files = {}
    for slo in SLOS:
        name = slo.service + ".yaml"
        if name not in files:
            files[name] = ("# SPDX-License-Identifier: GPL-3.0-or-later\nversion: 1\nkind: slo\n"
                           f"service: {slo.service}\nowner: team-{slo.service}\nslos:\n")
        files[name] += (f"  - id: {slo.id}\n    title: {slo.service} {slo.name}\n    target: {slo.objective * 100:g}\n"
                        f"    period: {{days: {max(1, period_days)}}}\n    recorded: {{dialect: sloth}}\n"
                        f"    indicator:\n{_indicator(slo)}")
    return files
