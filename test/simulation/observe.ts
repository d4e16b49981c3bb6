import { createMatcher, labelsKey } from '#model';
import { SampleColumns } from '#storage';
import type { Querier } from '#storage';
import type { Database } from '#tsdb';
import { histogramKey } from './histograms.ts';
import { metadataKey, valueKey } from './model.ts';
import type { Observation } from './model.ts';

const ALL = [createMatcher('=~', '__name__', '.+')];

/** All that a database shows. */
export function observe(database: Database): Observation {
  const warnings: string[] = [];
  return {
    series: observeSeries(database.reader.queryable.querier(-Infinity, Infinity), warnings),
    exemplars: observeExemplars(database),
    metadata: observeMetadata(database),
    warnings,
  };
}

/** All that a querier gives; closes it. */
export function observeSeries(
  querier: Querier,
  warnings: string[],
): Map<string, [number, string][]> {
  const series = new Map<string, [number, string][]>();
  const set = querier.select(ALL, { startMs: -Infinity, endMs: Infinity });
  const columns = new SampleColumns(16);
  for (let i = 0; i < set.count; i++) {
    columns.clear();
    set.read(i, -Infinity, Infinity, columns);
    if (columns.length === 0) continue;
    const samples = Array.from({ length: columns.length }, (_, k): [number, string] => [
      columns.timestampsMs[k],
      columns.histograms[k] === undefined
        ? valueKey(columns.values[k])
        : histogramKey(columns.histograms[k]),
    ]);
    const key = labelsKey(set.labels(i));
    if (series.has(key)) throw new Error(`${key} is shown twice`);
    series.set(key, samples);
  }
  warnings.push(...set.warnings);
  querier.close();
  return series;
}

function observeExemplars(database: Database): Map<string, string[]> {
  const exemplars = new Map<string, string[]>();
  for (const { labels, exemplars: list } of database.selectExemplars(-Infinity, Infinity, [ALL])) {
    const key = labelsKey(labels);
    const texts = list.map((e) => exemplarKey(e.timestampMs, e.value, labelsKey(e.labels)));
    exemplars.set(key, [...(exemplars.get(key) ?? []), ...texts]);
  }
  return exemplars;
}

export function exemplarKey(timeMs: number, value: number, labels: string): string {
  return `${timeMs} ${value} ${labels}`;
}

function observeMetadata(database: Database): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const { metric, metadata } of database.metadata()) {
    found.set(metric, [...(found.get(metric) ?? []), metadataKey(metadata)]);
  }
  return found;
}
