import { formatBytes, formatSi } from '../../format/numbers.ts';
import type { ChartUnit } from '../../query/graph/Chart.tsx';

const BYTE_INCREMENTS: readonly number[] = Array.from({ length: 51 }, (_, i) => 2 ** i);

/** CPUs as a percentage of one. */
export const CPU_UNIT: ChartUnit = { format: (value) => percent(value) };
export const SHARE_UNIT: ChartUnit = { format: (value) => percent(value) };
export const BYTES_UNIT: ChartUnit = { format: formatBytes, increments: BYTE_INCREMENTS };
export const BYTE_RATE_UNIT: ChartUnit = {
  format: (value) => `${formatBytes(value)}/s`,
  increments: BYTE_INCREMENTS,
};
export const RATE_UNIT: ChartUnit = { format: (value) => `${formatSi(value, 2)}/s` };
export const COUNT_UNIT: ChartUnit = { format: (value) => formatSi(value, 1) };
export const SECONDS_UNIT: ChartUnit = { format: (value) => `${formatSi(value, 1)}s` };

function percent(value: number): string {
  return `${Number((value * 100).toPrecision(3))}%`;
}
