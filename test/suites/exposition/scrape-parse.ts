import {
  chooseFormat,
  createPageParser,
  EntryKind,
  type PageOptions,
  type PageParser,
} from '#exposition';
import { type FloatHistogram, labelsToObject } from '#model';
import type { CaseResult } from '../suite.ts';
import { caseBytes, compare, readCases } from './cases.ts';

interface ParseCase {
  readonly id: string;
  readonly content_type: string;
  readonly options?: Readonly<Record<string, boolean | undefined>>;
  readonly input?: string;
  readonly input_base64?: string;
  readonly expect: {
    readonly ok?: boolean;
    readonly error?: string;
    readonly error_contains?: string;
    readonly note?: string;
    readonly entries?: readonly Entry[];
  };
}

interface Entry {
  type: string;
  [key: string]: unknown;
}

export async function scrapeParseFile(dir: string): Promise<readonly CaseResult[]> {
  const cases = await readCases<ParseCase>(dir, 'scrape-parse.json');
  return cases.map((one) => {
    try {
      return runCase(one);
    } catch (error) {
      return { id: one.id, ok: false, message: String(error) };
    }
  });
}

function runCase(one: ParseCase): CaseResult {
  const { id, expect } = one;
  const page = caseBytes(one.input, one.input_base64);
  const { format } = chooseFormat(one.content_type);
  if (format === undefined) return { id, ok: false, message: 'no parser' };
  const parser = createPageParser(page, format, pageOptions(one.options ?? {}));
  const entries = readEntries(parser);
  const message = parser.error?.message;
  if (expect.error !== undefined) return compare(id, message, expect.error);
  if (expect.error_contains !== undefined) {
    const ok = message?.includes(expect.error_contains) === true;
    return { id, ok, message: `got ${message}` };
  }
  if (message !== undefined) return { id, ok: false, message };
  if (expect.entries === undefined) return { id, ok: true };
  return compareEntries(one, entries);
}

function compareEntries(one: ParseCase, entries: readonly Entry[]): CaseResult {
  const wanted = one.expect.entries ?? [];
  if (entries.length !== wanted.length) {
    const message = `wanted ${wanted.length} entries, got ${entries.length}: ${JSON.stringify(entries)}`;
    return { id: one.id, ok: false, message };
  }
  const onlyNames = one.expect.note !== undefined;
  for (const [i, entry] of entries.entries()) {
    const shown = onlyNames ? { ...entry, labels: undefined, value: undefined } : entry;
    const expected = withoutDefaults(withoutEmptyLabels(wanted[i]));
    if (expected['raw'] === undefined) shown['raw'] = undefined;
    const result = compare(one.id, shown, expected);
    if (!result.ok) return { ...result, message: `entry ${i}: ${result.message}` };
  }
  return { id: one.id, ok: true };
}

/** A label with an empty value is the same as none. */
function withoutEmptyLabels(entry: Entry): Entry {
  if (typeof entry['labels'] !== 'object') return entry;
  const labels = Object.entries(entry['labels'] as Record<string, string>);
  return { ...entry, labels: Object.fromEntries(labels.filter(([, value]) => value !== '')) };
}

/** `unknown` is the hint of a histogram that has none, `[]` are the bounds of one without. */
function withoutDefaults(entry: Entry): Entry {
  if (typeof entry['histogram'] !== 'object') return entry;
  const histogram = { ...(entry['histogram'] as Record<string, unknown>) };
  if (histogram['counter_reset_hint'] === 'unknown') delete histogram['counter_reset_hint'];
  if (String(histogram['custom_values']) === '') delete histogram['custom_values'];
  return { ...entry, histogram };
}

function pageOptions(options: Readonly<Record<string, boolean | undefined>>): PageOptions {
  return {
    typeAndUnitLabels: options['type_and_unit_labels'] === true,
    skipCreatedSeries: options['skip_created_series'] === true,
    scrapeNativeHistograms: options['scrape_native_histograms'] !== false,
    alwaysScrapeClassicHistograms: options['always_scrape_classic_histograms'] === true,
    convertClassicHistograms: options['convert_classic_histograms_to_nhcb'] === true,
  };
}

function readEntries(parser: PageParser): readonly Entry[] {
  const entries: Entry[] = [];
  for (;;) {
    const kind = parser.next();
    if (kind === EntryKind.end || kind === EntryKind.error) return entries;
    entries.push(readEntry(parser, kind));
  }
}

function readEntry(parser: PageParser, kind: EntryKind): Entry {
  const metric = parser.metricName;
  switch (kind) {
    case EntryKind.help:
      return { type: 'help', metric, help: parser.help };
    case EntryKind.type:
      return { type: 'type', metric, metric_type: parser.metricType };
    case EntryKind.unit:
      return { type: 'unit', metric, unit: parser.unit };
    case EntryKind.comment:
      return { type: 'comment', text: parser.comment };
    default:
      return readSeries(parser, kind);
  }
}

function readSeries(parser: PageParser, kind: EntryKind): Entry {
  const raw = Buffer.from(parser.bytes.subarray(parser.seriesStart, parser.seriesEnd)).toString();
  const exemplars = parser.exemplars().map((exemplar) => ({
    labels: labelsToObject(exemplar.labels),
    value: exemplar.value,
    timestamp_ms: exemplar.timestampMs,
  }));
  const isSeries = kind === EntryKind.series;
  return {
    type: isSeries ? 'series' : 'histogram',
    raw,
    labels: labelsToObject(parser.labels()),
    value: isSeries ? parser.value : undefined,
    timestamp_ms: parser.timestampMs,
    start_timestamp_ms: parser.startTimestampMs(),
    exemplars: exemplars.length === 0 ? undefined : exemplars,
    ...(isSeries ? {} : histogramFields(parser)),
  };
}

function histogramFields(parser: PageParser): Record<string, unknown> {
  const histogram = parser.histogram();
  const shared = {
    schema: histogram.schema,
    count: histogram.count,
    sum: histogram.sum,
    zero_threshold: histogram.zeroThreshold || undefined,
    zero_count: histogram.zeroCount || undefined,
    positive_spans: spans(histogram.positiveSpans),
    negative_spans: spans(histogram.negativeSpans),
    custom_values: histogram.customValues.length === 0 ? undefined : histogram.customValues,
    counter_reset_hint:
      histogram.counterResetHint === 'unknown' ? undefined : histogram.counterResetHint,
  };
  if (!parser.histogramIsInteger) {
    const { positiveBuckets: positive_counts, negativeBuckets: negative_counts } = histogram;
    return { float_histogram: { ...shared, positive_counts, negative_counts } };
  }
  const positive_deltas = deltas(histogram.positiveBuckets);
  return {
    histogram: { ...shared, positive_deltas, negative_deltas: deltas(histogram.negativeBuckets) },
  };
}

function spans(list: FloatHistogram['positiveSpans']): unknown {
  return list.map((span) => [span.offset, span.length]);
}

function deltas(counts: readonly number[]): number[] {
  return counts.map((count, i) => count - (i === 0 ? 0 : (counts[i - 1] ?? 0)));
}
