import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { container } from '../../../test/fakes/containers.ts';
import { ContainerReader } from './container-reader.ts';
import { createEnvironment } from './environment.ts';
import { ProcessCounter } from './process-counter.ts';
import { DEFAULT_CGROUP_SETTINGS } from './settings.ts';
import { SLOT } from './slots.ts';
import type { SlotName } from './slots.ts';

const ID = '1a'.repeat(32);
const FIXTURES = fileURLToPath(new URL('../../../test/fixtures', import.meta.url));
const NAMES: readonly SlotName[] = [
  'fileDescriptors',
  'sockets',
  'tasksRunning',
  'tasksSleeping',
  'tasksStopped',
  'tasksUninterruptible',
];

let tree = '';
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'narthex-counter-'));
});
afterEach(() => rmSync(tree, { recursive: true }));

function open(recorded: string): ContainerReader {
  cpSync(join(FIXTURES, recorded), tree, { recursive: true });
  const paths = { procPath: `${tree}/proc`, sysPath: `${tree}/sys`, rootPath: tree };
  const environment = createEnvironment({ ...DEFAULT_CGROUP_SETTINGS, ...paths, openFilesMax: 0 });
  const reader = ContainerReader.open(container('web', { id: ID, pid: 4321 }), environment);
  if (reader === undefined) throw new Error('the recorded container is not found');
  return reader;
}

function counted(reader: ContainerReader): (number | undefined)[] {
  return NAMES.map((name) => reader.measurement.values[SLOT[name]]);
}

function openDescriptors(pid: number, files: number, sockets: number): void {
  const directory = `${tree}/proc/${pid}/fd`;
  mkdirSync(directory, { recursive: true });
  for (let i = 0; i < files + sockets; i++) {
    symlinkSync(i < sockets ? `socket:[${i}]` : '/dev/null', `${directory}/${i}`);
  }
}

describe('ProcessCounter', () => {
  it.each(['cgroup-v1', 'cgroup-v2-cgroupfs'])(
    'counts what processes have open: %s',
    (recorded) => {
      const reader = open(recorded);
      openDescriptors(4321, 3, 2);
      openDescriptors(4322, 0, 1);
      openDescriptors(4323, 1, 0);
      new ProcessCounter(`${tree}/proc`, () => 0).count([reader]);
      expect(counted(reader)).toEqual([7, 3, 1, 2, 0, 1]);
    },
  );

  it('does not count what it may not see', () => {
    const reader = open('cgroup-v2-cgroupfs');
    new ProcessCounter(`${tree}/proc`, () => 0).count([reader]);
    expect(counted(reader).slice(0, 2)).toEqual([Number.NaN, Number.NaN]);
  });

  it('estimates those of many', () => {
    const reader = open('cgroup-v2-cgroupfs');
    for (const pid of [4321, 4322, 4323]) openDescriptors(pid, 300, 300);
    new ProcessCounter(`${tree}/proc`, () => 0).count([reader]);
    const [files, sockets] = counted(reader);
    expect(files).toBe(1800);
    expect(sockets).toBeGreaterThan(0);
  });

  it('counts again after a while, those first that have waited longest, and ends in time', () => {
    let nowMs = 0;
    let stepMs = 0;
    const counter = new ProcessCounter(`${tree}/proc`, () => (nowMs += stepMs));
    const readers = [open('cgroup-v1'), open('cgroup-v1'), open('cgroup-v1')];
    openDescriptors(4321, 1, 0);
    const done = (): number[] =>
      readers.map((reader) => Number((reader.measurement.values[SLOT.fileDescriptors] ?? 0) > 0));
    const forget = (): void => {
      for (const { measurement } of readers) measurement.values[SLOT.fileDescriptors] = 0;
    };
    stepMs = 3;
    counter.count(readers);
    expect(done()).toEqual([1, 0, 0]);
    counter.count(readers);
    expect(done()).toEqual([1, 1, 0]);
    stepMs = 0;
    counter.count(readers);
    forget();
    counter.count(readers);
    expect(done()).toEqual([0, 0, 0]);
    nowMs += 30_000;
    counter.count(readers);
    expect(done()).toEqual([1, 1, 1]);
  });
});
