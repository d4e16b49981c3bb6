import { type Labels, labelsKey, labelValue, METRIC_NAME, type MetricType } from '#model';
import { bucketProblem, HistogramCheck, type SampleFacts } from './check-histogram.ts';
import { OpenMetricsParser } from './openmetrics-parser.ts';
import { EntryKind, type PageError } from './page-parser.ts';

/** The samples that a family of each type may have, by what follows its name. */
const SUFFIXES: Readonly<Record<MetricType, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum'],
  summary: ['', '_count', '_sum', '_created'],
  info: ['_info'],
  stateset: [''],
  unknown: [''],
};

/** The most characters of an exemplar's names and values together (OpenMetrics 1.0). */
const EXEMPLAR_CHARACTERS_MAX = 128;

class StrictParser extends OpenMetricsParser {
  protected override blanksAfterComma = true;

  /** A label's value before it is normalised. */
  writtenValue(name: string): string {
    const { pairs } = this.rawLabels(this.seriesStart, this.seriesEnd);
    const at = pairs.findIndex((text, i) => i % 2 === 0 && text === name);
    return at < 0 ? '' : (pairs[at + 1] ?? '');
  }
}

/**
 * Whether a page is OpenMetrics 1.0 to the letter: undefined, or the first fault. The scraper takes much
 * that this refuses (missing types, families torn apart); it is for those who write exporters.
 */
export function checkOpenMetrics(page: Uint8Array): PageError | undefined {
  const parser = new StrictParser(page);
  const checker = new PageCheck();
  for (;;) {
    const kind = parser.next();
    if (kind === EntryKind.error) return parser.error;
    const problem =
      kind === EntryKind.series
        ? checker.sample(parser)
        : kind === EntryKind.end
          ? checker.endFamily()
          : checker.metadata(kind, parser);
    if (problem !== undefined) {
      const at = kind === EntryKind.series ? parser.seriesStart : parser.entryStart;
      return parser.errorAt(problem, at);
    }
    if (kind === EntryKind.end) return undefined;
  }
}

interface Family {
  readonly name: string;
  type: MetricType;
  /** The kinds of metadata given so far. */
  readonly given: Set<EntryKind>;
  hasUnit: boolean;
  /** Groups (metrics) that are over, by key. */
  readonly closed: Set<string>;
  group: Group | undefined;
}

interface Group {
  readonly key: string;
  /** The newest timestamp of each sample name and bound. */
  readonly timestampsMs: Map<string, number | undefined>;
  newestMs: number | undefined;
  readonly histogram: HistogramCheck;
}

class PageCheck {
  private readonly seen = new Set<string>();
  private family: Family | undefined = undefined;

  metadata(kind: EntryKind, parser: StrictParser): string | undefined {
    const name = parser.metricName;
    if (this.family?.name !== name) {
      const problem = this.beginFamily(name);
      if (problem !== undefined) return problem;
    }
    const { family } = this;
    if (family === undefined) return undefined;
    if (family.group !== undefined) return `metadata of ${name} after its samples`;
    if (family.given.has(kind)) return `metadata of ${name} given twice`;
    family.given.add(kind);
    if (kind === EntryKind.type) family.type = parser.metricType;
    if (kind === EntryKind.unit && parser.unit !== '') family.hasUnit = true;
    const hasNoUnit = family.type === 'info' || family.type === 'stateset';
    return family.hasUnit && hasNoUnit ? `a ${family.type} has no unit` : undefined;
  }

  sample(parser: StrictParser): string | undefined {
    const labels = parser.labels();
    const name = labelValue(labels, METRIC_NAME);
    const { value } = parser;
    if (this.suffixOf(name) === undefined) {
      const problem = this.beginFamily(name);
      if (problem !== undefined) return problem;
    }
    const { family } = this;
    const suffix = this.suffixOf(name);
    if (family === undefined || suffix === undefined) return undefined;
    return (
      syntaxProblem(parser, labels) ??
      valueProblem(family, suffix, { labels, value, writtenLe: parser.writtenValue('le') }) ??
      exemplarProblem(parser, suffix) ??
      this.groupProblem(family, parser, labels)
    );
  }

  /** Ends the family that was open. */
  endFamily(): string | undefined {
    const { family } = this;
    this.family = undefined;
    return family === undefined ? undefined : endGroup(family);
  }

  private suffixOf(name: string): string | undefined {
    const { family } = this;
    if (family === undefined || !name.startsWith(family.name)) return undefined;
    const suffix = name.slice(family.name.length);
    return SUFFIXES[family.type].includes(suffix) ? suffix : undefined;
  }

  private beginFamily(name: string): string | undefined {
    const problem = this.endFamily();
    if (problem !== undefined) return problem;
    if (this.seen.has(name)) return `family ${name} comes twice`;
    this.seen.add(name);
    this.family = {
      name,
      type: 'unknown',
      given: new Set(),
      hasUnit: false,
      closed: new Set(),
      group: undefined,
    };
    return undefined;
  }

  private groupProblem(family: Family, parser: StrictParser, labels: Labels): string | undefined {
    const key = groupKey(family, labels);
    if (family.group?.key !== key) {
      const problem = endGroup(family);
      if (problem !== undefined) return problem;
      if (family.closed.has(key)) return `samples of one metric of ${family.name} are not together`;
      const histogram = new HistogramCheck();
      family.group = { key, timestampsMs: new Map(), newestMs: undefined, histogram };
    }
    const { group } = family;
    if (group === undefined) return undefined;
    const suffix = this.suffixOf(labelValue(labels, METRIC_NAME)) ?? '';
    const problem = timestampProblem(group, labelsKey(labels), parser.timestampMs);
    if (problem !== undefined) return problem;
    const isHistogram = family.type === 'histogram' || family.type === 'gaugehistogram';
    if (!isHistogram) return undefined;
    const facts = { suffix, le: labelValue(labels, 'le'), value: parser.value };
    return group.histogram.add(facts);
  }
}

/** A metric of the family: its labels without those that tell its samples apart. */
function groupKey(family: Family, labels: Labels): string {
  const apart = new Set([METRIC_NAME]);
  if (family.type === 'histogram' || family.type === 'gaugehistogram') apart.add('le');
  if (family.type === 'summary') apart.add('quantile');
  if (family.type === 'stateset') apart.add(family.name);
  const kept: string[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    if (!apart.has(labels[i] as string)) kept.push(labels[i] as string, labels[i + 1] as string);
  }
  return labelsKey(kept);
}

function endGroup(family: Family): string | undefined {
  const { group } = family;
  if (group === undefined) return undefined;
  family.closed.add(group.key);
  const isHistogram = family.type === 'histogram' || family.type === 'gaugehistogram';
  return isHistogram ? group.histogram.end() : undefined;
}

function timestampProblem(
  group: Group,
  key: string,
  timestampMs: number | undefined,
): string | undefined {
  const isFirst = group.timestampsMs.size === 0;
  if (!isFirst && (group.newestMs === undefined) !== (timestampMs === undefined)) {
    return 'timestamps on some samples of a metric only';
  }
  if (timestampMs !== undefined && timestampMs < (group.newestMs ?? -Infinity)) {
    return 'timestamps go back';
  }
  if (timestampMs === undefined && group.timestampsMs.has(key)) return 'the same sample twice';
  group.timestampsMs.set(key, timestampMs);
  group.newestMs = timestampMs;
  return undefined;
}

function syntaxProblem(parser: StrictParser, labels: Labels): string | undefined {
  if (parser.bytes[parser.seriesEnd - 2] === 0x2c) return 'a comma after the last label';
  for (let i = 2; i < labels.length; i += 2) {
    if (labels[i] === labels[i - 2]) return `label ${labels[i]} given twice`;
  }
  return undefined;
}

function valueProblem(
  family: Family,
  suffix: string,
  facts: { readonly labels: Labels; readonly value: number; readonly writtenLe: string },
): string | undefined {
  const { labels, value } = facts;
  switch (family.type) {
    case 'counter':
      return suffix === '_total' ? notBelowZero(value) : undefined;
    case 'histogram':
    case 'gaugehistogram': {
      const sample: SampleFacts = { suffix, le: facts.writtenLe, value };
      return bucketProblem(sample);
    }
    case 'summary':
      return summaryProblem(suffix, labels, value);
    case 'info':
      return value === 1 ? undefined : 'the value of an info is not 1';
    case 'stateset': {
      if (labelValue(labels, family.name) === '') return `a stateset without label ${family.name}`;
      return value === 0 || value === 1 ? undefined : 'the value of a state is neither 0 nor 1';
    }
    case 'gauge':
    case 'unknown':
      return undefined;
  }
}

function summaryProblem(suffix: string, labels: Labels, value: number): string | undefined {
  if (suffix === '_count' && !Number.isInteger(value)) return 'a count that is not whole';
  if (suffix !== '') return suffix === '_created' ? undefined : notBelowZero(value);
  const quantile = labelValue(labels, 'quantile');
  const bound = Number(quantile);
  if (quantile === '' || !(bound >= 0 && bound <= 1)) return 'a quantile that is not from 0 to 1';
  return value < 0 ? 'a value below zero' : undefined;
}

function notBelowZero(value: number): string | undefined {
  return value >= 0 ? undefined : 'a value below zero or NaN';
}

function exemplarProblem(parser: StrictParser, suffix: string): string | undefined {
  const [exemplar] = parser.exemplars();
  if (exemplar === undefined) return undefined;
  if (suffix !== '_total' && suffix !== '_bucket') return 'an exemplar on a sample that has none';
  let characters = 0;
  for (const text of exemplar.labels) characters += Array.from(text).length;
  return characters > EXEMPLAR_CHARACTERS_MAX
    ? `an exemplar of more than ${EXEMPLAR_CHARACTERS_MAX} characters`
    : undefined;
}
