import { createHash } from 'node:crypto';
import type { Measurement, Settings } from '../run.ts';
import type { ServerName } from './servers.ts';

export const ALONE: Settings = { peers: [], numbers: {} };

/** One number of each server; NaN where it has none. */
export type Values = ReadonlyMap<ServerName, number>;

/** A line with Narthex' value, the peers' and the ratios. */
export function compared(
  name: string,
  unit: string,
  values: Values,
  more: Pick<Measurement, 'hash' | 'note'> = {},
): Measurement {
  const value = values.get('narthex') ?? NaN;
  const peers: Record<string, number> = {};
  const ratios: Record<string, number> = {};
  for (const [server, other] of values) {
    if (server === 'narthex' || Number.isNaN(other)) continue;
    peers[server] = rounded(other);
    if (other > 0) ratios[server] = rounded(value / other);
  }
  const beside = Object.keys(peers).length > 0 ? { peers, ratios } : {};
  return { name, value: rounded(value), unit, ...beside, ...more };
}

/** Four significant digits: nothing here is measured better. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/** From sorted values; NaN where there are none. */
export function quantile(sorted: readonly number[], q: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? NaN;
}

export function ascending(values: readonly number[]): readonly number[] {
  return values.toSorted((a, b) => a - b);
}

export function median(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}

export function geometricMean(values: readonly number[]): number {
  const logs = values.map((value) => Math.log(value));
  return Math.exp(logs.reduce((sum, log) => sum + log, 0) / values.length);
}

export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
