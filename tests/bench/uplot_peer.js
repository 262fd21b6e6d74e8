// SPDX-License-Identifier: GPL-3.0-or-later
// The peer of bench_plot: uPlot in headless Chromium, the same panels, drawn into a canvas whose raster is
// forced with getImageData().
//     node uplot_peer.js [--quick]
// prints {"version", "cases": [{"series", "points", "width", "ms", "js_ms"}], "dashboard": {"ms", "js_ms"}}, or
// {"cases": null, "why": …} where uPlot, puppeteer-core or Chromium is not installed (`npm ci` in this folder).
'use strict';
const { inChromium } = require('./chromium_peer.js');

// Runs in the page.
async function measure({ cases, runs }) {
  function walk(series, points) {
    let state = 20261121;
    const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 4294967296 - 0.5;
    const data = [Float64Array.from({ length: points }, (_, i) => 1795000000 + i * 15)];
    for (let s = 0; s < series; ++s) {
      let value = 50 + 10 * s;
      data.push(Float64Array.from({ length: points }, () => (value += random() * (100 / Math.sqrt(points))) + random() * 3));
    }
    return data;
  }
  function plot(data, width, height, stroke) {
    const lines = data.slice(1).map((_, i) => ({ stroke: `hsl(${i * 36} 80% 60%)`, width: stroke, points: { show: false } }));
    return new uPlot({ width, height, legend: { show: false }, cursor: { show: false }, series: [{}, ...lines] }, data, document.body);
  }
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  // setData draws in a microtask; reading a pixel makes the rasteriser finish.
  async function redraw(plots, data) {
    const start = performance.now();
    for (const u of plots) u.setData(data);
    await null;
    const drawn = performance.now();
    for (const u of plots) u.ctx.getImageData(0, 0, 1, 1);
    return { ms: performance.now() - start, js: drawn - start };
  }
  async function medians(plots, data, count) {
    for (let i = 0; i < 3; ++i) await redraw(plots, data);
    const all = [];
    for (let i = 0; i < count; ++i) all.push(await redraw(plots, data));
    return { ms: median(all.map((t) => t.ms)), js_ms: median(all.map((t) => t.js)) };
  }
  const out = { cases: [] };
  for (const { series, points, width } of cases) {
    const data = walk(series, points);
    const u = plot(data, 1600, 900, width);
    const count = Math.max(5, Math.round(points * series >= 1e6 ? runs / 3 : runs));
    out.cases.push({ series, points, width, ...await medians([u], data, count) });
    u.destroy();
  }
  const data = walk(10, 1000);
  const many = Array.from({ length: 24 }, () => plot(data, 280, 225, 1));
  out.dashboard = await medians(many, data, runs);
  return out;
}

const cases = [];
for (const width of [1, 2]) {
  for (const [series, points] of [[10, 1000], [10, 100000], [1, 1000000], [10, 1000000]]) cases.push({ series, points, width });
}
const runs = process.argv.includes('--quick') ? 7 : 21;
inChromium({ cases: null }, (evaluate) => evaluate(measure, { cases, runs }));
