# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reader must find in a trace: whole, and span by span.

Nothing here knows a format or a program.  A span whose parent is not there is
a root and an orphan; a circle of parents is cut above its earliest span.
"""


def truth(trace):
    """The facts of a trace as a JSON object; times in nanoseconds."""
    rows = span_truths(trace.spans)
    begin, end = min(s.start_us for s in trace.spans), max(s.end_us for s in trace.spans)
    failed = [s for s in trace.spans if s.failed]

    def marked(name):
        return sum(name in row["marks"] for row in rows)

    roots = [row for row in rows if not row["parentId"]]
    main = max([row for row in roots if "orphan" not in row["marks"]] or roots, key=lambda row: row["durationNs"])
    return {"kind": trace.kind, "traceId": trace.trace_id, "rootService": main["service"], "rootOperation": main["operation"],
            "startNs": begin * 1000, "durationNs": (end - begin) * 1000, "spans": len(rows),
            "services": sorted({s.service for s in trace.spans}), "errors": len(failed), "roots": len(roots),
            "orphans": marked("orphan"), "cycles": sum("cycle" in row["marks"] for row in roots),
            "duplicates": marked("duplicate"), "skewed": marked("skewed"), "depth": max(row["depth"] for row in rows),
            "exceptions": sum(event.name == "exception" for span in trace.spans for event in span.events)}


def span_truths(spans):
    """[{spanId, parentId, service, operation, kind, status, startNs, durationNs, depth, marks}] in the order given."""
    first = {}
    for span in spans:
        first.setdefault(span.span_id, span)
    parents = {id(span): first.get(span.parent) for span in spans}
    on_circle = _cut_circles(spans, parents)
    depths = _depths(spans, parents)
    return [{"spanId": span.span_id, "parentId": parents[id(span)].span_id if parents[id(span)] else "",
             "service": span.service, "operation": span.name, "kind": span.kind, "status": "error" if span.failed else "unset",
             "startNs": span.start_us * 1000, "durationNs": span.duration_us * 1000, "depth": depths[id(span)],
             "marks": sorted(_marks(span, parents[id(span)], first, id(span) in on_circle))} for span in spans]


def _marks(span, parent, first, on_circle):
    found = set()
    if span.parent and span.parent not in first:
        found.add("orphan")
    if on_circle:
        found.add("cycle")
    if first[span.span_id] is not span:
        found.add("duplicate")
    if parent:
        if span.end_us > parent.end_us:
            found.add("outlives")
        if span.service != parent.service and not parent.start_us <= span.start_us <= parent.end_us:
            found.add("skewed")
    return found


def _cut_circles(spans, parents):
    """Takes the parent away from the earliest span of every circle; the ids of all spans on one."""
    found, walked = set(), {}
    for number, span in enumerate(spans):
        path, at = [], span
        while at is not None and id(at) not in walked:
            walked[id(at)] = number
            path.append(at)
            at = parents[id(at)]
        if at is not None and walked[id(at)] == number:
            circle = path[next(i for i, one in enumerate(path) if one is at):]
            found.update(map(id, circle))
            parents[id(min(circle, key=lambda one: one.start_us))] = None
    return found


def _depths(spans, parents):
    depths = {}
    for span in spans:
        path, at = [], span
        while at is not None and id(at) not in depths:
            path.append(at)
            at = parents[id(at)]
        depth = depths[id(at)] + 1 if at is not None else 0
        for one in reversed(path):
            depths[id(one)] = depth
            depth += 1
    return depths
