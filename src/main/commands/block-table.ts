import type { FilledBlock } from '#tsdb';
import { formatBytes, formatGoDuration, formatGoTime } from './go-format.ts';
import { formatTable } from './table.ts';

const HEADER = [
  'BLOCK ULID',
  'MIN TIME',
  'MAX TIME',
  'DURATION',
  'NUM SAMPLES',
  'NUM CHUNKS',
  'NUM SERIES',
  'SIZE',
];

/** As promtool shows blocks. */
export function blockTable(
  blocks: readonly FilledBlock[],
  { isForPeople, hasHeader }: { readonly isForPeople: boolean; readonly hasHeader: boolean },
): string {
  const time = isForPeople ? formatGoTime : String;
  const rows = blocks.map(({ meta, bytes }) => [
    meta.ulid,
    time(meta.minTimeMs),
    time(meta.maxTimeMs),
    formatGoDuration(meta.maxTimeMs - meta.minTimeMs),
    String(meta.stats.sampleCount),
    String(meta.stats.chunkCount),
    String(meta.stats.seriesCount),
    isForPeople ? formatBytes(bytes) : String(bytes),
  ]);
  return formatTable(hasHeader ? [HEADER, ...rows] : rows, { widthMin: 13, padding: 2 });
}
