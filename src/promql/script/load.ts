import {
  CUSTOM_BUCKETS_SCHEMA,
  isStaleNaN,
  compactSide,
  type FloatHistogram,
  type Labels,
  labelsKey,
  labelValue,
  METRIC_NAME,
  parseDuration,
  STALE_NAN,
  withLabel,
  withoutLabel,
} from '#model';
import type { MemorySample, MemoryStorage } from '#storage';
import { parseBound } from '../functions/parse-bound.ts';
import { parseSeriesDescription } from '../parse/series.ts';
import { formatParseError } from '../parse/position.ts';
import type { SeriesDescription } from '../parse/ast.ts';
import type { Command } from './commands.ts';
import { ScriptError } from './script-error.ts';

interface LoadedSeries {
  readonly labels: Labels;
  readonly samples: readonly MemorySample[];
}

/** Runs `load` and `load_with_nhcb`. Throws ScriptError. */
export function load(storage: MemoryStorage, command: Command): void {
  const match = /^(load|load_with_nhcb)\s+(\S+)$/.exec(command.head);
  if (match === null) throw new ScriptError(command.lineNumber, `cannot read: ${command.head}`);
  const [, word, step] = match;
  const series = loadedSeries(command, parseDuration(step));
  for (const { labels, samples } of series) storage.store(labels, samples);
  if (word !== 'load_with_nhcb') return;
  for (const { labels, samples } of customHistograms(series)) storage.store(labels, samples);
}

function loadedSeries(command: Command, stepMs: number): LoadedSeries[] {
  const byKey = new Map<string, LoadedSeries>();
  let starts: readonly (number | undefined)[] | undefined = undefined;
  for (const [i, line] of command.body.entries()) {
    if (START_LINE.test(line)) {
      starts = parseStarts(line);
      continue;
    }
    const description = parseLine(line, command.lineNumber + 1 + i);
    const samples = samplesOf(description, stepMs, starts);
    byKey.set(labelsKey(description.labels), { labels: description.labels, samples });
    starts = undefined;
  }
  return [...byKey.values()];
}

/** Parses the notation of `load` lines and of expected series. Throws ScriptError. */
export function parseLine(line: string, lineNumber: number): SeriesDescription {
  const result = parseSeriesDescription(line);
  if (result.ok) return result.series;
  throw new ScriptError(lineNumber, formatParseError(line, result.errors[0]));
}

function samplesOf(
  { values }: SeriesDescription,
  stepMs: number,
  starts: readonly (number | undefined)[] | undefined,
): MemorySample[] {
  const samples: MemorySample[] = [];
  for (const [i, value] of values.entries()) {
    if (value.kind === 'omitted') continue;
    const timestampMs = i * stepMs;
    const offsetMs = starts?.[i];
    samples.push({
      timestampMs,
      value: value.kind === 'histogram' ? 0 : value.stale === true ? STALE_NAN : value.value,
      ...(value.kind === 'histogram' ? { histogram: value.histogram } : {}),
      ...(offsetMs === undefined ? {} : { startTimestampMs: timestampMs + offsetMs }),
    });
  }
  return samples;
}

const START_LINE = /^\S.*[\w}]@st(?:\s|$)/;

/** Offsets from the samples' own timestamps in milliseconds; undefined: no start timestamp. */
function parseStarts(line: string): (number | undefined)[] {
  const items = line.slice(line.lastIndexOf('@st') + 3).trim();
  return items === '' ? [] : items.split(/\s+/).flatMap(parseStartItem);
}

const START_ITEM = /^([+-]?[\da-z]*?\d*[a-z]*?|0)(?:([+-])([\da-z]+?))?(?:x(\d+))?$/;

function parseStartItem(item: string): (number | undefined)[] {
  const gap = /^_(?:x(\d+))?$/.exec(item);
  if (gap !== null) return Array.from({ length: Number(gap[1] ?? '1') }, () => undefined);
  const match = START_ITEM.exec(item);
  if (match === null) throw new Error(`cannot read start timestamp ${item}`);
  const [, first, sign, step, count] = match;
  const firstMs = signedDuration(first);
  const stepMs = step === undefined ? 0 : parseDuration(step) * (sign === '-' ? -1 : 1);
  const length = Number(count ?? '0') + 1;
  return Array.from({ length }, (_, i) => firstMs + i * stepMs);
}

function signedDuration(text: string): number {
  const isNegative = text.startsWith('-');
  const durationMs = parseDuration(text.replace(/^[+-]/, ''));
  return isNegative ? -durationMs : durationMs;
}

/** What the classic series of one histogram say at one instant. */
interface ClassicParts {
  readonly buckets: { readonly bound: number; readonly count: number }[];
  count: number | undefined;
  sum: number;
}

/** Native histograms with custom buckets for the classic ones among the series. */
function customHistograms(series: readonly LoadedSeries[]): LoadedSeries[] {
  const groups = new Map<string, { labels: Labels; byTime: Map<number, ClassicParts> }>();
  for (const { labels, samples } of series) {
    const match = /^(.*)_(bucket|sum|count)$/.exec(labelValue(labels, METRIC_NAME));
    if (match === null) continue;
    const [, name, part] = match;
    const bound = parseBound(labelValue(labels, 'le'));
    if (part === 'bucket' && bound === undefined) continue;
    const base = withLabel(withoutLabel(labels, 'le'), METRIC_NAME, name);
    const key = labelsKey(base);
    const group = groups.get(key) ?? { labels: base, byTime: new Map<number, ClassicParts>() };
    groups.set(key, group);
    for (const sample of samples) {
      if (sample.histogram === undefined && !isStaleNaN(sample.value)) {
        addPart(group.byTime, sample, { part, bound: bound ?? Infinity });
      }
    }
  }
  return [...groups.values()].map(({ labels, byTime }) => ({
    labels,
    samples: [...byTime]
      .toSorted(([a], [b]) => a - b)
      .map(([timestampMs, parts]) => ({ timestampMs, value: 0, histogram: customOf(parts) })),
  }));
}

function addPart(
  byTime: Map<number, ClassicParts>,
  sample: MemorySample,
  { part, bound }: { readonly part: string; readonly bound: number },
): void {
  const parts = byTime.get(sample.timestampMs) ?? { buckets: [], count: undefined, sum: 0 };
  byTime.set(sample.timestampMs, parts);
  if (part === 'sum') parts.sum = sample.value;
  else if (part === 'count') parts.count = sample.value;
  else parts.buckets.push({ bound, count: sample.value });
}

function customOf(parts: ClassicParts): FloatHistogram {
  const buckets = parts.buckets.toSorted((a, b) => a.bound - b.bound || 0);
  const count = parts.count ?? buckets.at(-1)?.count ?? 0;
  if (buckets.at(-1)?.bound !== Infinity) buckets.push({ bound: Infinity, count });
  const counts: number[] = [];
  let previous = 0;
  for (const bucket of buckets) {
    if (bucket.count < previous) throw new Error('cannot convert buckets that are not cumulative');
    counts.push(bucket.count - previous);
    previous = bucket.count;
  }
  if (previous !== count) throw new Error('cannot convert a count other than the last bucket');
  const side = compactSide({ indexes: counts.map((_, i) => i), counts });
  return {
    counterResetHint: 'unknown',
    schema: CUSTOM_BUCKETS_SCHEMA,
    zeroThreshold: 0,
    zeroCount: 0,
    count,
    sum: parts.sum,
    positiveSpans: side.spans,
    positiveBuckets: side.buckets,
    negativeSpans: [],
    negativeBuckets: [],
    customValues: buckets.slice(0, -1).map(({ bound }) => bound),
  };
}
