import { describe, expect, it } from 'vitest';
import { container, FakeContainers } from '../../test/fakes/containers.ts';
import type { LifecycleEvent } from './container.ts';
import { StopWitness } from './stop-witness.ts';

const CONTAINER = container('web', {
  state: 'exited',
  startedMs: 2,
  finishedMs: 3,
  exitCode: 137,
});

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

  it('makes up nothing of signals where events are not heard', () => {
    const containers = new FakeContainers();
    containers.engine = { ...containers.engine, error: 'GET /events is refused' };
    const witness = new StopWitness();
    witness.watch(containers);
    containers.set({ ...CONTAINER, state: 'running' });
    const told = { timeMs: 3, container: CONTAINER, previous: undefined };
    containers.tell({ ...told, kind: 'die', attributes: {} });
    expect(witness.reasonOf(CONTAINER)?.text).toContain('or the kernel for memory');
  });

  it('knows who killed a container that ran before it was watched', () => {
    const containers = new FakeContainers();
    const witness = new StopWitness();
    witness.watch(containers);
    containers.set({ ...CONTAINER, state: 'running' });
    const told = { timeMs: 3, container: CONTAINER, previous: undefined };
    containers.tell({ ...told, kind: 'kill', attributes: { signal: '9' } });
    containers.tell({ ...told, kind: 'die', attributes: {} });
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
      const one = { ...CONTAINER, id: String(i) };
      const told = { timeMs: 3, container: one, previous: undefined, attributes: {} };
      witness.see({ kind: 'start', ...told });
      witness.see({ kind: 'die', ...told });
    }
    expect(witness.reasonOf({ ...CONTAINER, id: '5999' })?.severity).toBe('error');
    expect(witness.reasonOf({ ...CONTAINER, id: '0' })?.severity).toBe('warning');
  });
});
