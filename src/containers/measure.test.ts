import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContainerStats } from '#docker';
import { silentLog } from '#platform';
import { container, FakeContainers } from '../../test/fakes/containers.ts';
import type { Container, LifecycleEvent } from './container.ts';
import { DEFAULT_CGROUP_SETTINGS } from './cgroup/settings.ts';
import { ContainerMeasurer } from './measure.ts';
import type { MeasurerParts } from './measure.ts';
import { ContainerPage } from './page.ts';
import type { FamilyWriter } from './page-writer.ts';
import { DEFAULT_SERIES_LABELS } from './series-labels.ts';

const ID = '1a'.repeat(32);
const FIXTURES = fileURLToPath(new URL('../../test/fixtures', import.meta.url));
const RECORDED = join(FIXTURES, 'cgroup-v2-cgroupfs');

const idOf = (number: number): string => String(number).padStart(64, '0');
const web = (traits: Partial<Container> = {}): Container =>
  container('web', { id: ID, pid: 4321, ...traits });

let nowMs = 1_700_000_100_000;
let registry: FakeContainers;
let measurer: ContainerMeasurer | undefined;
const copies: string[] = [];

beforeEach(() => {
  nowMs = 1_700_000_100_000;
  registry = new FakeContainers();
});
afterEach(() => {
  measurer?.close();
  measurer = undefined;
  for (const copy of copies.splice(0)) rmSync(copy, { recursive: true });
});

const clock = {
  nowMs: () => nowMs,
  monotonicMs: () => nowMs,
  setTimer: () => ({ cancel: () => {} }),
};

function measuring(tree: string, stats?: MeasurerParts['stats']): ContainerMeasurer {
  const paths = { procPath: `${tree}/proc`, sysPath: `${tree}/sys`, rootPath: tree };
  const settings = { ...DEFAULT_CGROUP_SETTINGS, ...paths };
  const parts = { registry, clock, log: silentLog, settings };
  measurer = new ContainerMeasurer(stats === undefined ? parts : { ...parts, stats });
  return measurer;
}

function copyOf(tree: string): string {
  const copy = mkdtempSync(join(tmpdir(), 'narthex-measure-'));
  copies.push(copy);
  cpSync(tree, copy, { recursive: true });
  return copy;
}

/** A container of version 2 as far as it must be there. */
function makeGroup(tree: string, id: string, pid: number): string {
  const group = join(tree, 'sys/fs/cgroup/docker', id);
  mkdirSync(group, { recursive: true });
  mkdirSync(join(tree, 'proc', String(pid)), { recursive: true });
  writeFileSync(join(tree, 'proc', String(pid), 'cgroup'), `0::/docker/${id}\n`);
  writeFileSync(join(group, 'cpu.stat'), 'usage_usec 5\n');
  writeFileSync(join(group, 'memory.current'), '4096\n');
  return group;
}

async function pageOf(
  of: ContainerMeasurer,
  more: readonly ((writer: FamilyWriter) => void)[] = [],
): Promise<string> {
  const parts = { measurer: of, registry, clock, labels: DEFAULT_SERIES_LABELS, version: '0.5' };
  const page = new ContainerPage({ ...parts, more });
  return new TextDecoder().decode(await page.write());
}

const linesOf = (page: string, name: string): string[] =>
  page.split('\n').filter((line) => line.startsWith(`${name}{`));

describe('ContainerMeasurer', () => {
  it('measures what runs, and knows how', async () => {
    registry.set(web({ limits: { ...web().limits, memoryBytes: 64 << 20 } }));
    registry.set(container('gone', { state: 'exited' }));
    const of = measuring(RECORDED);
    const measured = await of.measure();
    expect(measured.map((one) => [one.container.line, one.by])).toEqual([['web', 'cgroup']]);
    expect(of.measured(ID)).toEqual({ by: 'cgroup', error: '' });
    expect(of.measured('gone')).toEqual({ by: 'none', error: '' });
    expect(of.latest(ID)).toEqual({
      timeMs: nowMs,
      workingSetBytes: 10_485_760,
      memoryLimitBytes: 64 << 20,
      cpuSeconds: 123.456789,
      memoryPressure: 0.1225,
      oomKills: 1,
    });
  });

  it('remembers the last reading of what has ended, and closes its files at once', async () => {
    registry.set(web());
    const of = measuring(RECORDED);
    const openBefore = of.openFiles;
    await of.measure();
    expect(of.openFiles).toBeGreaterThan(openBefore + 5);
    registry.set(web({ state: 'exited', pid: 0 }));
    expect(of.openFiles).toBe(openBefore);
    expect(of.latest(ID)?.workingSetBytes).toBe(10_485_760);
    expect(await of.measure()).toEqual([]);
  });

  it('leaks nothing while containers come and go', async () => {
    const tree = copyOf(RECORDED);
    const of = measuring(tree);
    await pageOf(of);
    const openBefore = of.openFiles;
    for (let round = 0; round < 5; round++) {
      const ids = Array.from({ length: 20 }, (_, i) => idOf(round * 20 + i));
      for (const [i, id] of ids.entries()) {
        makeGroup(tree, id, 5000 + i);
        registry.set(container(`c${i}`, { id, pid: 5000 + i, startedMs: round * 1000 }));
      }
      expect(await of.measure()).toHaveLength(20);
      expect(of.openFiles).toBeGreaterThanOrEqual(openBefore + 40);
      // Half of them go before the registry knows.
      for (const id of ids.slice(10)) {
        rmSync(join(tree, 'sys/fs/cgroup/docker', id), { recursive: true });
      }
      await of.measure();
      for (let i = 0; i < 20; i++) registry.remove(`c${i}`);
      expect(of.openFiles).toBe(openBefore);
    }
    of.close();
    expect(of.openFiles).toBe(0);
    expect(registry.listenerCount).toBe(0);
  });

  it('measures a container that was started anew in its new life', async () => {
    const tree = copyOf(RECORDED);
    const id = idOf(1);
    const group = makeGroup(tree, id, 71);
    registry.set(container('db', { id, pid: 71, startedMs: 1 }));
    const of = measuring(tree);
    await of.measure();
    expect(of.latest(id)?.cpuSeconds).toBe(0.000005);
    rmSync(group, { recursive: true });
    makeGroup(tree, id, 72);
    writeFileSync(join(group, 'cpu.stat'), 'usage_usec 2\n');
    registry.set(container('db', { id, pid: 72, startedMs: 2 }));
    await of.measure();
    expect(of.latest(id)?.cpuSeconds).toBe(0.000002);
  });

  it('counts kills for memory over the lives of an identity', async () => {
    registry.set(web());
    const of = measuring(RECORDED);
    const kills = async (): Promise<string | undefined> =>
      linesOf(await pageOf(of), 'container_oom_events_total').find((line) => line.includes('web'));
    expect(await kills()).toMatch(/ 1$/);
    const oom: LifecycleEvent = {
      kind: 'oom',
      timeMs: nowMs,
      container: web(),
      previous: undefined,
      attributes: {},
    };
    registry.tell(oom);
    registry.tell({ ...oom, attributes: { times: '2' } });
    expect(await kills()).toMatch(/ 3$/);
    registry.set(web({ state: 'exited', isOomKilled: true }));
    registry.set(web({ startedMs: 5000 }));
    // Three of the first life, and one that the group of the second counts.
    expect(await kills()).toMatch(/ 4$/);
  });

  it('says what is not to be seen beside the files', async () => {
    registry.set(web({ pid: 99 }));
    const of = measuring(RECORDED);
    const page = await pageOf(of);
    expect(of.measured(ID).by).toBe('cgroup');
    expect(of.measured(ID).error).toBe(
      `its network and descriptors are not to be seen: process 99 is not in ${RECORDED}/proc`,
    );
    expect(page).toContain('narthex_containers_measured{by="cgroup"} 1\n');
    expect(page).toContain(`narthex_containers_open_files ${of.openFiles}\n`);
  });

  it('says why files cannot be read, and does without', async () => {
    const of = measuring('/nowhere');
    registry.set(web());
    await of.measure();
    expect(of.measured(ID)).toEqual({
      by: 'none',
      error: 'no control groups are mounted below /nowhere/sys/fs/cgroup',
    });
    measurer?.close();
    const other = measuring(RECORDED);
    registry.set(container('other', { id: idOf(2) }));
    await other.measure();
    expect(other.measured(idOf(2)).error).toContain('its control group is not to be seen');
    expect(await pageOf(other)).toContain('container_scrape_error 1\n');
  });
});

const STATS: ContainerStats = {
  read: '2026-11-23T06:29:20.210986712Z',
  cpu_stats: {
    cpu_usage: {
      total_usage: 19_420_776_867,
      usage_in_kernelmode: 480_000_000,
      usage_in_usermode: 18_930_000_000,
    },
    throttling_data: { periods: 830, throttled_periods: 1, throttled_time: 12 },
  },
  memory_stats: {
    usage: 12_042_240,
    max_usage: 12_271_616,
    stats: { rss: 1, total_rss: 9_527_296, total_inactive_file: 1_003_520, pgfault: 7522 },
  },
  blkio_stats: {
    io_service_bytes_recursive: [
      { major: 254, minor: 0, op: 'read', value: 4096 },
      { major: 254, minor: 0, op: 'Write', value: 8192 },
      { major: 254, minor: 0, op: 'Total', value: 12_288 },
    ],
    io_serviced_recursive: null,
  },
  pids_stats: { current: 7 },
  networks: { eth0: { rx_bytes: 100, tx_bytes: 200, rx_packets: 3 } },
};

describe('measuring by the engine', () => {
  it('tells the same families where files cannot be reached', async () => {
    const of = measuring('/nowhere', async () => await Promise.resolve(STATS));
    registry.set(web());
    const page = await pageOf(of);
    expect(of.measured(ID).by).toBe('api');
    expect(of.measured(ID).error).toContain('no control groups');
    const labels = 'id="/docker/web",image="image",name="web"';
    for (const line of [
      `container_cpu_usage_seconds_total{${labels},cpu="total"} 19.420776867`,
      `container_cpu_system_seconds_total{${labels}} 0.48`,
      `container_memory_usage_bytes{${labels}} 12042240`,
      `container_memory_working_set_bytes{${labels}} ${12_042_240 - 1_003_520}`,
      `container_memory_rss{${labels}} 9527296`,
      `container_network_receive_bytes_total{${labels},interface="eth0"} 100`,
      `container_fs_reads_bytes_total{${labels},device="254:0"} 4096`,
      `container_fs_writes_bytes_total{${labels},device="254:0"} 8192`,
      `container_threads{${labels}} 7`,
    ]) {
      expect(page).toContain(`${line}\n`);
    }
    expect(page).not.toContain('NaN');
    expect(of.latest(ID)?.cpuSeconds).toBeCloseTo(19.420776867, 9);
    expect(page).toContain('narthex_containers_measured{by="api"} 1\n');
  });

  it('asks for few at a time', async () => {
    let asked = 0;
    let most = 0;
    const of = measuring('/nowhere', async () => {
      asked++;
      most = Math.max(most, asked);
      await new Promise((resolve) => setImmediate(resolve));
      asked--;
      return STATS;
    });
    for (let i = 0; i < 30; i++) registry.set(container(`c${i}`, { id: idOf(i) }));
    const measured = await of.measure();
    expect(measured.every(({ by }) => by === 'api')).toBe(true);
    expect(most).toBe(4);
  });

  it('begins no more questions than fit into a scrape', async () => {
    const of = measuring('/nowhere', async () => {
      nowMs += 1000;
      return await Promise.resolve(STATS);
    });
    for (let i = 0; i < 30; i++) registry.set(container(`c${i}`, { id: idOf(i) }));
    const measured = await of.measure();
    expect(measured.filter(({ by }) => by === 'api').length).toBeLessThan(12);
    expect(measured.at(-1)?.error).toBe('the engine takes too long to tell of its containers');
  });

  const refusals: [string, () => Promise<ContainerStats | undefined>, string][] = [
    ['knows it no more', async () => await Promise.resolve(undefined), 'no control groups'],
    [
      'says that it does not run',
      async () => await Promise.resolve({ read: '0001-01-01T00:00:00Z' }),
      'no control groups',
    ],
    [
      'fails',
      async () => await Promise.reject(new Error('cannot reach the engine')),
      'cannot reach the engine',
    ],
  ];
  it.each(refusals)('tells nothing of a container where the engine %s', async (_, stats, error) => {
    const of = measuring('/nowhere', stats);
    registry.set(web());
    expect(linesOf(await pageOf(of), 'container_cpu_usage_seconds_total')).toEqual([]);
    expect(of.measured(ID).by).toBe('none');
    expect(of.measured(ID).error).toContain(error);
  });

  it('does not ask an engine that is away', async () => {
    let asked = 0;
    const of = measuring('/nowhere', async () => {
      asked++;
      return await Promise.resolve(STATS);
    });
    registry.engine = { ...registry.engine, status: 'unreachable' };
    registry.set(web());
    await of.measure();
    expect(asked).toBe(0);
  });
});

describe('ContainerPage', () => {
  it('writes each family once, with its lines together, and no line twice', async () => {
    for (const tree of ['cgroup-v1', 'cgroup-v2-cgroupfs', 'cgroup-v2-systemd']) {
      registry.set(web({ limits: { ...web().limits, cpus: 0.5 } }));
      const page = await pageOf(measuring(join(FIXTURES, tree)));
      const lines = page.trimEnd().split('\n');
      const types = lines.filter((line) => line.startsWith('# TYPE'));
      expect(new Set(types).size).toBe(types.length);
      const series = lines.filter((l) => !l.startsWith('#')).map((l) => l.replace(/ [^ ]+$/, ''));
      expect(new Set(series).size).toBe(series.length);
      const names = series.map((one) => one.split('{', 1)[0]);
      const turns = names.filter((name, i) => name !== names[i - 1]);
      expect(new Set(turns).size).toBe(turns.length);
      expect(page).not.toMatch(/NaN|Inf|undefined/);
      measurer?.close();
    }
  });

  it('tells limits, times and devices as cAdvisor does, and the host as the root', async () => {
    const limits = { ...web().limits, memoryBytes: 1 << 26, memorySwapBytes: -1, cpus: 1.5 };
    registry.set(web({ limits, startedMs: 1_700_000_050_900 }));
    const page = await pageOf(measuring(RECORDED));
    const labels = 'id="/docker/web",image="image",name="web"';
    for (const line of [
      `container_spec_memory_limit_bytes{${labels}} 67108864`,
      `container_spec_memory_limit_bytes{id="/"} ${24_682_416 * 1024}`,
      `container_spec_memory_swap_limit_bytes{${labels}} 0`,
      `container_spec_cpu_quota{${labels}} 150000`,
      `container_spec_cpu_period{${labels}} 100000`,
      `container_spec_cpu_shares{${labels}} 1024`,
      `container_cpu_cfs_throttled_seconds_total{${labels}} 2.5`,
      `container_start_time_seconds{${labels}} 1700000050`,
      `container_last_seen{${labels}} 1700000100`,
      `container_fs_writes_bytes_total{${labels},device="/dev/sda"} 314773504`,
      `container_fs_reads_total{id="/",device="/dev/sda"} 100`,
      `container_memory_failures_total{${labels},failure_type="pgfault",scope="hierarchy"} 98765`,
      `container_ulimits_soft{${labels},ulimit="max_open_files"} 1024`,
      `container_pressure_memory_waiting_seconds_total{${labels}} 0.5`,
      `container_cpu_usage_seconds_total{id="/",cpu="total"} 1.63`,
      'machine_cpu_cores 2',
      `machine_memory_bytes ${24_682_416 * 1024}`,
      'container_scrape_error 0',
    ]) {
      expect(page).toContain(`${line}\n`);
    }
    expect(page).toContain('cadvisor_version_info{cadvisorVersion="narthex 0.5",dockerVersion="28');
  });

  it('has no lines of throttling where nothing throttles', async () => {
    registry.set(web());
    const page = await pageOf(measuring(RECORDED));
    expect(page).not.toContain('container_cpu_cfs_');
    expect(page).not.toContain('container_spec_cpu_quota');
  });

  it('takes further families', async () => {
    const page = await pageOf(measuring(RECORDED), [
      (writer) => {
        writer.family('container_exit_code', 'gauge', 'Of the last end.');
        writer.sample('name="gone"', 137);
      },
    ]);
    expect(page).toMatch(/\ncontainer_exit_code\{name="gone"\} 137\n$/);
  });

  it('follows the labels of a container', async () => {
    registry.set(web());
    const of = measuring(RECORDED);
    const parts = { measurer: of, registry, clock, labels: DEFAULT_SERIES_LABELS, version: '' };
    const page = new ContainerPage(parts);
    const text = async (): Promise<string> => new TextDecoder().decode(await page.write());
    expect(await text()).toContain('container_last_seen{id="/docker/web",');
    registry.set(web({ labels: { a: 'b' } }));
    expect(await text()).toContain('container_last_seen{container_label_a="b",id="/docker/web",');
  });
});
