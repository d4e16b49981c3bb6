import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { get } from './http.ts';
import { ascending, quantile } from './measure.ts';

const HOOK = fileURLToPath(new URL('./collector-pauses.mjs', import.meta.url));

/** How long a garbage collector held up what it collects for. Milliseconds; NaN where nothing is known. */
export interface CollectorPauses {
  /** Of Narthex' main thread, which scrapes and writes. */
  readonly longestMs: number;
  readonly p99Ms: number;
  /** Of its other threads. */
  readonly longestElsewhereMs: number;
}

/** For node, so that a Narthex leaves its pauses in a folder. */
export const PAUSE_FLAGS: readonly string[] = [`--import=${HOOK}`];

export function pauseEnvironment(folder: string): Record<string, string> {
  return { NARTHEX_BENCH_PAUSES: folder };
}

/** Of a Narthex process, up to half a second ago. */
export function pausesOf(folder: string, pid: number): CollectorPauses {
  const found = { main: [] as number[], others: [] as number[] };
  for (const name of readdirSync(folder)) {
    const [, owner, thread] = /^pauses-(\d+)-(\d+)\.json$/.exec(name) ?? [];
    if (Number(owner) !== pid) continue;
    const pauses = JSON.parse(readFileSync(join(folder, name), 'utf8')) as number[];
    for (const pause of pauses) found[thread === '0' ? 'main' : 'others'].push(pause);
  }
  const main = ascending(found.main);
  return {
    longestMs: quantile(main, 1) || 0,
    p99Ms: quantile(main, 0.99) || 0,
    longestElsewhereMs: quantile(ascending(found.others), 1) || 0,
  };
}

/** Go tells the longest of the last 256 times that it stopped the world, and no 99th part. */
export async function goPauses(url: string): Promise<CollectorPauses> {
  const { body } = await get(`${url}/metrics`);
  const [, seconds] = /^go_gc_duration_seconds\{quantile="1"\} (\S+)$/m.exec(body.toString()) ?? [];
  return { longestMs: Number(seconds) * 1000, p99Ms: NaN, longestElsewhereMs: NaN };
}
