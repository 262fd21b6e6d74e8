// SPDX-License-Identifier: GPL-3.0-or-later
// The peer of bench_decode: what a browser dashboard does with a range answer.
//     node decode_peer.js FILE      prints {"ms": median of 15, "samples": n, "sum": of all finite values}
'use strict';
const fs = require('fs');

const text = fs.readFileSync(process.argv[2], 'utf8');

function decode() {
  const result = JSON.parse(text).data.result;
  return result.map((series) => {
    const count = series.values.length;
    const times = new Float64Array(count), values = new Float64Array(count);
    for (let i = 0; i < count; ++i) {
      times[i] = series.values[i][0];
      values[i] = Number(series.values[i][1]);
    }
    return { labels: series.metric, times, values };
  });
}

const taken = [];
let decoded;
for (let run = 0; run < 20; ++run) {
  const start = process.hrtime.bigint();
  decoded = decode();
  if (run >= 5) taken.push(Number(process.hrtime.bigint() - start) / 1e6);
}
taken.sort((a, b) => a - b);
let samples = 0, sum = 0;
for (const series of decoded) {
  samples += series.values.length;
  for (const value of series.values) sum += Number.isFinite(value) ? value : 0;
}
console.log(JSON.stringify({ ms: taken[taken.length >> 1], samples, sum }));
