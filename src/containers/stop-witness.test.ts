import { describe, expect, it } from 'vitest';
import type { Container, EngineState, LifecycleEvent, RegistryChange } from './container.ts';
import { StopWitness } from './stop-witness.ts';

const CONTAINER: Container = {
  id: 'a'.repeat(64),
  identity: { name: 'web', kind: 'name', group: '', service: '', number: 0 },
  line: 'web',
  containerName: 'web',
  image: 'web:1',
  imageId: '',
  labels: {},
  state: 'exited',
  health: 'none',
  pid: 0,
  createdMs: 1,
  startedMs: 2,
  finishedMs: 3,
  exitCode: 137,
  isOomKilled: false,
  error: '',
  restarts: 0,
  limits: {
    memoryBytes: 0,
    memoryReservationBytes: 0,
    memorySwapBytes: 0,
    cpuShares: 0,
    cpuPeriodUs: 0,
    cpuQuotaUs: 0,
    cpus: 0,
    pids: 0,
  },
  networkMode: '',
  addresses: [],
  exposedPorts: [],
  publishedPorts: [],
  cgroupParent: '',
};

const ENGINE: EngineState = {
  address: '',
  status: 'connected',
  error: '',
  product: '',
  version: '',
  cgroupDriver: '',
  cgroupVersion: '',
};

type Told = readonly [kind: LifecycleEvent['kind'], attributes?: Record<string, string>];

function witnessOf(told: readonly Told[]): StopWitness {
  const witness = new StopWitness();
  for (const [kind, attributes = {}] of told) {
    witness.see({ kind, timeMs: 3, container: CONTAINER, previous: undefined, attributes });
  }
  return witness;
}

const TERM: Told = ['kill', { signal: '15' }];
const KILL: Told = ['kill', { signal: '9' }];

describe('who ended a container', () => {
  it.each<[string, readonly Told[], string]>([
    ['docker kill', [['start'], KILL, ['die']], 'by `docker kill`'],
    ['docker stop', [['start'], TERM, KILL, ['die'], ['stop']], 'after its grace period'],
    ['nobody that was seen', [['start'], ['die']], 'not through the engine'],
    ['somebody before it was watched', [TERM, KILL, ['die']], 'or the kernel for memory'],
    ['its end was not seen', [], 'or the kernel for memory'],
    [
      'in its second life',
      [['start'], TERM, ['die'], ['start'], ['die']],
      'not through the engine',
    ],
    [
      'docker restart',
      [['start'], TERM, KILL, ['die'], ['stop'], ['start'], ['restart', { by: 'request' }]],
      'after its grace period',
    ],
    [
      'docker kill, which the engine told after the end',
      [['start'], ['die'], KILL],
      'by `docker kill`',
    ],
    ['docker rm -f, and it is gone', [['start'], KILL, ['die'], ['remove']], 'by `docker kill`'],
  ])('%s', (_who, told, expected) => {
    expect(witnessOf(told).reasonOf(CONTAINER)?.text).toContain(expected);
  });

  it('knows who killed a container that ran before it was watched', () => {
    const listeners: ((change: RegistryChange) => void)[] = [];
    let listed: readonly Container[] = [];
    const witness = new StopWitness();
    witness.watch({
      containers: () => listed,
      find: () => undefined,
      byId: () => undefined,
      engine: ENGINE,
      subscribe: (listener) => {
        listeners.push(listener);
        return () => {};
      },
    });
    const tell = (change: RegistryChange): void =>
      listeners.forEach((listener) => listener(change));
    listed = [{ ...CONTAINER, state: 'running' }];
    tell({ event: undefined });
    const told = { timeMs: 3, container: CONTAINER, previous: undefined };
    tell({ event: { ...told, kind: 'kill', attributes: { signal: '9' } } });
    tell({ event: { ...told, kind: 'die', attributes: {} } });
    expect(witness.reasonOf(CONTAINER)?.text).toContain('by `docker kill`');
  });

  it('says nothing of a container that never stopped', () => {
    const never = { ...CONTAINER, state: 'running', exitCode: undefined, finishedMs: 0 } as const;
    expect(witnessOf([['start']]).reasonOf(never)).toBeUndefined();
  });

  it('an end that was seen does not explain a later one that was not', () => {
    const later = { ...CONTAINER, finishedMs: 10, exitCode: 0 };
    expect(witnessOf([['start'], KILL, ['die']]).reasonOf(later)?.cause).toBe('finished');
  });

  it('remembers a bounded number of ends', () => {
    const witness = new StopWitness();
    for (let i = 0; i < 6000; i++) {
      const container = { ...CONTAINER, id: String(i) };
      const told = { timeMs: 3, container, previous: undefined, attributes: {} };
      witness.see({ kind: 'start', ...told });
      witness.see({ kind: 'die', ...told });
    }
    expect(witness.reasonOf({ ...CONTAINER, id: '5999' })?.severity).toBe('error');
    expect(witness.reasonOf({ ...CONTAINER, id: '0' })?.severity).toBe('warning');
  });
});
