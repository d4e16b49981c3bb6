import type { MetadataData } from '#contract';

export type MetricMetadata = MetadataData[string][number];

/** What histograms, summaries and counters add to the name that their description stands under. */
const SUFFIXES = ['_bucket', '_count', '_sum', '_total', '_created'] as const;

/** The description of a series' metric, by its own name or by that of the family it belongs to. */
export function findMetadata(metadata: MetadataData, name: string): MetricMetadata | undefined {
  const own = metadata[name]?.[0];
  if (own !== undefined) return own;
  const suffix = SUFFIXES.find((candidate) => name.endsWith(candidate));
  return suffix === undefined ? undefined : metadata[name.slice(0, -suffix.length)]?.[0];
}
