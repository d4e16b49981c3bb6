import { escapeValue, quoteName } from '#exposition';
import {
  METRIC_NAME,
  formatFloatCompact,
  formatHistogram,
  isLegacyMetricName,
  isStaleNaN,
} from '#model';
import type { Labels, Matcher } from '#model';
import { formatParseError, parseMetricSelector, quoteGo } from '#promql';
import { openReadOnly } from '#tsdb';
import type { ReadOnlyDatabase } from '#tsdb';
import { CommandError, textOf } from './command.ts';
import type { CommandInput } from './command.ts';
import { formatLabelSet } from './go-format.ts';
import { goJson } from './query-print.ts';

/** All series. */
const NO_MATCHERS: readonly Matcher[] = [];

/**
 * `{__name__="up"} 1 1700000000000`, as promtool has it, or its `seriesjson`: labels alone, as `tsdb bench
 * write` reads them. 1: something cannot be read.
 */
export function tsdbDump(input: CommandInput): number {
  return textOf(input.options, 'format') === 'seriesjson' ? dumpSeries(input) : dumpSamples(input);
}

function dumpSeries(input: CommandInput): number {
  return dump(input, (database, matcherSets) => {
    for (const { labels } of database.series(matcherSets)) {
      input.output.write(`${formatSeriesJson(labels)}\n`);
    }
  });
}

function formatSeriesJson(labels: Labels): string {
  const parts: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    parts.push(`${goJson(labels[i] ?? '')}:${goJson(labels[i + 1] ?? '')}`);
  }
  return `{${parts.join(',')}}`;
}

function dumpSamples(input: CommandInput): number {
  return dump(input, (database, matcherSets) => {
    for (const { labels, samples } of database.series(matcherSets)) {
      const series = formatLabelSet(labels, quoteGo);
      for (let row = 0; row < samples.length; row++) {
        const histogram = samples.histograms[row];
        const value =
          histogram === undefined
            ? formatFloatCompact(samples.values[row] ?? NaN)
            : formatHistogram(histogram);
        input.output.write(`${series} ${value} ${samples.timestampsMs[row]}\n`);
      }
    }
  });
}

/** What `create-blocks-from openmetrics` reads, without stale markers. 1: something cannot be read. */
export function tsdbDumpOpenMetrics(input: CommandInput): number {
  let histogramCount = 0;
  const exitCode = dump(input, (database, matcherSets) => {
    for (const { labels, samples } of database.series(matcherSets)) {
      const series = formatOpenMetricsSeries(labels);
      for (let row = 0; row < samples.length; row++) {
        if (samples.histograms[row] !== undefined) {
          histogramCount++;
          continue;
        }
        if (isStaleNaN(samples.values[row] ?? 0)) continue;
        const value = formatFloatCompact(samples.values[row] ?? NaN);
        const seconds = ((samples.timestampsMs[row] ?? 0) / 1000).toFixed(3);
        input.output.write(`${series} ${value} ${seconds}\n`);
      }
    }
    input.output.write('# EOF\n');
  });
  if (histogramCount > 0) {
    input.output.writeError(`left out: ${histogramCount} native histograms\n`);
  }
  return exitCode;
}

function dump(
  input: CommandInput,
  print: (database: ReadOnlyDatabase, matcherSets: readonly (readonly Matcher[])[]) => void,
): number {
  const matcherSets = (input.options.get('match') ?? []).map(matchersOf);
  const database = openReadOnly({
    dir: textOf(input.words, 'path') || 'data/',
    startMs: timeOf(input, 'min-time', -Infinity),
    endMs: timeOf(input, 'max-time', Infinity),
  });
  try {
    print(database, matcherSets.length === 0 ? [NO_MATCHERS] : matcherSets);
  } finally {
    database.close();
  }
  for (const warning of database.warnings) input.output.writeError(`warning: ${warning}\n`);
  return database.warnings.length === 0 ? 0 : 1;
}

function matchersOf(selector: string): readonly Matcher[] {
  const parsed = parseMetricSelector(selector);
  if (parsed.ok) return parsed.matchers;
  const [first] = parsed.errors;
  const reason = first === undefined ? 'parse error' : formatParseError(selector, first);
  throw new CommandError(`cannot read --match: ${reason}`);
}

function timeOf({ options }: CommandInput, name: string, fallback: number): number {
  const text = textOf(options, name);
  return text === '' ? fallback : Number(text);
}

/** Names that older readers do not know stand in the braces. */
export function formatOpenMetricsSeries(labels: Labels): string {
  let metric = '';
  const parts: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] ?? '';
    const value = labels[i + 1] ?? '';
    if (name === METRIC_NAME) metric = value;
    else {
      const isPlain = /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
      parts.push(`${isPlain ? name : `"${escapeValue(name)}"`}="${escapeValue(value)}"`);
    }
  }
  if (isLegacyMetricName(metric)) return `${metric}{${parts.join(',')}}`;
  return `{${[quoteName(metric), ...parts].join(',')}}`;
}
