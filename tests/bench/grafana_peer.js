// SPDX-License-Identifier: GPL-3.0-or-later
// The peer of bench_import: parsing a dashboard and walking every value of it once, which is the least any
// importer does.
//     node grafana_peer.js FILE      prints {"ms": median of 15, "values": n}
'use strict';
const fs = require('fs');

const text = fs.readFileSync(process.argv[2], 'utf8');

function walk(value) {
  if (value === null || typeof value !== 'object') return 1;
  let count = 0;
  for (const key of Object.keys(value)) count += walk(value[key]);
  return count > 0 ? count : 1;
}

const taken = [];
let values = 0;
for (let run = 0; run < 20; ++run) {
  const start = process.hrtime.bigint();
  values = walk(JSON.parse(text));
  if (run >= 5) taken.push(Number(process.hrtime.bigint() - start) / 1e6);
}
taken.sort((a, b) => a - b);
console.log(JSON.stringify({ ms: taken[taken.length >> 1], values }));
