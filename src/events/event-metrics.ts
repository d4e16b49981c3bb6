import type { Registry } from '#instrument';
import type { MetricFamily } from '#model';

/** Counts since the start, and how much there is. */
export interface EventCounts {
  stored: number;
  folded: number;
  cut: number;
  lost: number;
  writeFailures: number;
  readonly damaged: number;
  readonly unwritten: number;
  readonly bytes: number;
}

/** The answer takes them away again. */
export function registerEventMetrics(registry: Registry, counts: () => EventCounts): () => void {
  return registry.collect(() => {
    const now = counts();
    return ROWS.map(([name, type, help, key]): MetricFamily => ({
      name: `narthex_events_${name}`,
      type,
      help,
      metrics: [{ labels: [], value: now[key] }],
    }));
  });
}

const ROWS: readonly (readonly [string, MetricFamily['type'], string, keyof EventCounts])[] = [
  ['stored_total', 'counter', 'Events written.', 'stored'],
  ['folded_total', 'counter', 'Events that share an entry with others of their minute.', 'folded'],
  ['cut_total', 'counter', 'Events of which a part was left out.', 'cut'],
  ['lost_total', 'counter', 'Events given up because they could not be written.', 'lost'],
  ['write_failures_total', 'counter', 'Writes that failed.', 'writeFailures'],
  ['damaged_records', 'gauge', 'Lines of the files that cannot be read.', 'damaged'],
  ['unwritten', 'gauge', 'Events that wait in memory until they can be written.', 'unwritten'],
  ['size_bytes', 'gauge', 'What events take on disk.', 'bytes'],
];
