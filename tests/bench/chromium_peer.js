// SPDX-License-Identifier: GPL-3.0-or-later
// What the peers in headless Chromium share: uPlot's source, and a page to measure in.
'use strict';
const fs = require('fs');
const path = require('path');

/// Calls measure(evaluate), where evaluate(f, input) runs f in a page that has uPlot, and prints the version and what
/// it gives as JSON. Where something is not installed (`npm ci` in this folder), prints `none` with the reason instead.
async function inChromium(none, measure) {
  const absent = (why) => {
    console.log(JSON.stringify({ ...none, why }));
    process.exit(0);
  };
  let puppeteer, library, version;
  try {
    puppeteer = require('puppeteer-core');
    library = fs.readFileSync(path.join(__dirname, 'node_modules/uplot/dist/uPlot.iife.min.js'), 'utf8');
    version = require('uplot/package.json').version;
  } catch (error) {
    absent(`npm packages: ${error.code}`);
  }
  const chromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((file) => fs.existsSync(file));
  if (!chromium) absent('no chromium');
  try {
    const browser = await puppeteer.launch({
      executablePath: chromium, headless: true,
      args: ['--no-sandbox', '--disable-gpu', '--disable-extensions', '--enable-precise-memory-info',
        '--js-flags=--max-old-space-size=4096'],
      protocolTimeout: 600000,
    });
    try {
      const page = await browser.newPage();
      await page.setViewport({ width: 1700, height: 1000 });
      await page.setContent('<!doctype html><body></body>');
      await page.addScriptTag({ content: library });
      console.log(JSON.stringify({ version, ...await measure((what, input) => page.evaluate(what, input)) }));
    } finally {
      await browser.close();
    }
  } catch (error) {
    absent(String(error.message));
  }
}

module.exports = { inChromium };
