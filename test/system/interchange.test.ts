// A data directory goes from us to Debian's Prometheus and promtool (2.42) and back, with some 230,000
// samples in blocks and log, and is the same to the bit.
//
// 2.42 is older than histograms with custom buckets: it leaves out their records in the log (types 9 and 10)
// and misreads their chunks. It has no `dump-openmetrics`, and its `dump` shows no histograms; so what its
// server has is asked for by remote read (floats) and by queries (histograms).
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { askApi } from './api.ts';
import { afterAll, beforeAll, expect } from 'vitest';
import { type DataOptions, fillDatabase, linesOf, writeRemotely } from './interchange-data.ts';
import { startNarthex } from './narthex.ts';
import { PROMETHEUS, type PrometheusProcess, startPrometheus } from './prometheus.ts';
import { readFloats } from './remote-read.ts';
import { PROMTOOL, asDumped, blocksOf, contentOf, dumpOf, promtool } from './tsdb-content.ts';
import { withPrograms } from './installed.ts';
import { openCompacting } from './open-directory.ts';

const NARTHEX = fileURLToPath(new URL('../../bin/narthex', import.meta.url));
const OUTPUT_BYTES_MAX = 2 ** 30;
const HOUR_MS = 3_600_000;
/** Within a block, always at the same place. */
const END_MS = Math.floor(Date.now() / (2 * HOUR_MS)) * 2 * HOUR_MS - 17 * 60_000;

const WINDOW_MS = 6 * HOUR_MS;
const NO_CONFIG = 'scrape_configs: []\n';
const LATE_CONFIG = `storage: { tsdb: { out_of_order_time_window: 6h } }\n${NO_CONFIG}`;

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'narthex-interchange-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function start(path: string, config = NO_CONFIG): Promise<PrometheusProcess> {
  const flags = [
    '--enable-feature=native-histograms',
    '--web.enable-remote-write-receiver',
    // Merging is left to us.
    '--storage.tsdb.min-block-duration=2h',
    '--storage.tsdb.max-block-duration=2h',
  ];
  return await startPrometheus({ path, flags, config });
}

/** Both sorted. Names the first lines that one has and the other has not. */
function expectSame(found: readonly string[], wanted: readonly string[]): void {
  if (found.length === wanted.length && found.every((line, i) => line === wanted[i])) return;
  const [has, wants] = [new Set(found), new Set(wanted)];
  const missing = wanted.filter((line) => !has.has(line)).slice(0, 3);
  const invented = found.filter((line) => !wants.has(line)).slice(0, 3);
  expect({ missing, invented, count: found.length }).toEqual({
    missing: [],
    invented: [],
    count: wanted.length,
  });
  expect.unreachable('the order of lines differs');
}

const HISTOGRAM = /\} (?:gauge|counter|stale histogram) /;
const MINUS_ZERO = / 80{15} (-?\d+)$/;

function floatsOf(lines: readonly string[]): string[] {
  return lines.filter((line) => !HISTOGRAM.test(line));
}

function isKnownTo242(line: string): boolean {
  return !line.includes('"custom_');
}

/** All but what 2.42 misreads. */
async function expectServed(url: string, wanted: readonly string[]): Promise<void> {
  const floats = floatsOf(wanted).map((line) => line.replace(MINUS_ZERO, ' 0000000000000000 $1'));
  const read = await readFloats(url);
  expectSame(read.filter(isKnownTo242), floats.filter(isKnownTo242).toSorted());
}

/** As a server's API shows those of the tests' data: numbers that read back as the same floats. */
async function histogramsOf(url: string): Promise<string[]> {
  const lines: string[] = [];
  for (const name of ['h_0', 'h_1', 'h_2', 'h_3']) {
    const params = { query: `${name}[21h]`, time: String(END_MS / 1000) };
    const { data } = await askApi(url, 'query', params);
    const { result } = data as { result: readonly HistogramSeries[] };
    for (const { metric, histograms } of result) {
      for (const [timeS, value] of histograms) {
        lines.push(`${metric['__name__']} ${metric['id']} ${timeS} ${JSON.stringify(value)}`);
      }
    }
  }
  return lines.toSorted();
}

function seriesAndTime(line: string): string {
  const [, id, timeMs] = /id="(\d+)".* (\d+)$/.exec(line) ?? [];
  return `${id} ${Number(timeMs) / 1000}`;
}

/** Both servers show the same; ours of a copy of `path`, which nobody may be writing. */
async function expectHistograms(
  url: string,
  path: string,
  wanted: readonly string[],
): Promise<void> {
  const home = mkdtempSync(join(dir, 'served-'));
  cpSync(path, join(home, 'data'), { recursive: true });
  const flags = ['--storage.tsdb.retention.time=90d'];
  const server = await startNarthex({ config: () => 'scrape_configs: []\n', dir: home, flags });
  try {
    const shown = await histogramsOf(server.url);
    // Range selectors of 2.42 show the sample before once more where float histograms are stale.
    const stale = new Set(wanted.filter((line) => line.includes('stale h')).map(seriesAndTime));
    const theirs = await histogramsOf(url);
    expectSame(
      theirs.filter((line) => !stale.has(line.split(' ').slice(1, 3).join(' '))),
      shown,
    );
    const known = wanted.filter((line) => /"h_\d".*(?:gauge|counter) /.test(line));
    expect(shown.length).toBe(known.length);
  } finally {
    await server.stop();
  }
}

interface HistogramSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly histograms: readonly (readonly [number, object])[];
}

function narthex(...args: readonly string[]): string {
  const { status, stdout } = spawnSync(process.execPath, [NARTHEX, 'tsdb', ...args], {
    encoding: 'utf8',
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  expect(status, args.join(' ')).toBe(0);
  return stdout;
}

function sortedLines(text: string): string[] {
  return text.split('\n').toSorted();
}

function expectToolsAlike(path: string, wanted: readonly string[]): void {
  expectSame(dumpOf(path), asDumped(floatsOf(wanted)));
  expect(promtool('list', path)).toBe(narthex('list', path));
  // Of equal counts promtool shows any first.
  const all = ['--extended', '--limit=100000', path];
  expect(sortedLines(promtool('analyze', ...all))).toEqual(sortedLines(narthex('analyze', ...all)));
}

withPrograms(PROMETHEUS, PROMTOOL)(
  'promtool and Prometheus find in our directory what we wrote',
  async () => {
    const path = join(dir, 'ours');
    const options: DataOptions = { endMs: END_MS, forPrometheus242: false };
    const wanted = linesOf(options);
    expect(wanted.length).toBeGreaterThan(200_000);
    const database = await openCompacting(path, { walSegmentBytes: 2 ** 20 });
    fillDatabase(database, options);
    await database.compact();
    expect(blocksOf(path).length).toBeGreaterThan(2);
    expectSame(contentOf(database), wanted);

    // As if it had been killed here.
    const copy = join(dir, 'ours-copy');
    cpSync(path, copy, { recursive: true });
    await database.close();
    expectToolsAlike(copy, wanted);
    const prometheus = await start(copy);
    await expectServed(prometheus.url, wanted);
    await expectHistograms(prometheus.url, path, wanted);
    await prometheus.stop();
    expect(prometheus.output()).not.toMatch(/corrupt|level=error/i);

    // What we print for OpenMetrics, promtool makes the same samples of; stale markers cannot be said there.
    const page = join(dir, 'ours.om');
    writeFileSync(page, narthex('dump-openmetrics', path));
    const made = join(dir, 'ours-made');
    promtool('create-blocks-from', 'openmetrics', page, made);
    const lasting = floatsOf(wanted).filter((line) => !line.includes('} stale '));
    expectSame(dumpOf(made), asDumped(lasting));
  },
);

withPrograms(PROMETHEUS, PROMTOOL)(
  'we find in the directory of Prometheus what was written to it',
  async () => {
    const path = join(dir, 'theirs');
    const options: DataOptions = { endMs: END_MS, forPrometheus242: true };
    const wanted = linesOf(options);
    let prometheus = await start(path);
    await writeRemotely(prometheus.url, options);
    // It cuts them meanwhile.
    for (let tries = 0; tries < 300 && blocksOf(path).length < 8; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await expectServed(prometheus.url, wanted);
    await prometheus.kill();
    expect(blocksOf(path).length).toBeGreaterThanOrEqual(8);
    expectToolsAlike(path, wanted);

    const database = await openCompacting(path, { walSegmentBytes: 2 ** 20 });
    expectSame(contentOf(database), wanted);
    // Once more with blocks that we merged and cut.
    const before = blocksOf(path);
    await database.compact();
    expect(blocksOf(path).length).toBeLessThan(before.length);
    expectSame(contentOf(database), wanted);
    await database.close();
    expectSame(dumpOf(path), asDumped(floatsOf(wanted)));
    prometheus = await start(path);
    await expectServed(prometheus.url, wanted);
    await prometheus.stop();
  },
);

/** Seven hours, of which a twelfth comes three quarters of an hour late. */
const LATE: DataOptions = {
  endMs: END_MS,
  steps: 7 * 60,
  lateBySteps: 45,
  forPrometheus242: true,
};

function lateLogBytes(path: string): number {
  const folder = join(path, 'wbl');
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}

// promtool 2.42 does not read the log of samples out of order; its server does.
withPrograms(PROMETHEUS, PROMTOOL)(
  'Prometheus finds our samples out of order in blocks and log',
  async () => {
    const path = join(dir, 'ours-late');
    const wanted = linesOf(LATE);
    const database = await openCompacting(path, {
      walSegmentBytes: 2 ** 20,
      outOfOrderWindowMs: WINDOW_MS,
    });
    fillDatabase(database, LATE);
    await database.compact();
    expect(blocksOf(path).length).toBeGreaterThan(1);
    expectSame(contentOf(database), wanted);
    const copy = join(dir, 'ours-late-copy');
    cpSync(path, copy, { recursive: true });
    await database.close();
    expect(lateLogBytes(copy)).toBeGreaterThan(10_000);
    const prometheus = await start(copy, LATE_CONFIG);
    await expectServed(prometheus.url, wanted);
    await prometheus.stop();
    expect(prometheus.output()).not.toMatch(/corrupt|level=error/i);
  },
);

withPrograms(PROMETHEUS, PROMTOOL)(
  'we find the samples out of order of Prometheus in blocks and log',
  async () => {
    const path = join(dir, 'theirs-late');
    const wanted = linesOf(LATE);
    const prometheus = await start(path, LATE_CONFIG);
    // The last block is cut before the end; what comes late then stays in the log.
    const to = (LATE.steps ?? 0) - 42;
    await writeRemotely(prometheus.url, LATE, { to });
    for (let tries = 0; tries < 300 && blocksOf(path).length < 3; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await writeRemotely(prometheus.url, LATE, { from: to });
    await expectServed(prometheus.url, wanted);
    await prometheus.kill();
    expect(blocksOf(path).length).toBeGreaterThan(1);
    expect(lateLogBytes(path)).toBeGreaterThan(10_000);
    const database = await openCompacting(path, {
      walSegmentBytes: 2 ** 20,
      outOfOrderWindowMs: WINDOW_MS,
    });
    expectSame(contentOf(database), wanted);
    await database.compact();
    expectSame(contentOf(database), wanted);
    await database.close();
  },
);
