// Reads a head over and over while another thread writes it, and checks every sample that it sees.
import { parentPort } from 'node:worker_threads';
import { createMatcher, labelValue } from '#model';
import { SampleColumns } from '#storage';
import { createReader } from '#tsdb';

const reader = createReader();
const columns = new SampleColumns();
let isAttached = false;
let mayStop = false;
const seen = { queries: 0, samples: 0, series: 0, problems: [] };

parentPort.on('message', (message) => {
  if (message === 'stop') {
    mayStop = true;
    return;
  }
  reader.apply(message);
  if (isAttached) return;
  isAttached = true;
  setImmediate(loop);
});

function loop() {
  for (let i = 0; i < 5 && seen.problems.length < 5; i++) query();
  if (!mayStop) setImmediate(loop);
  else {
    parentPort.postMessage(seen);
    parentPort.close();
  }
}

function query() {
  const querier = reader.queryable.querier(-Infinity, Infinity);
  const bounds = { startMs: -Infinity, endMs: Infinity };
  const shard = String(seen.queries % 4);
  const matchers = [createMatcher('=', '__name__', 'churn'), createMatcher('=~', 'shard', shard)];
  const set = querier.select(matchers, bounds);
  const found = new Set();
  const lastTimes = new Map();
  for (let i = 0; i < set.count; i++) {
    const labels = set.labels(i);
    const key = labels.join(',');
    if (found.has(key)) seen.problems.push(`twice: ${key}`);
    if (labelValue(labels, 'shard') !== shard) seen.problems.push(`not asked for: ${key}`);
    found.add(key);
    check(set, i, labels);
    // What the retention took away meanwhile has no samples.
    if (columns.length === 0) continue;
    const generation = labelValue(labels, 'generation');
    const times = lastTimes.get(generation) ?? new Set();
    lastTimes.set(generation, times.add(columns.timestampsMs[columns.length - 1]));
  }
  // All series of a generation are written together: a batch is visible as a whole.
  for (const [generation, times] of lastTimes) {
    if (times.size > 1) seen.problems.push(`half a batch of ${generation}: ${[...times].join()}`);
  }
  querier.labelValues('generation', matchers);
  querier.close();
  seen.series = Math.max(seen.series, set.count);
  seen.queries++;
}

/** The value (of a histogram its sum) follows from the labels and the time, the time steps evenly. */
function check(set, index, labels) {
  columns.clear();
  set.read(index, -Infinity, Infinity, columns);
  const base = Number(labelValue(labels, 'generation')) * 1000 + Number(labelValue(labels, 'i'));
  for (let k = 0; k < columns.length; k++) {
    const timeMs = columns.timestampsMs[k];
    const isNext = k === 0 || timeMs === columns.timestampsMs[k - 1] + 1000;
    const histogram = columns.histograms[k];
    const value = histogram?.sum ?? columns.values[k];
    if (value !== base + timeMs / 1024 || !isNext || !isWhole(histogram, timeMs / 1000)) {
      const labelText = labels.join(',');
      seen.problems.push(`${labelText}: row ${k}: ${timeMs} ${value}`);
      return;
    }
  }
  seen.samples += columns.length;
}

/** Every bucket has counted once each step. */
function isWhole(histogram, step) {
  if (histogram === undefined) return true;
  const { count, positiveBuckets } = histogram;
  return count === step * positiveBuckets.length && positiveBuckets.every((one) => one === step);
}
