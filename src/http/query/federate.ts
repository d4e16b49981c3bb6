import {
  compareStrings,
  EMPTY_LABELS,
  isStaleNaN,
  labelsKey,
  labelValue,
  METRIC_NAME,
} from '#model';
import type { FamilyMetric, Labels, MetricFamily } from '#model';
import { SampleColumns } from '#storage';
import type { Querier } from '#storage';
import { stopIfCancelled } from './environment.ts';
import type { QueryEnvironment } from './environment.ts';
import { writePage } from './page.ts';
import type { Params } from './params.ts';
import { parseSelector } from './selectors.ts';
import type { QueryAnswer, QueryRequest } from './request.ts';
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
    for (const matchers of sets) {
      const series = querier.select(matchers, { startMs, endMs });
      collectNewest(series, { startMs, endMs }, found);
      stopIfCancelled(environment);
    }
    const families = familiesOf([...found.values()], request.externalLabels ?? EMPTY_LABELS);
    const { contentType, body } = writePage(families, request.accept ?? '');
    return { status: 200, headers: { 'content-type': contentType }, body };
  });
}

interface FederatedSample {
  readonly labels: Labels;
  readonly timestampMs: number;
  readonly value: number;
}

type Series = ReturnType<Querier['select']>;

function collectNewest(
  series: Series,
  { startMs, endMs }: { startMs: number; endMs: number },
  found: Map<string, FederatedSample>,
): void {
  const columns = new SampleColumns();
  for (let i = 0; i < series.count; i++) {
    const labels = series.labels(i);
    const key = labelsKey(labels);
    if (found.has(key)) continue;
    columns.clear();
    series.read(i, startMs, endMs, columns);
    const last = columns.length - 1;
    if (last < 0) continue;
    const value = columns.values[last] as number;
    // A native histogram has no place on a text page.
    if (isStaleNaN(value) || columns.histograms[last] !== undefined) continue;
    found.set(key, { labels, timestampMs: columns.timestampsMs[last] as number, value });
  }
}

/** Series without a name cannot be on a page; they are left out, as Prometheus does. */
function familiesOf(samples: readonly FederatedSample[], externalLabels: Labels): MetricFamily[] {
  const byName = new Map<string, FamilyMetric[]>();
  for (const sample of samples) {
    const name = labelValue(sample.labels, METRIC_NAME);
    if (name === '') continue;
    const { timestampMs, value } = sample;
    const metric = { labels: pageLabels(sample.labels, externalLabels), timestampMs, value };
    const metrics = byName.get(name);
    if (metrics === undefined) byName.set(name, [metric]);
    else metrics.push(metric);
  }
  return [...byName.entries()]
    .toSorted(([a], [b]) => compareStrings(a, b))
    .map(([name, metrics]) => ({ name, help: '', type: 'unknown', metrics }));
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
