// SPDX-License-Identifier: GPL-3.0-or-later
// The peer of bench_traces: what a browser's trace view does with Jaeger's answer before it can draw.
//     node --expose-gc trace_peer.js FILE   prints {"ms": best of 9, "rows": n, "depth": of the deepest,
//                                           "errors": n, "heap": bytes held, "rss": bytes more than before}
'use strict';
const fs = require('fs');

function layOut(text) {
  const trace = JSON.parse(text).data[0];
  const byId = new Map();
  for (const span of trace.spans) {
    byId.set(span.spanID, { span, children: [], parent: null, depth: 0, error: false });
  }
  const roots = [];
  for (const node of byId.values()) {
    const reference = node.span.references.find((r) => r.traceID === node.span.traceID);
    const parent = reference && byId.get(reference.spanID);
    node.parent = parent || null;
    (parent ? parent.children : roots).push(node);
    node.error = node.span.tags.some((tag) => tag.key === 'error' && tag.value === true);
    node.service = trace.processes[node.span.processID].serviceName;
  }
  const earlier = (a, b) => a.span.startTime - b.span.startTime;
  const rows = [];
  const open = roots.sort(earlier).reverse();
  while (open.length) {
    const node = open.pop();
    node.depth = node.parent ? node.parent.depth + 1 : 0;
    rows.push(node);
    node.children.sort(earlier);
    for (let i = node.children.length - 1; i >= 0; --i) open.push(node.children[i]);
  }
  return { trace, rows };
}

function measure(file) {
  const text = fs.readFileSync(file, 'utf8');
  let best = Infinity;
  for (let run = 0; run < 9; ++run) {
    const start = process.hrtime.bigint();
    layOut(text);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e6);
  }
  return best;
}

// Memory first, in a fresh process: what one trace leaves behind once its text is gone.
global.gc();
const before = process.memoryUsage();
let kept = layOut(fs.readFileSync(process.argv[2], 'utf8'));
global.gc();
const after = process.memoryUsage();
const facts = { rows: kept.rows.length, depth: 0, errors: 0 };
for (const row of kept.rows) {
  facts.depth = Math.max(facts.depth, row.depth);
  facts.errors += row.error ? 1 : 0;
}
kept = null;
console.log(JSON.stringify({ ms: measure(process.argv[2]), ...facts,
  heap: after.heapUsed - before.heapUsed, rss: after.rss - before.rss }));
