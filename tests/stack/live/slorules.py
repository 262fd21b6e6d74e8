# SPDX-License-Identifier: GPL-3.0-or-later
"""Recording rules for the objectives, with the names the Sloth generator uses.

The burn rate comes from a window of seconds, so that an incident shows at
once; the remaining budget is averaged over the period from the five-minute
ratios, so that it stays cheap over 30 days.
"""
from fleet.slos import SLOS

LONG_WINDOWS = ("30m", "1h", "6h", "1d", "3d")


def _indicator(slo, window):
    """Share of bad events of one objective over a window."""
    labels = f'service="{slo.service}"' + (f',endpoint="{slo.endpoint}"' if slo.endpoint else "")
    if slo.latency_le:
        name = "http_request_duration_seconds"
        return (f'1 - sum(rate({name}_bucket{{{labels},le="{slo.latency_le}"}}[{window}]))'
                f" / sum(rate({name}_count{{{labels}}}[{window}]))")
    return (f'sum(rate(http_requests_total{{{labels},code=~"5.."}}[{window}]))'
            f" / sum(rate(http_requests_total{{{labels}}}[{window}]))")


def _rule(record, expression, labels):
    pairs = ", ".join(f'{name}: "{value}"' for name, value in labels.items())
    return f"      - record: {record}\n        expr: |\n          {expression}\n        labels: {{{pairs}}}\n"


def _group(name, interval, rules):
    head = f"  - name: {name}\n" + (f"    interval: {interval}\n" if interval else "")
    return head + "    rules:\n" + "".join(rules)


def slo_rules(fast, period_days):
    """The rule file; `fast` is the window of the burn rate, `period_days` 0 means one hour."""
    period, resolution = (f"{period_days}d", "5m") if period_days else ("1h", "10s")
    now, five, long, info = [], [], [], []
    for slo in SLOS:
        chosen = f'{{sloth_id="{slo.id}"}}'
        error, ratio = "slo:sli_error:ratio_rate", f"slo:sli_error:ratio_rate5m{chosen}"
        now.append(_rule(f"{error}{fast}", _indicator(slo, fast), {**slo.labels, "sloth_window": fast}))
        now.append(_rule("slo:current_burn_rate:ratio", f"{error}{fast}{chosen} / on (sloth_id, sloth_service, sloth_slo)"
                         f" slo:error_budget:ratio{chosen}", slo.labels))
        five.append(_rule(f"{error}5m", _indicator(slo, "5m"), {**slo.labels, "sloth_window": "5m"}))
        for window in LONG_WINDOWS:
            step = "1m" if window[-1] in "mh" else "5m"
            long.append(_rule(f"{error}{window}", f"avg_over_time({ratio}[{window}:{step}])",
                              {**slo.labels, "sloth_window": window}))
        burn = f"max without (sloth_window) (avg_over_time({ratio}[{period}:{resolution}])) / {slo.budget}"
        long.append(_rule("slo:period_burn_rate:ratio", burn, slo.labels))
        long.append(_rule("slo:period_error_budget_remaining:ratio", f"1 - slo:period_burn_rate:ratio{chosen}", slo.labels))
        info.append(_rule("slo:objective:ratio", f"vector({slo.objective})", slo.labels))
        info.append(_rule("slo:error_budget:ratio", f"vector({slo.budget})", slo.labels))
        info.append(_rule("slo:time_period:days", f"vector({period_days or 1 / 24:.4g})", slo.labels))
        info.append(_rule("sloth_slo_info", "vector(1)", {
            **slo.labels, "sloth_objective": f"{slo.objective * 100:g}", "sloth_mode": "cli-gen-prom",
            "sloth_spec": "prometheus/v1"}))
    return "groups:\n" + (_group("slo-info", "5s", info) + _group("slo-now", "", now)
                          + _group("slo-5m", "5s", five) + _group("slo-long", "15s", long))
