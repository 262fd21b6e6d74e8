// SPDX-License-Identifier: GPL-3.0-or-later
// The peer of bench_cardinality: one answer of Prometheus with 2,000 series, in headless Chromium: JSON.parse and
// Number to columns, then uPlot with all of them and with the 50 that reach highest. The raster is forced with
// getImageData().
//     node cardinality_peer.js SERIES POINTS [--quick]
// prints {"version", "bytes", "parse_ms", "all": {"ms", "js_ms"}, "top": {…}, "heap_MiB"}, or {"why": …}
// where something is not installed (`npm ci` in this folder).
'use strict';
const { inChromium } = require('./chromium_peer.js');

// Runs in the page.
async function measure({ series, points, runs }) {
  let state = 20261122;
  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296 - 0.5;
  const parts = [];
  for (let s = 0; s < series; ++s) {
    const values = [];
    let value = 50 + (s % 100);
    for (let p = 0; p < points; ++p) {
      value = Math.abs(value + random());
      values.push(`[${1795284000 + p * 15},"${value / 15}"]`);
    }
    parts.push(`{"metric":{"container":"app","cpu":"total","instance":"node-${s % 40}:8080","job":"cadvisor","namespace":"shop","pod":"svc-${s}-7c9d4b8f6d-x${s}"},"values":[${values}]}`);
  }
  const body = `{"status":"success","data":{"resultType":"matrix","result":[${parts}]}}`;
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];

  function columns() {
    const result = JSON.parse(body).data.result;
    const data = [Float64Array.from(result[0].values, (v) => v[0])];
    for (const one of result) data.push(Float64Array.from(one.values, (v) => Number(v[1])));
    return data;
  }
  function plot(data) {
    const lines = data.slice(1).map((_, i) => ({ stroke: `hsl(${(i * 36) % 360} 80% 60%)`, width: 1, points: { show: false } }));
    return new uPlot({ width: 1600, height: 900, legend: { show: false }, cursor: { show: false }, series: [{}, ...lines] }, data, document.body);
  }
  async function redraw(u, data) {
    const start = performance.now();
    u.setData(data);
    await null;
    const drawn = performance.now();
    u.ctx.getImageData(0, 0, 1, 1);
    return { ms: performance.now() - start, js: drawn - start };
  }
  async function medians(data) {
    const u = plot(data);
    for (let i = 0; i < 2; ++i) await redraw(u, data);
    const all = [];
    for (let i = 0; i < runs; ++i) all.push(await redraw(u, data));
    u.destroy();
    return { ms: median(all.map((t) => t.ms)), js_ms: median(all.map((t) => t.js)) };
  }
  const parses = [];
  let data;
  for (let i = 0; i < runs + 1; ++i) {
    const start = performance.now();
    data = columns();
    if (i) parses.push(performance.now() - start);
  }
  const all = await medians(data);
  const highest = data.slice(1).sort((a, b) => Math.max(...b) - Math.max(...a)).slice(0, 50);
  const top = await medians([data[0], ...highest]);
  return { bytes: body.length, parse_ms: median(parses), all, top, heap_MiB: performance.memory.usedJSHeapSize / 1048576 };
}

const [series, points] = process.argv.slice(2, 4).map(Number);
const runs = process.argv.includes('--quick') ? 5 : 15;
inChromium({}, (evaluate) => evaluate(measure, { series, points, runs }));
