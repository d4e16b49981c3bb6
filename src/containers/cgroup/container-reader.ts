import { existsSync } from 'node:fs';
import type { Container } from '../container.ts';
import { readText } from './environment.ts';
import type { CgroupEnvironment } from './environment.ts';
import { keptFile } from './kept-files.ts';
import type { KeptFile } from './kept-files.ts';
import { locateCgroup } from './locate.ts';
import type { CgroupLocation } from './locate.ts';
import { Measurement } from './measurement.ts';
import { parseNetwork } from './parse.ts';
import { SLOT } from './slots.ts';
import { closeSources, containerSources, readFailure, readSources } from './sources.ts';
import type { ReadOutcome, Sources } from './sources.ts';

/** What changes slowly is read so often. */
const SLOW_INTERVAL_MS = 10_000;

/** Reads the files of one container as it runs now; started anew, it needs another reader. */
export class ContainerReader {
  readonly measurement: Measurement = new Measurement();
  readonly location: CgroupLocation;
  /** The process whose /proc tells of the container; 0 where it cannot be seen from here. */
  readonly pid: number;
  readonly #environment: CgroupEnvironment;
  readonly #sources: Sources;
  readonly #network: KeptFile | undefined;
  readonly #hostPid: number;
  #slowReadMs = -Infinity;

  private constructor(
    container: Container,
    environment: CgroupEnvironment,
    location: CgroupLocation,
    sources: Sources,
  ) {
    this.#environment = environment;
    this.#sources = sources;
    this.location = location;
    this.pid = location.isPidKnown ? container.pid : 0;
    this.#hostPid = container.pid;
    if (this.pid > 0) {
      const process = `${environment.settings.procPath}/${this.pid}`;
      // Those of another's namespace are told with that one.
      if (hasOwnNetwork(container)) this.#network = keptFile(`${process}/net/dev`);
      const limits = readText(`${process}/limits`) ?? '';
      this.measurement.values[SLOT.openFilesLimit] = openFilesLimit(limits);
    }
  }

  /** Undefined: its files cannot be seen from here. */
  static open(container: Container, environment: CgroupEnvironment): ContainerReader | undefined {
    const { settings, mounts } = environment;
    if (mounts.length === 0) return undefined;
    const procCgroup =
      container.pid > 0 ? readText(`${settings.procPath}/${container.pid}/cgroup`) : undefined;
    const { id, cgroupParent } = container;
    const location = locateCgroup({ id, cgroupParent, procCgroup, mounts, exists: existsSync });
    const { cpus, cpuQuotaUs } = container.limits;
    const wanted = { perCpu: settings.perCpu, hasQuota: cpus > 0 || cpuQuotaUs > 0 };
    const sources = location && containerSources(location, wanted);
    if (location === undefined || sources === undefined) return undefined;
    return new ContainerReader(container, environment, location, sources);
  }

  /** The group's own directory, where its processes are listed. */
  get directory(): string {
    const { v1, unified } = this.location;
    return v1.get('cpuacct') ?? v1.get('memory') ?? unified ?? '';
  }

  read(nowMs: number): ReadOutcome {
    const { files } = this.#environment;
    const withSlow = nowMs - this.#slowReadMs >= SLOW_INTERVAL_MS || nowMs < this.#slowReadMs;
    if (withSlow) this.#slowReadMs = nowMs;
    const { measurement } = this;
    const outcome = readSources(this.#sources, files, measurement, withSlow);
    if (outcome !== 'read') return outcome;
    if (this.#network !== undefined) readNetwork(this.#network, this.#environment, measurement);
    completeMemory(measurement.values);
    measurement.timeMs = nowMs;
    return 'read';
  }

  /** What cannot be told although files can be read; '' where all can. */
  get gap(): string {
    if (this.pid > 0) return '';
    const { procPath } = this.#environment.settings;
    return `its network and descriptors are not to be seen: process ${this.#hostPid} is not in ${procPath}`;
  }

  /** Why the last reading failed, in words. */
  failure(): string {
    return readFailure(this.#sources);
  }

  close(): void {
    const { files } = this.#environment;
    closeSources(this.#sources, files);
    if (this.#network !== undefined) files.close(this.#network);
  }
}

/**
 * Kept open, as opening it costs three times as much as reading it. That keeps the namespace of a network, too, so
 * it must be closed as soon as the container ends.
 */
export function readNetwork(file: KeptFile, { files }: CgroupEnvironment, into: Measurement): void {
  const length = files.read(file);
  if (length >= 0) parseNetwork(files.bytes, length, into);
  else into.network.clear();
}

function hasOwnNetwork({ networkMode }: Container): boolean {
  return networkMode !== 'host' && !networkMode.startsWith('container:');
}

/** What follows from other numbers, as cAdvisor reckons it. */
export function completeMemory(values: Float64Array): void {
  const usage = values[SLOT.memoryUsage] as number;
  const inactive = values[SLOT.inactiveFile] as number;
  values[SLOT.workingSet] = Number.isNaN(inactive) ? usage : Math.max(0, usage - inactive);
}

/** `Max open files   1024   1048576   files`; -1: no limit, NaN: not told. */
function openFilesLimit(limits: string): number {
  const soft = /^Max open files\s+(\S+)/m.exec(limits)?.[1];
  if (soft === undefined) return Number.NaN;
  return soft === 'unlimited' ? -1 : Number(soft);
}
