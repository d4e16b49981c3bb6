import { expect, it } from 'vitest';
import { type Benchmark, benchmarkFiles, type Measurement } from '../../bench/run.ts';

/** What benchmarks must find whatever the machine: a hash covers results, not times. */
const HASHES: Readonly<Record<string, string>> = {
  'containers/recorded': '956d44289341180c',
  'disk/blocks': '67680 of 270720',
  'ingest/lost': 'lost 0',
  'interference/failed': 'failed 0',
  'memory/series': '2000',
  'query-refresh/mean': '1478fd77d313514f',
  'query/mean': '962f5503ebd7c354',
  'remote-write/samples': '6000',
  'start/clean-lost': 'lost 0',
  'start/lost': 'lost 0',
};

it.each([...benchmarkFiles()])(
  'the benchmark %s runs at its small size',
  { timeout: 120_000 },
  async (name, url) => {
    const { run } = (await import(url)) as Benchmark;
    const measurements = await run('small', { peers: [], numbers: {} });
    expect(measurements.length).toBeGreaterThan(0);
    expect(new Set(measurements.map((one) => one.name)).size).toBe(measurements.length);
    expect(measurements.filter(isBroken)).toEqual([]);
    const hashed = measurements.filter((one) => HASHES[one.name] !== undefined);
    const found = Object.fromEntries(hashed.map((one) => [one.name, one.hash]));
    const wanted = Object.entries(HASHES).filter(([key]) => key.startsWith(`${name}/`));
    expect(found).toEqual(Object.fromEntries(wanted));
  },
);

function isBroken({ name, value, unit }: Measurement): boolean {
  return !Number.isFinite(value) || unit === '' || !name.includes('/');
}
