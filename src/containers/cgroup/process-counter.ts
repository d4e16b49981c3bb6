import { readdirSync, readlinkSync } from 'node:fs';
import type { ContainerReader } from './container-reader.ts';
import { readText } from './environment.ts';
import { SLOT } from './slots.ts';

/** A container's descriptors are counted so often, where there is time for it. */
const INTERVAL_MS = 30_000;
/** Milliseconds for all containers at one scrape; who is left comes first next time. */
const BUDGET_MS = 2;
/** What one container may cost: with more processes or descriptors the rest is estimated from these. */
const PROCESSES_MAX = 64;
const LINKS_MAX = 512;

/**
 * Counts open descriptors and sockets of containers. Each is a link to be read, which is dear: only a few
 * containers at a time, and large ones by a sample.
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
    const processes = processesOf(reader);
    const { values } = reader.measurement;
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

function processesOf({ location }: ContainerReader): readonly string[] {
  const directory = location.v1.get('cpuacct') ?? location.unified;
  const text = directory === undefined ? undefined : readText(`${directory}/cgroup.procs`);
  return (text ?? '').split('\n').filter((pid) => pid !== '' && pid !== '0');
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
