import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { container } from '../../../test/fakes/containers.ts';
import { ContainerReader } from './container-reader.ts';
import { createEnvironment } from './environment.ts';
import type { CgroupEnvironment } from './environment.ts';
import { HostReader } from './host-reader.ts';
import { DEFAULT_CGROUP_SETTINGS } from './settings.ts';
import type { CgroupSettings } from './settings.ts';
import { SLOT } from './slots.ts';
import type { SlotName } from './slots.ts';

const ID = '1a'.repeat(32);
const RECORDED = container('web', { id: ID, pid: 4321 });
const FIXTURES = fileURLToPath(new URL('../../../test/fixtures', import.meta.url));

const TREES = ['cgroup-v1', 'cgroup-v2-cgroupfs', 'cgroup-v2-systemd'] as const;
const PATHS = {
  'cgroup-v1': `/docker/${ID}`,
  'cgroup-v2-cgroupfs': `/docker/${ID}`,
  'cgroup-v2-systemd': `/system.slice/docker-${ID}.scope`,
};

function environmentOf(tree: string, more: Partial<CgroupSettings> = {}): CgroupEnvironment {
  const base = tree.startsWith('/') ? tree : join(FIXTURES, tree);
  const paths = { procPath: `${base}/proc`, sysPath: `${base}/sys`, rootPath: base };
  return createEnvironment({ ...DEFAULT_CGROUP_SETTINGS, ...paths, ...more });
}

function valuesOf(values: Float64Array, names: readonly SlotName[]): Record<string, number> {
  return Object.fromEntries(names.map((name) => [name, values[SLOT[name]]]));
}

const SAME = {
  periods: 50,
  throttledPeriods: 7,
  burstPeriods: 2,
  memoryUsage: 13_631_488,
  memoryMaxUsage: 20_971_520,
  workingSet: 13_631_488 - 3_145_728,
  cache: 4_194_304,
  rss: 8_388_608,
  swap: 4096,
  mappedFile: 1_048_576,
  kernel: 1_310_720,
  activeAnon: 61_440,
  inactiveAnon: 8_323_072,
  anonHugePages: 2_097_152,
  activeFile: 1_048_576,
  inactiveFile: 3_145_728,
  fileDirty: 12_288,
  fileWriteback: 8192,
  refaultFile: 11,
  refaultAnon: 7,
  oomKills: 1,
  threads: 12,
  processes: 3,
  openFilesLimit: 1024,
  cpuWaitingUs: 1_509_437,
  cpuStalledUs: 23,
  memoryWaitingUs: 500_000,
  memoryStalledUs: 400_000,
  ioWaitingUs: 7,
  ioStalledUs: 6,
  memoryPressurePercent: 12.25,
};

describe('ContainerReader', () => {
  const copies: string[] = [];
  const copyOf = (tree: string): string => {
    const copy = mkdtempSync(join(tmpdir(), 'narthex-cgroup-'));
    copies.push(copy);
    cpSync(join(FIXTURES, tree), copy, { recursive: true });
    return copy;
  };
  afterEach(() => {
    for (const copy of copies.splice(0)) rmSync(copy, { recursive: true });
  });

  it.each(TREES)('reads the same of version 1 and 2, whatever drives them: %s', (tree) => {
    const environment = environmentOf(tree);
    const reader = ContainerReader.open(RECORDED, environment);
    expect(reader?.read(1000)).toBe('read');
    const { values } = reader?.measurement ?? { values: new Float64Array() };
    expect(valuesOf(values, Object.keys(SAME) as SlotName[])).toEqual(SAME);
    expect(reader?.location.path).toBe(PATHS[tree]);
    reader?.close();
    expect(environment.files.open).toBe(0);
  });

  it('reads CPU times as exactly as each version counts them', () => {
    const names = ['cpuNs', 'cpuUserNs', 'cpuSystemNs', 'throttledNs', 'burstNs'] as const;
    const read = TREES.slice(0, 2).map((tree) => {
      const reader = ContainerReader.open(RECORDED, environmentOf(tree));
      reader?.read(1000);
      const { values } = reader?.measurement ?? { values: new Float64Array() };
      reader?.close();
      return names.map((name) => values[SLOT[name]]);
    });
    expect(read).toEqual([
      [123_456_789_012, 100_000_000_000, 23_450_000_000, 2_500_000_123, 1500],
      [123_456_789_000, 100_000_001_000, 23_456_788_000, 2_500_000_000, 1_500_000],
    ]);
  });

  it.each(TREES)('reads interfaces without loopback, and devices: %s', (tree) => {
    const reader = ContainerReader.open(RECORDED, environmentOf(tree));
    reader?.read(1000);
    reader?.read(2000);
    const { network, blockIo } = reader?.measurement ?? {};
    expect(network?.names).toEqual(['eth0', 'eth1']);
    expect([...(network?.values ?? [])].slice(0, 9)).toEqual([
      5_265_204_426, 154_040, 3, 4, 14_791_491, 111_020, 5, 6, 0,
    ]);
    expect(blockIo?.names).toEqual(['8:0', '254:1']);
    expect([...(blockIo?.values ?? [])].slice(0, 8)).toEqual([
      1_459_200, 314_773_504, 192, 353, 90_430_464, 299_008_000, 8950, 1252,
    ]);
    reader?.close();
  });

  it('reads the time of each CPU where that is wanted and told', () => {
    const cpusOf = TREES.map((tree) => {
      const reader = ContainerReader.open(RECORDED, environmentOf(tree, { perCpu: true }));
      reader?.read(1000);
      reader?.close();
      return [...(reader?.measurement.cpus ?? [])];
    });
    expect(cpusOf).toEqual([[100_000_000_012, 23_456_789_000], [], []]);
  });

  it('does not count the interfaces of others', () => {
    for (const networkMode of ['host', `container:${ID}`]) {
      const reader = ContainerReader.open({ ...RECORDED, networkMode }, environmentOf(TREES[0]));
      reader?.read(1000);
      expect(reader?.measurement.network.names).toEqual([]);
      reader?.close();
    }
  });

  it('finds the groups of a container whose process it cannot see, but not its network', () => {
    for (const tree of TREES) {
      const reader = ContainerReader.open({ ...RECORDED, pid: 99 }, environmentOf(tree));
      expect(reader?.read(1000)).toBe('read');
      expect(reader?.measurement.network.names).toEqual([]);
      expect(reader?.location.path).toBe(PATHS[tree]);
      reader?.close();
    }
  });

  it('does not take another process for the container because of its number', () => {
    const other = container('db', { id: '2b'.repeat(32), pid: 4321 });
    for (const tree of TREES) {
      expect(ContainerReader.open(other, environmentOf(tree))).toBeUndefined();
    }
  });

  it('says that the container has gone when its files have', () => {
    const copy = copyOf('cgroup-v2-cgroupfs');
    const environment = environmentOf(copy, { openFilesMax: 0 });
    const reader = ContainerReader.open(RECORDED, environment);
    expect(reader?.read(1000)).toBe('read');
    rmSync(join(copy, 'sys/fs/cgroup/docker'), { recursive: true });
    expect(reader?.read(2000)).toBe('gone');
    expect(reader?.failure()).toContain('cpu.stat: ENOENT');
  });

  it('does without files that a kernel does not have', () => {
    const copy = copyOf('cgroup-v2-systemd');
    for (const name of ['memory.peak', 'cpu.pressure', 'memory.swap.current']) {
      rmSync(join(copy, 'sys/fs/cgroup', PATHS['cgroup-v2-systemd'], name));
    }
    const reader = ContainerReader.open(RECORDED, environmentOf(copy));
    expect(reader?.read(1000)).toBe('read');
    const { values } = reader?.measurement ?? { values: new Float64Array() };
    expect(valuesOf(values, ['memoryMaxUsage', 'cpuWaitingUs', 'swap', 'rss'])).toEqual({
      memoryMaxUsage: Number.NaN,
      cpuWaitingUs: Number.NaN,
      swap: Number.NaN,
      rss: 8_388_608,
    });
    expect(reader?.read(2000)).toBe('read');
    reader?.close();
  });

  it('looks for devices now and then, and reads theirs each time once there are some', () => {
    const copy = copyOf('cgroup-v2-cgroupfs');
    const reader = ContainerReader.open(RECORDED, environmentOf(copy));
    const file = join(copy, 'sys/fs/cgroup/docker', ID, 'io.stat');
    writeFileSync(file, '');
    reader?.read(0);
    const read = [1000, 10_000, 11_000].map((nowMs) => {
      writeFileSync(file, `8:0 rbytes=${nowMs} wbytes=0 rios=0 wios=0\n`);
      reader?.read(nowMs);
      return reader?.measurement.blockIo.names.length === 0
        ? undefined
        : reader?.measurement.blockIo.values[0];
    });
    expect(read).toEqual([undefined, 10_000, 11_000]);
    reader?.close();
  });

  it('reads what changes slowly now and then', () => {
    const copy = copyOf('cgroup-v2-cgroupfs');
    const reader = ContainerReader.open(RECORDED, environmentOf(copy));
    const group = join(copy, 'sys/fs/cgroup/docker', ID);
    const peaks = [0, 1000, 10_000].map((nowMs) => {
      writeFileSync(join(group, 'memory.peak'), `${nowMs + 1}\n`);
      writeFileSync(join(group, 'memory.current'), `${nowMs + 1}\n`);
      reader?.read(nowMs);
      const { values } = reader?.measurement ?? { values: new Float64Array() };
      return [values[SLOT.memoryMaxUsage], values[SLOT.memoryUsage]];
    });
    expect(peaks).toEqual([
      [1, 1],
      [1, 1001],
      [10_001, 10_001],
    ]);
    reader?.close();
  });
});

describe('HostReader', () => {
  it('does not take the group of our own container for the host', () => {
    const copy = mkdtempSync(join(tmpdir(), 'narthex-host-'));
    cpSync(join(FIXTURES, 'cgroup-v2-cgroupfs'), copy, { recursive: true });
    const namesOf = (): readonly string[] | undefined => {
      const host = new HostReader(environmentOf(copy));
      const names = host.read(1000)?.blockIo.names;
      host.close();
      return names;
    };
    expect(namesOf()).toEqual(['8:0']);
    writeFileSync(join(copy, 'sys/fs/cgroup/cgroup.events'), 'populated 1\n');
    expect(namesOf()).toEqual([]);
    rmSync(copy, { recursive: true });
  });

  it.each(TREES)('reads the host as one container: %s', (tree) => {
    const environment = environmentOf(tree);
    const host = new HostReader(environment);
    const { values, network } = host.read(1000) ?? {};
    const names = ['memoryUsage', 'swap', 'cache', 'cpuUserNs', 'cpuSystemNs', 'oomKills'] as const;
    expect(valuesOf(values ?? new Float64Array(), [...names, 'pgfault', 'ioStalledUs'])).toEqual({
      memoryUsage: (24_682_416 - 21_430_648) * 1024,
      swap: 104 * 1024,
      cache: 1_742_004 * 1024,
      cpuUserNs: 1_200_000_000,
      cpuSystemNs: 430_000_000,
      oomKills: 3,
      pgfault: 788_975_797,
      ioStalledUs: 1_000_000,
    });
    expect(values?.[SLOT.cpuNs]).toBe(tree === 'cgroup-v1' ? 999_000_000_001 : 1_630_000_000);
    expect(network?.names).toEqual(['eth0', 'eth1']);
    host.close();
    expect(environment.files.open).toBe(0);
  });

  it('says what it cannot read', () => {
    const host = new HostReader(environmentOf('/nowhere'));
    expect(host.read(1000)).toBeUndefined();
    expect(host.failure()).toBe('cannot read /nowhere/proc/stat: ENOENT');
  });
});
