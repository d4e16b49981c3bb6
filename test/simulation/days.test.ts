import { expect, test } from 'vitest';
import { Days } from './days.ts';
import type { DaysOptions, DaysReport } from './days.ts';

/*
 * Three days of scraping containers that come and go, on a clock that is driven: blocks are cut, merged and
 * given up, stale series leave memory, the process ends and dies. Each hour what queries find is compared
 * with a twin that keeps all samples in lists. `SEED=... npx vitest run test/simulation/days.test.ts` plays
 * a seed again, `TRACE=1` tells the story, `SIMULATED_HOURS=720` and `CONTAINERS=300` make it larger.
 */

const HOUR_MS = 3_600_000;

const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const hours = Number(process.env['SIMULATED_HOURS'] ?? 72);
const containers = Number(process.env['CONTAINERS'] ?? 20);
const trace = process.env['TRACE'] === undefined ? undefined : (line: string) => console.log(line);

async function run(
  options: Pick<DaysOptions, 'hours' | 'retentionMs' | 'retentionBytes'>,
): Promise<DaysReport> {
  try {
    return await new Days({ seed, containers, ...options, ...(trace && { trace }) }).run();
  } catch (error) {
    throw new Error(`SEED=${seed}`, { cause: error });
  }
}

/** Of the hours from one up to another. */
function largest(values: readonly number[], start: number, end: number): number {
  return Math.max(...values.slice(start, end));
}

function assertFlat(report: DaysReport): void {
  const { hours } = report;
  const middle = Math.floor(hours / 2);
  // What a replay makes of the log counts too, it has hours of series that left: both halves need some.
  if (hours >= 72) {
    for (const values of [report.headSeries, report.labelBytes, report.chunks]) {
      const before = largest(values, 3, middle);
      expect(largest(values, middle, hours), `SEED=${seed}`).toBeLessThan(before * 1.5);
    }
  }
  expect(largest(report.headBytes, 0, hours), `SEED=${seed}`).toBeLessThan(4 * 2 ** 20);
  // Live ones, those that ended within minutes, and as many stale ones as may wait for the next cut.
  expect(largest(report.headSeries, 0, hours)).toBeLessThan(report.liveSeries * 5);
  expect(report.evictions).toBeGreaterThan(hours);
}

test('three days of containers: memory stays, disk is as computed, nothing is lost', async () => {
  const report = await run({ hours, retentionMs: 40 * HOUR_MS, retentionBytes: 0 });
  assertFlat(report);
  expect(report.series).toBeGreaterThan(report.liveSeries * hours);
  // Blocks of 18, 6 and 2 hours, and up to three of each level of stale ones.
  expect(largest(report.blockCounts, 0, hours)).toBeLessThan(20);
  if (hours >= 72) {
    const full = largest(report.diskBytes, 40, 60);
    expect(largest(report.diskBytes, 60, hours)).toBeLessThan(full * 1.15);
  }
  expect(report.samplesCompared).toBeGreaterThan(report.samples / 2);
}, 600_000);

test('a limit of bytes holds on each of them', async () => {
  const retentionBytes = containers * 100_000;
  const report = await run({ hours: hours / 4, retentionMs: 400 * HOUR_MS, retentionBytes });
  assertFlat(report);
  expect(largest(report.diskBytes, 0, report.hours)).toBeGreaterThan(retentionBytes / 2);
}, 600_000);
