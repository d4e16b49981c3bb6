import type { SampleColumns } from '#storage';
import type { Intervals } from './tombstones.ts';

/** Takes the samples that lie in sorted intervals out of the rows from `first` on. */
export function removeDeleted(columns: SampleColumns, first: number, deleted: Intervals): void {
  const { timestampsMs, values, histograms } = columns;
  const words = new Int32Array(values.buffer, values.byteOffset, values.length * 2);
  let kept = first;
  let interval = 0;
  for (let row = first; row < columns.length; row++) {
    const timeMs = timestampsMs[row];
    while (interval < deleted.length && deleted[interval + 1] < timeMs) interval += 2;
    if (interval < deleted.length && deleted[interval] <= timeMs) continue;
    if (kept < row) {
      timestampsMs[kept] = timeMs;
      words[kept * 2] = words[row * 2];
      words[kept * 2 + 1] = words[row * 2 + 1];
      if (histograms.length > 0) histograms[kept] = histograms[row];
    }
    kept++;
  }
  if (kept < columns.length) {
    columns.spacingMs = 0;
    columns.isRising = false;
  }
  columns.length = kept;
  if (histograms.length > kept) histograms.length = kept;
}
