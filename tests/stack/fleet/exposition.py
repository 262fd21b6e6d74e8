# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes one metrics page, as text format 0.0.4 or as OpenMetrics 1.0."""
import math

TEXT = "text/plain; version=0.0.4; charset=utf-8"
OPENMETRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def escape(text):
    """A label value as it stands between the quotes."""
    return str(text).replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def number(value):
    """A sample value; NaN and the infinities have their own spelling."""
    if isinstance(value, float):
        if math.isnan(value):
            return "NaN"
        if math.isinf(value):
            return "+Inf" if value > 0 else "-Inf"
        return repr(value)
    return str(value)


class Page:
    """Collects samples by metric family and prints them in the order of arrival."""

    def __init__(self, openmetrics):
        self.openmetrics = openmetrics
        self._families = {}

    @property
    def content_type(self):
        """The Content-Type header that belongs to text()."""
        return OPENMETRICS if self.openmetrics else TEXT

    def gauge(self, name, explanation, labels, value):
        """Adds one sample of a gauge."""
        self._add(name, "gauge", explanation, name, labels, value)

    def counter(self, name, explanation, labels, value):
        """Adds one sample of a counter; the name ends in _total."""
        family = name[:-len("_total")] if self.openmetrics else name
        self._add(family, "counter", explanation, name, labels, value)

    def histogram(self, name, explanation, labels, bounds, counted, exemplars=None):
        """Adds one classic histogram.

        `counted` is what load.cumulative_counts returned for the bounds,
        `exemplars` maps an index of `bounds` to (labels, value, time); they
        appear in OpenMetrics only.
        """
        counts, total, sum_s = counted
        for index, (bound, count) in enumerate(zip(bounds, counts)):
            le = repr(float(bound)) if self.openmetrics else f"{bound:g}"
            self._add(name, "histogram", explanation, f"{name}_bucket", {**labels, "le": le}, count,
                      (exemplars or {}).get(index))
        self._add(name, "histogram", explanation, f"{name}_bucket", {**labels, "le": "+Inf"}, total)
        self._add(name, "histogram", explanation, f"{name}_sum", labels, sum_s)
        self._add(name, "histogram", explanation, f"{name}_count", labels, total)

    def text(self):
        """The page."""
        lines = []
        for family, (kind, explanation, samples) in self._families.items():
            help_text = explanation.replace("\\", "\\\\").replace("\n", "\\n")
            lines += [f"# HELP {family} {help_text}", f"# TYPE {family} {kind}", *samples]
        if self.openmetrics:
            lines.append("# EOF")
        return "\n".join(lines) + "\n"

    def _add(self, family, kind, explanation, sample, labels, value, exemplar=None):
        entry = self._families.setdefault(family, (kind, explanation, []))
        pairs = ",".join(f'{name}="{escape(text)}"' for name, text in labels.items())
        line = f"{sample}{{{pairs}}} {number(value)}" if pairs else f"{sample} {number(value)}"
        if exemplar and self.openmetrics:
            names, seen, at = exemplar
            inner = ",".join(f'{name}="{escape(text)}"' for name, text in names.items())
            line += f" # {{{inner}}} {number(seen)} {at:.3f}"
        entry[2].append(line)
