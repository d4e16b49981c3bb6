import {
  compareStrings,
  EMPTY_LABELS,
  isStaleNaN,
  labelsKey,
  labelValue,
  isStaleHistogram,
  METRIC_NAME,
  usesCustomBuckets,
} from '#model';
import type { FamilyMetric, FloatHistogram, Labels, MetricFamily, MetricType } from '#model';
import { entryBytes, type Watch, watchedMatchers } from '#promql';
import { SampleColumns } from '#storage';
import type { Querier } from '#storage';
import { stopIfCancelled } from './environment.ts';
import type { QueryEnvironment } from './environment.ts';
import { writePage } from './page.ts';
import type { Params } from './params.ts';
import { parseSelector } from './selectors.ts';
import type { QueryAnswer, QueryRequest } from './request.ts';
import { watchOf } from './request-watch.ts';
import { withQuerier } from './select.ts';

/** The newest sample of each series that matches, as a page for another server to scrape. */
export function answerFederate(
  environment: QueryEnvironment,
  params: Params,
  request: QueryRequest,
): QueryAnswer {
  const sets = params.all('match[]').map((text) => parseSelector(text));
  const endMs = environment.nowMs;
  const startMs = endMs - environment.lookbackDeltaMs;
  return withQuerier(environment, { startMs, endMs }, (querier) => {
    const found = new Map<string, FederatedSample>();
    const watch = watchOf(environment);
    for (const matchers of sets) {
      const watched = watchedMatchers(matchers, watch.passTurns);
      const series = querier.select(watched, { startMs, endMs });
      collectNewest(series, { startMs, endMs, watch }, found);
      stopIfCancelled(environment);
    }
    const families = familiesOf([...found.values()], request.externalLabels ?? EMPTY_LABELS);
    const { contentType, body } = writePage(families, request.accept ?? '');
    return { status: 200, headers: { 'content-type': contentType }, body };
  });
}

/** A name or a value, in the series, on the page, and between. */
const FEDERATED_LABEL_BYTES = 100;

interface FederatedSample {
  readonly labels: Labels;
  readonly timestampMs: number;
  readonly value: number;
  readonly histogram: FloatHistogram | undefined;
}

type Series = ReturnType<Querier['select']>;

function collectNewest(
  series: Series,
  { startMs, endMs, watch }: { startMs: number; endMs: number; watch: Watch },
  found: Map<string, FederatedSample>,
): void {
  const columns = new SampleColumns();
  for (let i = 0; i < series.count; i++) {
    const labels = series.labels(i);
    const key = labelsKey(labels);
    watch.passTurns(10);
    if (found.has(key)) continue;
    columns.clear();
    series.read(i, startMs, endMs, columns);
    const last = columns.length - 1;
    if (last < 0) continue;
    const value = columns.values[last] as number;
    const histogram = columns.histograms[last];
    if (histogram === undefined ? isStaleNaN(value) : !canFederate(histogram)) continue;
    watch.memory.hold(entryBytes(key) + labels.length * FEDERATED_LABEL_BYTES);
    found.set(key, { labels, timestampMs: columns.timestampsMs[last] as number, value, histogram });
  }
}

/** The format of pages has no place for custom buckets. */
function canFederate(histogram: FloatHistogram): boolean {
  return !isStaleHistogram(histogram) && !usesCustomBuckets(histogram);
}

/** Series without a name cannot be on a page; they are left out, as Prometheus does. */
function familiesOf(samples: readonly FederatedSample[], externalLabels: Labels): MetricFamily[] {
  const families = new Map<string, MetricFamily & { readonly metrics: FamilyMetric[] }>();
  for (const sample of samples) {
    const name = labelValue(sample.labels, METRIC_NAME);
    if (name === '') continue;
    const type = familyType(sample.histogram);
    const key = `${type} ${name}`;
    const family = families.get(key) ?? { name, help: '', type, metrics: [] };
    families.set(key, family);
    const { timestampMs, value, histogram } = sample;
    const labels = pageLabels(sample.labels, externalLabels);
    const content = histogram === undefined ? { value } : { nativeHistogram: histogram };
    family.metrics.push({ labels, timestampMs, ...content });
  }
  return [...families.values()].toSorted((a, b) => compareStrings(a.name, b.name));
}

/** Floats and histograms of one name are families of their own. */
function familyType(histogram: FloatHistogram | undefined): MetricType {
  if (histogram === undefined) return 'unknown';
  return histogram.counterResetHint === 'gauge' ? 'gaugehistogram' : 'histogram';
}

/** The series' own labels, then what marks this server; always an `instance`, if only an empty one. */
function pageLabels(labels: Labels, externalLabels: Labels): (readonly [string, string])[] {
  const shown: (readonly [string, string])[] = [];
  const own = new Set<string>();
  for (let i = 0; i < labels.length; i += 2) {
    const name = labels[i] as string;
    own.add(name);
    if (name !== METRIC_NAME) shown.push([name, labels[i + 1] as string]);
  }
  for (let i = 0; i < externalLabels.length; i += 2) {
    const name = externalLabels[i] as string;
    if (own.has(name)) continue;
    own.add(name);
    shown.push([name, externalLabels[i + 1] as string]);
  }
  if (!own.has('instance')) shown.push(['instance', '']);
  return shown;
}
