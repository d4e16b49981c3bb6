import { readdirSync, readlinkSync } from 'node:fs';
import type { ContainerReader } from './container-reader.ts';
import { readText } from './environment.ts';
import { SLOT } from './slots.ts';

/** A container's descriptors are counted so often, where there is time for it. */
const INTERVAL_MS = 30_000;
/** Milliseconds for all containers at one scrape; who is left comes first next time. */
const BUDGET_MS = 2;
/** What one container may cost: with more of these the rest is estimated. */
const PROCESSES_MAX = 64;
const LINKS_MAX = 512;
const TASKS_MAX = 256;

/**
 * Counts open descriptors, sockets and states of tasks. Each is a file or a link to be read, which is dear: only a
 * few containers at a time, and large ones by a sample.
 */
export class ProcessCounter {
  readonly #procPath: string;
  readonly #countedMs = new WeakMap<ContainerReader, number>();
  readonly #monotonicMs: () => number;

  constructor(procPath: string, monotonicMs: () => number) {
    this.#procPath = procPath;
    this.#monotonicMs = monotonicMs;
  }

  /** Counts for those readers that have waited longest. */
  count(readers: readonly ContainerReader[]): void {
    const startMs = this.#monotonicMs();
    for (const reader of this.#due(readers, startMs)) {
      this.#countedMs.set(reader, startMs);
      this.#countOne(reader);
      if (this.#monotonicMs() - startMs > BUDGET_MS) return;
    }
  }

  #due(readers: readonly ContainerReader[], nowMs: number): ContainerReader[] {
    const waited = (reader: ContainerReader): number =>
      nowMs - (this.#countedMs.get(reader) ?? -Infinity);
    return readers
      .filter((reader) => reader.pid > 0 && waited(reader) >= INTERVAL_MS)
      .toSorted((a, b) => waited(b) - waited(a) || 0);
  }

  #countOne(reader: ContainerReader): void {
    const { values } = reader.measurement;
    this.#countTasks(
      linesOf(reader, reader.location.unified === reader.directory ? 'cgroup.threads' : 'tasks'),
      values,
    );
    this.#countDescriptors(linesOf(reader, 'cgroup.procs'), values);
  }

  #countTasks(tasks: readonly string[], values: Float64Array): void {
    for (const slot of TASK_SLOTS) values[slot] = tasks.length === 0 ? Number.NaN : 0;
    const looked = tasks.slice(0, TASKS_MAX);
    for (const task of looked) {
      const slot = stateSlot(readText(`${this.#procPath}/${task}/stat`) ?? '');
      if (slot !== undefined) values[slot] = (values[slot] ?? 0) + 1;
    }
    if (looked.length === tasks.length) return;
    const share = tasks.length / looked.length;
    for (const slot of TASK_SLOTS) values[slot] = Math.round((values[slot] ?? 0) * share);
  }

  #countDescriptors(processes: readonly string[], values: Float64Array): void {
    const counted = processes.slice(0, PROCESSES_MAX).map((pid) => this.#descriptorsOf(pid));
    const known = counted.filter((descriptors) => descriptors !== undefined);
    if (known.length === 0) {
      values[SLOT.fileDescriptors] = Number.NaN;
      values[SLOT.sockets] = Number.NaN;
      return;
    }
    const share = processes.length / known.length;
    const open = known.reduce((sum, { length }) => sum + length, 0);
    values[SLOT.fileDescriptors] = Math.round(open * share);
    values[SLOT.sockets] = Math.round(countSockets(known.flat()) * share);
  }

  /** Paths of its descriptors; undefined where we may not look, or it has gone. */
  #descriptorsOf(pid: string): readonly string[] | undefined {
    const directory = `${this.#procPath}/${pid}/fd`;
    try {
      return readdirSync(directory).map((name) => `${directory}/${name}`);
    } catch {
      return undefined;
    }
  }
}

/** Numbers of processes or tasks; those of other namespaces show as 0. */
function linesOf({ directory }: ContainerReader, name: string): readonly string[] {
  const text = readText(`${directory}/${name}`) ?? '';
  return text.split('\n').filter((line) => line !== '' && line !== '0');
}

const TASK_SLOTS = [
  SLOT.tasksRunning,
  SLOT.tasksSleeping,
  SLOT.tasksStopped,
  SLOT.tasksUninterruptible,
] as const;

/** By the letters of proc(5); dead ones and zombies are in none of the states. */
const STATE_SLOTS: Readonly<Record<string, number>> = {
  R: SLOT.tasksRunning,
  S: SLOT.tasksSleeping,
  I: SLOT.tasksSleeping,
  T: SLOT.tasksStopped,
  t: SLOT.tasksStopped,
  D: SLOT.tasksUninterruptible,
};

/** `71 (any name) S 1 ...` */
function stateSlot(stat: string): number | undefined {
  return STATE_SLOTS[stat.charAt(stat.lastIndexOf(')') + 2)];
}

function countSockets(descriptors: readonly string[]): number {
  const looked = descriptors.slice(0, LINKS_MAX);
  let sockets = 0;
  for (const path of looked) if (linkOf(path).startsWith('socket:')) sockets++;
  return looked.length === 0 ? 0 : (sockets * descriptors.length) / looked.length;
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
