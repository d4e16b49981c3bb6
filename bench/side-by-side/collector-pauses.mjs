// Loaded into each thread of a Narthex under test (`--import`): notes how long its garbage collector held
// the thread up, for `collector-pauses.ts` to read.
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PerformanceObserver } from 'node:perf_hooks';
import { threadId } from 'node:worker_threads';

const WRITE_INTERVAL_MS = 500;
/** Those before make room, in portions. */
const PAUSES_MAX = 100_000;

const folder = process.env.NARTHEX_BENCH_PAUSES;
let pausesMs = [];
let isWritten = true;

function write() {
  if (isWritten || folder === undefined) return;
  const path = join(folder, `pauses-${process.pid}-${threadId}.json`);
  // Whoever reads it finds the whole of it.
  writeFileSync(`${path}.tmp`, JSON.stringify(pausesMs));
  renameSync(`${path}.tmp`, path);
  isWritten = true;
}

new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) pausesMs.push(Math.round(duration * 1000) / 1000);
  if (pausesMs.length > PAUSES_MAX) pausesMs = pausesMs.slice(-PAUSES_MAX / 2);
  isWritten = false;
}).observe({ entryTypes: ['gc'] });
setInterval(write, WRITE_INTERVAL_MS).unref();
