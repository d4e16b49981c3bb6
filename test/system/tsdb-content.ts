// What a data directory holds, sample by sample, as lines that can be compared whoever read them.
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createMatcher } from '#model';
import type { FloatHistogram, Span } from '#model';
import { SampleColumns } from '#storage';
import type { Database } from '#tsdb';

/** Of Debian's package `prometheus`. */
export const PROMTOOL = '/usr/bin/promtool';
const OUTPUT_BYTES_MAX = 2 ** 30;

const number = new Float64Array(1);
const words = new Uint32Array(number.buffer);

/** The 64 bits; those of stale markers by name, since reading may make their NaN a quiet one. */
export function bitsOf(value: number): string {
  number[0] = value;
  const [low = 0, high = 0] = words;
  if (low === 2 && (high === 0x7ff00000 || high === 0x7ff80000)) return 'stale';
  if (Number.isNaN(value)) return 'NaN';
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

/** `{__name__="up", job="a"}`, as promtool writes it. */
export function labelText(labels: readonly string[]): string {
  const pairs: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    pairs.push(`${labels[i]}=${JSON.stringify(labels[i + 1])}`);
  }
  return `{${pairs.join(', ')}}`;
}

/** By buckets, since one and the same histogram may be laid out in several ways of spans. */
export function histogramText(histogram: FloatHistogram): string {
  if (bitsOf(histogram.sum) === 'stale') return 'stale histogram';
  const { schema, zeroThreshold, zeroCount, count, sum, customValues } = histogram;
  const sides = [
    bucketText(histogram.positiveSpans, histogram.positiveBuckets),
    bucketText(histogram.negativeSpans, histogram.negativeBuckets),
  ];
  const kind = histogram.counterResetHint === 'gauge' ? 'gauge' : 'counter';
  const numbers = [zeroThreshold, zeroCount, count, sum, ...customValues].map(bitsOf);
  return `${kind} ${schema} ${numbers.join(',')} ${sides.join(' ')}`;
}

function bucketText(spans: readonly Span[], buckets: readonly number[]): string {
  let text = '';
  let index = 0;
  let at = 0;
  for (const { offset, length } of spans) {
    index += offset;
    for (let i = 0; i < length; i++, index++, at++) {
      if (buckets[at] !== 0) text += `${index}:${bitsOf(buckets[at] ?? 0)},`;
    }
  }
  return `[${text}]`;
}

/** All that a database answers, sorted. Throws where a part cannot be read. */
export function contentOf(database: Database): string[] {
  const querier = database.reader.queryable.querier(-Infinity, Infinity);
  const all = { startMs: -Infinity, endMs: Infinity };
  const set = querier.select([createMatcher('!=', '__name__', '')], all);
  const lines: string[] = [];
  const columns = new SampleColumns();
  for (let i = 0; i < set.count; i++) {
    columns.clear();
    set.read(i, -Infinity, Infinity, columns);
    const labels = labelText(set.labels(i));
    for (let row = 0; row < columns.length; row++) {
      const histogram = columns.histograms[row];
      const value =
        histogram === undefined ? bitsOf(columns.values[row] ?? 0) : histogramText(histogram);
      lines.push(`${labels} ${value} ${columns.timestampsMs[row]}`);
    }
  }
  const { warnings } = set;
  querier.close();
  if (warnings.length > 0) throw new Error(warnings.join('\n'));
  return lines.toSorted();
}

/** What promtool dumps, sorted. It names no stale markers, and shows no histograms. */
export function dumpOf(path: string): string[] {
  // It wants a log.
  mkdirSync(join(path, 'wal'), { recursive: true });
  const text = promtool('dump', path);
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  return lines.map(dumpedLine).toSorted();
}

/** What promtool dumps of floats that are these lines. */
export function asDumped(lines: readonly string[]): string[] {
  return lines.map((line) => line.replace(/ stale (-?\d+)$/, ' NaN $1')).toSorted();
}

/** Go prints the shortest text that reads back as the same float, so the bits are those of the text. */
function dumpedLine(line: string): string {
  const [, labels = '', value = '', time = ''] = /^(\{.*\}) (\S+) (-?\d+)$/.exec(line) ?? [];
  const float = value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value);
  return `${labels} ${bitsOf(float)} ${time}`;
}

export function promtool(...args: readonly string[]): string {
  return execFileSync(PROMTOOL, ['tsdb', ...args], {
    encoding: 'utf8',
    maxBuffer: OUTPUT_BYTES_MAX,
  });
}

export function blocksOf(path: string): string[] {
  return readdirSync(path).filter((name) => /^[0-9A-Z]{26}$/.test(name));
}
