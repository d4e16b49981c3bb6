import type { CgroupEnvironment } from './cgroup/environment.ts';
import { ContainerReader } from './cgroup/container-reader.ts';
import { Measurement } from './cgroup/measurement.ts';
import { SLOT } from './cgroup/slots.ts';
import type { ReadOutcome } from './cgroup/sources.ts';
import type { Container, Reading } from './container.ts';

export type MeasuredBy = 'cgroup' | 'api' | 'none';

/** Where files could not be found, they are looked for again so much later. */
const SEARCH_INTERVAL_MS = 30_000;

/** One life of a container, from a start to the end, and how it is measured. */
export class MeasuredContainer {
  /** As the registry has it now. */
  container: Container;
  by: MeasuredBy = 'none';
  /** Why it is not measured from its files, or not whole; '' where it is. */
  error = '';
  reader: ContainerReader | undefined;
  /** Of the reader, or filled from the engine's answer. */
  measurement: Measurement = new Measurement();
  /** Kills for memory that the engine told of in this life. */
  oomEvents = 0;
  /** Of earlier lives of its identity. */
  oomKillsBefore = 0;
  /** Its life is over: it opens no files any more. */
  isEnded = false;
  #searchedMs = -Infinity;

  constructor(container: Container) {
    this.container = container;
  }

  /** It is measured anew in this moment. */
  get isFresh(): boolean {
    return this.by !== 'none';
  }

  /** The container is still in the life that is measured here. */
  isSameLife({ pid, startedMs }: Container): boolean {
    return pid === this.container.pid && startedMs === this.container.startedMs;
  }

  /** Reads its files. Where they cannot be read `error` says why. */
  readFiles(environment: CgroupEnvironment, nowMs: number): ReadOutcome {
    const reader = this.reader ?? this.#search(environment, nowMs);
    if (reader === undefined) return 'failed';
    const outcome = reader.read(nowMs);
    if (outcome === 'read') {
      this.measurement = reader.measurement;
      this.by = 'cgroup';
      this.error = reader.gap;
      return outcome;
    }
    // Gone: it ends, or was started anew; the registry will say so. What was read so far stays known.
    this.error = reader.failure();
    this.#closeFiles();
    if (outcome === 'gone') this.#searchedMs = -Infinity;
    return outcome;
  }

  end(): void {
    this.isEnded = true;
    this.#closeFiles();
  }

  #closeFiles(): void {
    this.reader?.close();
    this.reader = undefined;
    this.by = 'none';
  }

  #search(environment: CgroupEnvironment, nowMs: number): ContainerReader | undefined {
    if (Math.abs(nowMs - this.#searchedMs) < SEARCH_INTERVAL_MS) return undefined;
    this.#searchedMs = nowMs;
    this.reader = ContainerReader.open(this.container, environment);
    if (this.reader === undefined) this.error = notFound(environment);
    return this.reader;
  }

  /** Kills for memory since the identity is known, so that the series only grows. */
  get oomKills(): number {
    const counted = this.measurement.values[SLOT.oomKills] as number;
    const here = Number.isNaN(counted) ? this.oomEvents : Math.max(counted, this.oomEvents);
    return this.oomKillsBefore + here;
  }

  /** Undefined before the first reading. */
  get reading(): Reading | undefined {
    const { values, timeMs } = this.measurement;
    if (timeMs === 0) return undefined;
    const percent = values[SLOT.memoryPressurePercent] as number;
    return {
      timeMs,
      workingSetBytes: numberOr0(values[SLOT.workingSet]),
      memoryLimitBytes: this.container.limits.memoryBytes,
      cpuSeconds: numberOr0(values[SLOT.cpuNs]) / 1e9,
      memoryPressure: Number.isNaN(percent) ? undefined : percent / 100,
      oomKills: Math.max(numberOr0(values[SLOT.oomKills]), this.oomEvents),
    };
  }
}

function numberOr0(value: number | undefined): number {
  return value === undefined || Number.isNaN(value) ? 0 : value;
}

function notFound({ mounts, settings }: CgroupEnvironment): string {
  const path = settings.cgroupPath ?? `${settings.sysPath}/fs/cgroup`;
  return mounts.length === 0
    ? `no control groups are mounted below ${path}`
    : `its control group is not to be seen below ${path}`;
}
