// The commands beside the server, compared with Debian's promtool on the same data.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { labelsFromObject } from '#model';
import type { FloatHistogram } from '#model';
import type { Database } from '#tsdb';
import { freePort, startNarthex } from './narthex.ts';
import type { NarthexProcess } from './narthex.ts';
import { PROMETHEUS, startPrometheus } from './prometheus.ts';
import type { PrometheusProcess } from './prometheus.ts';
import { withPrograms } from './installed.ts';
import { PROMTOOL } from './tsdb-content.ts';
import { openCompacting, openDirectory } from './open-directory.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/narthex', import.meta.url));
const OUTPUT_BYTES_MAX = 256 * 1024 * 1024;

interface Ran {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

function run(program: readonly string[], args: readonly string[], input = ''): Ran {
  const [file = '', ...first] = program;
  const { status, stdout, stderr } = spawnSync(file, [...first, ...args], {
    encoding: 'utf8',
    input,
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  return { status, output: stdout, errors: stderr };
}

function narthex(...args: readonly string[]): Ran {
  return run([process.execPath, PROGRAM], args);
}

function promtool(...args: readonly string[]): Ran {
  return run([PROMTOOL], args);
}

let dir = '';
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'narthex-commands-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** promtool needs a log to read a directory, and makes the place for chunks of the head. */
function dataDir(name: string): string {
  const path = join(dir, name);
  mkdirSync(join(path, 'wal'), { recursive: true });
  mkdirSync(join(path, 'chunks_head'));
  return path;
}

const START_S = 1_700_000_000;

/** Nine hours of some series that come, go, jump and have odd names; not in the order of time. */
function writePage(name: string): string {
  const lines = ['# HELP up Up.', '# TYPE up gauge'];
  for (let i = 0; i < 6; i++) {
    for (let k = i * 100; k < 1500 - i * 50; k++) {
      const value = (k * 7919 * (i + 1)) % 1000 === 0 ? 'NaN' : String(k * 10 ** (i * 3 - 6));
      lines.push(`up{job="a",i="${i}"} ${value} ${START_S + k * 20}.${String(i).padEnd(3, '5')}`);
    }
  }
  lines.push('# TYPE c counter');
  for (let k = 0; k < 500; k++) {
    lines.push(`c_total{q="grün \\"\\\\\\n"} ${k}.25 ${START_S + k * 60}`);
  }
  lines.push('# TYPE h histogram');
  for (const le of ['0.1', '1.0', '+Inf']) {
    for (let k = 0; k < 300; k++) lines.push(`h_bucket{le="${le}"} ${k} ${START_S + k * 60}`);
  }
  lines.push('# EOF');
  const path = join(dir, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** As a benchmark's file has them. */
function seriesLine(i: number): string {
  return `{"job":"a","__name__":"m_${i % 7}","i":"${i}"}\n`;
}

function withoutTimes(output: string): string[] {
  return output.split('\n').map((line) => line.replace(/(duration=|sec: ).*/, '$1'));
}

/** Lists of equal counts come in any order from promtool. */
function sortedLines(text: string): string[] {
  return text.split('\n').toSorted();
}

/** All but the names and the sizes of blocks. */
function blockColumns(table: string): string[] {
  return table.split('\n').map((line) => line.split(/\s+/).slice(1, -1).join(' '));
}

/** Every file with its size and time, to see that nothing was written. */
function filesOf(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .toSorted()
    .map((name) => {
      const { size, mtimeMs } = statSync(join(path, name));
      return `${name} ${size} ${mtimeMs}`;
    });
}

const HISTOGRAM: FloatHistogram = {
  counterResetHint: 'unknown',
  schema: 1,
  zeroThreshold: 0.001,
  zeroCount: 2,
  count: 9,
  sum: 18.5,
  positiveSpans: [
    { offset: 0, length: 2 },
    { offset: 1, length: 1 },
  ],
  negativeSpans: [{ offset: 0, length: 1 }],
  positiveBuckets: [1, 3, 2],
  negativeBuckets: [1],
  customValues: [],
};

/** Appends the number of the step to each of twenty series, a second apart, until it is told to end. */
async function writeSteps(
  database: Database,
  written: { steps: number; readonly isDone: boolean },
): Promise<void> {
  while (!written.isDone) {
    const appender = database.appender();
    for (let i = 0; i < 20; i++) {
      const ref = appender.seriesRef(labelsFromObject({ __name__: 'x', i: String(i) }));
      appender.append(ref, (START_S + written.steps) * 1000, written.steps);
    }
    appender.commit();
    written.steps++;
    if (written.steps % 100 === 0) {
      await database.compact();
      database.trim();
    }
    if (written.steps % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

async function dumped(path: string): Promise<{ status: unknown; lines: string[]; errors: string }> {
  const child = spawn(process.execPath, [PROGRAM, 'tsdb', 'dump', path]);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString('latin1')));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString('latin1')));
  const [status] = (await once(child, 'close')) as [unknown];
  return { status, lines: output.split('\n').slice(0, -1), errors };
}

describe('data directories', () => {
  withPrograms(PROMTOOL)('promtool and we show its blocks alike', () => {
    const page = writePage('theirs.om');
    const path = dataDir('theirs');
    expect(promtool('tsdb', 'create-blocks-from', 'openmetrics', page, path).status).toBe(0);
    const before = filesOf(path);
    for (const args of [
      ['list', path],
      ['list', '-r', path],
      ['dump', path],
      ['dump', `--min-time=${START_S}999`, `--max-time=${START_S + 9000}000`, path],
      ['dump', '--match={i=~"[2-4]"}', path],
    ]) {
      const extra = args[0] === 'dump' ? [`--sandbox-dir-root=${dir}`] : [];
      const ours = narthex('tsdb', ...args, ...extra);
      expect(ours.errors).toBe('');
      expect(ours.output, args.join(' ')).toBe(promtool('tsdb', ...args).output);
      expect(ours.output.split('\n').length).toBeGreaterThan(4);
    }
    const asJson = narthex('tsdb', 'dump', '--format=seriesjson', '--match={i=~"1|2"}', path);
    expect(asJson.output).toBe(
      '{"__name__":"up","i":"1","job":"a"}\n{"__name__":"up","i":"2","job":"a"}\n',
    );
    for (const args of [
      ['analyze', path],
      ['analyze', '--extended', path],
    ]) {
      const ours = sortedLines(narthex('tsdb', ...args).output);
      expect(ours).toEqual(sortedLines(promtool('tsdb', ...args).output));
    }
    expect(filesOf(path)).toEqual(before);
  });

  withPrograms(PROMTOOL)('promtool dumps the blocks that we make', () => {
    const page = writePage('ours.om');
    const [ours, theirs, again] = [dataDir('a'), dataDir('b'), dataDir('c')];
    const made = narthex('tsdb', 'create-blocks-from', 'openmetrics', page, ours);
    expect(made).toMatchObject({ status: 0, errors: '' });
    promtool('tsdb', 'create-blocks-from', 'openmetrics', page, theirs);
    const dumped = promtool('tsdb', 'dump', theirs).output;
    expect(dumped.length).toBeGreaterThan(100_000);
    expect(promtool('tsdb', 'dump', ours).output).toBe(dumped);
    const stats = (path: string): string[] =>
      blockColumns(promtool('tsdb', 'list', path).output).map((line) =>
        // Ours have fewer, longer chunks.
        line
          .split(' ')
          .filter((_, column) => column !== 4)
          .join(' '),
      );
    expect(stats(ours)).toEqual(stats(theirs));
    expect(sortedLines(made.output)[1]).toMatch(/^[0-9A-Z]{26} +\d{13} +\d{13} +\d+h/);

    const openMetrics = join(dir, 'again.om');
    writeFileSync(openMetrics, narthex('tsdb', 'dump-openmetrics', ours).output);
    const flags = ['-q', '--max-block-duration=1d'];
    const remade = narthex(
      'tsdb',
      'create-blocks-from',
      'openmetrics',
      ...flags,
      openMetrics,
      again,
    );
    expect(remade).toEqual({ status: 0, output: '', errors: '' });
    expect(promtool('tsdb', 'dump', again).output).toBe(dumped);
    expect(readdirSync(again).length).toBeLessThan(readdirSync(ours).length);
  });

  withPrograms(PROMTOOL)('a benchmark of writing leaves the samples that promtool would', () => {
    const file = join(dir, 'series.json');
    const numbers = Array.from({ length: 1500 }, (_, i) => i);
    writeFileSync(file, [3, ...numbers].map(seriesLine).join(''));
    const flags = ['--metrics=1200', '--scrapes=200'];
    const bench = (place: string, args = flags): string[] =>
      ['tsdb', 'bench', 'write', `--out=${join(dir, place)}`].concat(args, file);
    const ours = narthex(...bench('bench'));
    expect(ours).toMatchObject({ status: 0, errors: '' });
    const theirs = promtool(...bench('their-bench'));
    const shown = withoutTimes(ours.output);
    for (const line of withoutTimes(theirs.output)) expect(shown).toContain(line);
    expect(ours.output).toContain(' > total samples: 240000\n');
    const dumped = promtool('tsdb', 'dump', join(dir, 'their-bench', 'storage')).output;
    expect(dumped.length).toBeGreaterThan(10_000_000);
    expect(promtool('tsdb', 'dump', join(dir, 'bench', 'storage')).output === dumped).toBe(true);
    expect(narthex('tsdb', 'dump', join(dir, 'bench', 'storage')).output === dumped).toBe(true);
    // What a run has left is replaced, nothing else is.
    expect(narthex(...bench('bench', ['--metrics=3', '--scrapes=150'])).output).toMatch(
      /total samples: 450\n/,
    );
    const refused = narthex('tsdb', 'bench', 'write', `--out=${dir}`, file);
    expect(refused.status).toBe(1);
    expect(refused.errors).toContain('it is not empty and not of a benchmark');
  });

  // Debian's promtool shows none.
  test('native histograms are dumped from the log', async () => {
    const path = dataDir('histograms');
    const database = await openDirectory(path, { retentionMs: 1e12 });
    const appender = database.appender();
    const ref = appender.seriesRef(labelsFromObject({ __name__: 'h', job: 'a' }));
    for (let i = 0; i < 5; i++) {
      appender.appendHistogram(ref, START_S * 1000 + i, { ...HISTOGRAM, sum: i + 0.5 });
    }
    appender.commit();
    const lines = narthex('tsdb', 'dump', path).output.split('\n');
    expect(lines).toHaveLength(6);
    expect(lines[0]).toMatch(
      /^\{__name__="h", job="a"\} \{count:9, sum:0.5, .*:2\} 1700000000000$/,
    );
    expect(narthex('tsdb', 'dump-openmetrics', path)).toEqual({
      status: 0,
      output: '# EOF\n',
      errors: 'left out: 5 native histograms\n',
    });
    await database.close();
  });

  test('nothing is missing while blocks are cut and merged and the log is truncated', async () => {
    const path = join(dir, 'busy');
    const database = await openCompacting(path, {
      blockRangeMs: 100_000,
      walSegmentBytes: 65_536,
      retentionMs: 1e12,
    });
    const written = { steps: 0, isDone: false };
    const writing = writeSteps(database, written);
    for (let i = 0; i < 8; i++) {
      const before = written.steps;
      const { status, lines, errors } = await dumped(path);
      expect([status, errors]).toEqual([0, '']);
      const steps = lines
        .filter((line) => line.includes('i="7"'))
        .map((line) => line.split(' ')[2]);
      expect(steps.length).toBeGreaterThanOrEqual(before);
      expect(steps).toEqual(steps.map((_, step) => String(step)));
      expect(lines.length).toBe(steps.length * 20);
    }
    written.isDone = true;
    await writing;
    const parents = readdirSync(path).filter((name) => name.length === 26);
    expect(parents.length).toBeGreaterThan(0);
    await database.close();
  });

  test('a reader that goes away ends a dump in silence', async () => {
    const page = writePage('closed.om');
    const path = dataDir('closed');
    narthex('tsdb', 'create-blocks-from', 'openmetrics', page, path);
    const child = spawn(process.execPath, [PROGRAM, 'tsdb', 'dump', path]);
    const errors: string[] = [];
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
    await once(child.stdout, 'data');
    child.stdout.destroy();
    const [status] = (await once(child, 'exit')) as [number | null];
    expect([status, errors]).toEqual([0, []]);
  });

  const mistakes: [string[], number, string][] = [
    [['tsdb', 'list', '/nonexistent'], 1, 'cannot find the data directory /nonexistent'],
    [['tsdb', 'dump', '--match={'], 1, 'cannot read --match: 1:2: parse error'],
    [['tsdb', 'lst'], 2, 'did you mean list?'],
    [['tsdbb'], 2, 'did you mean tsdb?'],
    [['tsdb', 'bench', 'write', '--metrics=0'], 1, 'cannot use --metrics=0'],
    [['tsdb', 'bench', 'write', '/nonexistent'], 1, 'no such file or directory'],
    [['query', 'instant', 'x'], 2, 'expected the argument <expr>'],
  ];
  test.each(mistakes)('%j ends with %d: %s', (args, status, message) => {
    const ran = narthex(...args);
    expect(ran.status).toBe(status);
    expect(ran.errors).toContain(message);
    expect(ran.errors).not.toContain('    at ');
  });

  test('a file that is wrong is named with its line', () => {
    const page = join(dir, 'wrong.om');
    writeFileSync(page, '# TYPE a gauge\na 1 1\na 2\n# EOF\n');
    const ran = narthex('tsdb', 'create-blocks-from', 'openmetrics', page, join(dir, 'wrong'));
    expect(ran.status).toBe(1);
    expect(ran.errors).toContain('line 3: expected a timestamp');
    writeFileSync(page, '# TYPE a gauge\na{b="c"} 1 1\na{b="c"} 2 1\n# EOF\n');
    const twice = narthex('tsdb', 'create-blocks-from', 'openmetrics', page, join(dir, 'wrong'));
    expect(twice.errors).toContain('cannot store two values of one series');
    expect(twice.errors).toContain('a{b="c"}');
  });
});

const job = (name: string, port: number): string =>
  `  - job_name: ${name}\n    static_configs: [{ targets: ['127.0.0.1:${port}'] }]\n`;

/** What began so long ago has been stored, or has failed. */
const SETTLED_MS = 3000;

function settled(dump: string, untilMs: number): string[] {
  return sortedLines(dump).filter((line) => Number(/ (\d+)$/.exec(line)?.[1] ?? '0') <= untilMs);
}

describe('a server that runs', () => {
  let server: NarthexProcess;
  let prometheus: PrometheusProcess | undefined;
  let prometheusUrl = '';
  let serverDir = '';

  beforeAll(async () => {
    serverDir = join(dir, 'server');
    mkdirSync(serverDir);
    const head = 'global: { scrape_interval: 1s }\nscrape_configs:\n';
    server = await startNarthex({ config: (port) => head + job('narthex', port), dir: serverDir });
    if (existsSync(PROMETHEUS)) {
      const port = await freePort();
      const config = head + job('p', port) + job('narthex', server.port);
      prometheus = await startPrometheus({ path: join(dir, 'prometheus'), config, port });
      prometheusUrl = prometheus.url;
    }
    for (let i = 0; i < 100; i++) {
      const urls = [server.url, ...(prometheusUrl === '' ? [] : [prometheusUrl])];
      const counts = urls.map((url) => narthex('query', 'instant', url, 'count_over_time(up[1m])'));
      if (counts.every(({ output }) => /=> (?:[6-9]|\d\d) @/.test(output))) break;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  });
  afterAll(async () => {
    await prometheus?.stop();
    await server.stop();
  });

  withPrograms(PROMTOOL)(
    'is dumped from its directory while it runs, and by promtool alike',
    () => {
      const untilMs = Date.now() - SETTLED_MS;
      for (const path of [join(serverDir, 'data'), join(dir, 'prometheus')]) {
        if (!existsSync(path)) continue;
        const ours = narthex('tsdb', 'dump', path);
        expect(ours).toMatchObject({ status: 0, errors: '' });
        const lines = settled(ours.output, untilMs);
        expect(lines.length).toBeGreaterThan(300);
        expect(lines).toEqual(settled(promtool('tsdb', 'dump', path).output, untilMs));
      }
      expect(narthex('query', 'instant', server.url, 'up').status).toBe(0);
    },
  );

  withPrograms(PROMTOOL)('answers queries, shown as promtool shows them', () => {
    const now = Math.floor((Date.now() - SETTLED_MS) / 1000);
    const range = ['range', `--start=${now - 3}`, `--end=${now}`, '--step=1s'];
    const cases: ((url: string) => string[])[] = [
      (url) => ['instant', `--time=${now}`, url, 'up'],
      (url) => ['instant', `--time=${now}`, url, 'time()'],
      (url) => ['instant', `--time=${now}`, url, 'up[3s]'],
      (url) => ['instant', `--time=${now}`, url, 'nothing'],
      (url) => ['instant', '-o', 'json', `--time=${now}`, url, 'label_replace(up,"x","<&>","","")'],
      (url) => [...range, url, 'sum by (job) (up) / 3'],
      (url) => [...range, '--format=json', url, 'up'],
      (url) => ['series', '--match=up', '--match=process_start_time_seconds', url],
      (url) => ['series', '-o', 'json', '--match=up', url],
      (url) => ['labels', url, 'job'],
      (url) => ['labels', '-o', 'json', '--match=up', url, 'instance'],
      (url) => ['labels', url, 'nothing'],
      (url) => ['instant', url, 'up{'],
      (url) => ['range', '--start=2', '--end=1', url, 'up'],
      (url) => ['series', '--match=up{', url],
    ];
    for (const url of [server.url, ...(prometheusUrl === '' ? [] : [prometheusUrl])]) {
      for (const args of cases) {
        const ours = narthex('query', ...args(url));
        expect(ours, args(url).join(' ')).toEqual(promtool('query', ...args(url)));
      }
    }
  });

  test('explains how it evaluates a query, and shows what that took', () => {
    const query = 'sum(rate(up[1m])) / count(rate(up[1m]))';
    const { status, output } = narthex('query', 'explain', '--step=5s', server.url, query);
    expect(status).toBe(0);
    expect(output).toMatch(/^ 3 {6}rate, series by series, read once for 2 and 5/m);
    const analyzed = narthex('query', 'explain', '--analyze', '-o', 'json', server.url, 'up');
    const { plan } = JSON.parse(analyzed.output) as { plan: { analysis: object } };
    expect(plan.analysis).toMatchObject({ resultSeries: 1, seriesRead: 1 });
  });

  test('says how its histograms use their buckets', () => {
    const match = '--match=prometheus_http_request_duration_seconds_sum';
    const flags = [`--server=${server.url}`, '--type=classichistograms', match];
    const { status, output } = narthex('query', 'analyze', ...flags);
    expect(status).toBe(0);
    expect(output).toMatch(/_bucket\{.*\[1h\]=Bucket stats \(min\/avg\/max\)/);
    expect(output).toMatch(/count - \d+\n$/);
  });

  withPrograms(PROMTOOL)('has a page of metrics that both check alike', async () => {
    // Programs were waited for: a connection that was kept may have been closed meanwhile.
    const headers = { connection: 'close' };
    const page = await (await fetch(`${server.url}/metrics`, { headers })).text();
    const bad = '# TYPE fooBar counter\nfooBar{le="1"} 1\na_milliseconds{xY="1"} 2\n';
    for (const input of [page, bad, 'bad{', '']) {
      const ours = run([process.execPath, PROGRAM], ['check', 'metrics'], input);
      const theirs = run([PROMTOOL], ['check', 'metrics'], input);
      expect(ours).toEqual(theirs);
    }
  });

  test('cannot be asked where there is none', async () => {
    const port = await freePort();
    const { status, errors } = narthex('query', 'instant', `127.0.0.1:${port}`, 'up');
    expect(status).toBe(1);
    expect(errors).toMatch(/^query error: .*connection refused\n$/);
  });
});

test('scripts of the test language are run', () => {
  const script = join(dir, 'script.test');
  const text =
    'load 1m\n  a 1 2 3\n\neval instant at 1m a\n  a 2\n\neval instant at 2m a\n  a 3\n\n';
  writeFileSync(script, text);
  expect(narthex('test', 'promql', script)).toEqual({
    status: 0,
    output: `${script}: SUCCESS 2 evaluations\n`,
    errors: '',
  });
  writeFileSync(script, text.replace('  a 3', '  a 4'));
  const failed = narthex('test', 'promql', script);
  expect(failed.status).toBe(1);
  expect(failed.output).toContain(`${script}:7: a\n    expected 4, got`);
  writeFileSync(script, 'lod 1m\n');
  expect(narthex('test', 'promql', script).errors).toContain('line 1: ');
});

test('a command starts without the server', () => {
  const loaded = execFileSync(process.execPath, ['--input-type=module', '-e', LOADED_MODULES], {
    encoding: 'utf8',
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
  });
  expect(loaded).toContain('run-command-');
  expect(loaded).not.toContain('serve-');
  expect(loaded).not.toContain('fastify');
});

/** Prints the modules that the help of a command loads. */
const LOADED_MODULES = `
import { register } from 'node:module';
register('data:text/javascript,' + encodeURIComponent(
  'import { writeSync } from "node:fs";' +
  'export async function load(url, context, next) { writeSync(1, url + "\\\\n"); return next(url, context); }'
));
const { main } = await import('./dist/server/cli.js');
await main(['tsdb', 'dump', '--help']);
`;
