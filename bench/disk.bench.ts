import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark, Measurement, Settings, Size } from './run.ts';
import { askNumber, get, sleep } from './side-by-side/http.ts';
import { ALONE, compared } from './side-by-side/measure.ts';
import { bytesBelow } from './side-by-side/process-usage.ts';
import { flush, type Sender, startSender, WRITE_START_MS } from './side-by-side/sender.ts';
import {
  type Server,
  serverNames,
  type ServerName,
  startServers,
  stopServers,
} from './side-by-side/servers.ts';

const STEP_MS = 15_000;
const HOUR_MS = 3_600_000;
/** Blocks of two hours, not merged: else they would differ in when each server merges. */
const FLAGS = ['--storage.tsdb.min-block-duration=2h', '--storage.tsdb.max-block-duration=2h'];
const CUT_LIMIT_MS = 120_000;
/** Blocks do not change any more. */
const STEADY_MS = 3000;

interface Plan {
  readonly instances: number;
  readonly hours: number;
  readonly jitterMs: number;
}

/** The same samples in all servers; those with blocks cut them by themselves. */
export const run: Benchmark['run'] = async (size: Size, settings: Settings = ALONE) => {
  const { numbers } = settings;
  const small = size === 'small';
  const plan: Plan = {
    instances: numbers['instances'] ?? (small ? 1 : 10),
    hours: numbers['hours'] ?? (small ? 4 : 8),
    jitterMs: numbers['jitter'] ?? 0,
  };
  const sender = await startSender({ kind: 'dashboard', count: plan.instances });
  let servers: readonly Server[] = [];
  try {
    servers = await startServers(serverNames(settings), { settings, flags: FLAGS });
    const count = await load(sender, servers, plan);
    const results = new Map<ServerName, Stored>();
    for (const server of servers) results.set(server.name, await store(server, count));
    return measurementsOf(results, count);
  } finally {
    await stopServers(servers);
    await sender.stop();
  }
};

/** How many samples each server has. */
async function load(sender: Sender, servers: readonly Server[], plan: Plan): Promise<number> {
  const steps = (plan.hours * HOUR_MS) / STEP_MS;
  const sending = {
    samplesPerSeries: 40,
    seriesPerRequest: 1000,
    startMs: WRITE_START_MS,
    stepMs: STEP_MS,
    jitterMs: plan.jitterMs,
  };
  await sender.send(servers, { ...sending, steps });
  await flush(servers);
  const count = sender.seriesCount * steps;
  for (const server of servers) {
    const found = await countSamples(server, WRITE_START_MS / 1000 + (plan.hours + 1) * 3600);
    if (found !== count) throw new Error(`${server.name} has ${found} samples of ${count}`);
  }
  return count;
}

/** Name by name: without their names some series would be the same. */
async function countSamples({ url }: Server, timeS: number): Promise<number> {
  const { body } = await get(`${url}/api/v1/label/__name__/values?start=${WRITE_START_MS / 1000}`);
  const { data } = JSON.parse(body.toString()) as { data: readonly string[] };
  let count = 0;
  for (const name of data)
    count += await askNumber(url, `sum(count_over_time(${name}[1d]))`, timeS);
  return count;
}

/** Of the samples that lie in blocks (of VictoriaMetrics: of all). */
interface Stored {
  readonly samples: number;
  readonly bytes: number;
  /** Of these for samples alone; NaN where there are no blocks. */
  readonly chunkBytes: number;
  readonly indexBytes: number;
  /** Series, each counted in each block that has it. */
  readonly series: number;
}

async function store(server: Server, count: number): Promise<Stored> {
  if (server.name === 'victoria-metrics') {
    await get(`${server.url}/internal/force_merge`);
    await until(server, () => bytesBelow(server.dataDir));
    const bytes = bytesBelow(server.dataDir);
    return { samples: count, bytes, chunkBytes: NaN, indexBytes: NaN, series: NaN };
  }
  // Each looks at once, when it starts, what there is to cut.
  await server.shutDown();
  await server.start();
  await until(server, () => blocksOf(server.dataDir).bytes);
  return blocksOf(server.dataDir);
}

/** Resolves when a number that was above 0 stays. */
async function until(server: Server, look: () => number): Promise<void> {
  const deadlineMs = performance.now() + CUT_LIMIT_MS;
  let last = look();
  for (let sinceMs = performance.now(); performance.now() - sinceMs < STEADY_MS;) {
    await sleep(100);
    const now = look();
    if (now !== last || now === 0) sinceMs = performance.now();
    last = now;
    if (performance.now() > deadlineMs) throw new Error(`${server.name} makes no blocks`);
  }
}

function blocksOf(dataDir: string): Stored {
  const sum = { samples: 0, bytes: 0, chunkBytes: 0, indexBytes: 0, series: 0 };
  for (const name of readdirSync(dataDir)) {
    const path = join(dataDir, name);
    if (!/^[0-9A-Z]{26}$/.test(name) || !existsSync(join(path, 'meta.json'))) continue;
    const { stats } = JSON.parse(readFileSync(join(path, 'meta.json'), 'utf8')) as BlockMeta;
    sum.samples += stats.numSamples;
    sum.series += stats.numSeries;
    sum.bytes += bytesBelow(path);
    sum.chunkBytes += bytesBelow(join(path, 'chunks'));
    sum.indexBytes += statSync(join(path, 'index')).size;
  }
  return sum;
}

interface BlockMeta {
  readonly stats: { readonly numSamples: number; readonly numSeries: number };
}

function measurementsOf(
  results: ReadonlyMap<ServerName, Stored>,
  count: number,
): readonly Measurement[] {
  const line = (name: string, unit: string, of: (one: Stored) => number): Measurement => {
    const values = [...results].map(([server, one]) => [server, of(one)] as const);
    return compared(`disk/${name}`, unit, new Map(values));
  };
  const narthex = results.get('narthex');
  return [
    {
      ...line('blocks', 'bytes/sample', (one) => one.bytes / one.samples),
      hash: `${narthex?.samples} of ${count}`,
    },
    line('chunks', 'bytes/sample', (one) => one.chunkBytes / one.samples),
    line('index', 'bytes/series', (one) => one.indexBytes / one.series),
  ];
}
