import type { KeptFile, KeptFiles } from './kept-files.ts';
import { keptFile } from './kept-files.ts';
import type { CgroupLocation } from './locate.ts';
import { DEVICE } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import * as parse from './parse.ts';
import type { Parse } from './parse.ts';
import { SLOT } from './slots.ts';

/** A file, and what reads it. */
export interface Source {
  readonly file: KeptFile;
  readonly parse: Parse;
  /** Only now and then: what it tells changes slowly, or is dear. */
  readonly isSlow: boolean;
  /** It was not there, or told nothing, when it was read first: it is not asked again. */
  isAbsent: boolean;
}

/** One that is there in every group: without it the container is not measured. */
export interface Sources {
  readonly key: Source;
  readonly all: readonly Source[];
}

/** What is read of a container's groups. Undefined where CPU and memory are not among them. */
export function containerSources(location: CgroupLocation, perCpu: boolean): Sources | undefined {
  const sources =
    location.v1.size > 0 ? v1Sources(location.v1, perCpu) : v2Sources(location.unified);
  const [key] = sources;
  if (key === undefined) return undefined;
  if (location.unified !== undefined)
    sources.push(...pressureSources(location.unified, '.pressure'));
  return { key, all: sources };
}

function v1Sources(directories: ReadonlyMap<string, string>, perCpu: boolean): Source[] {
  const { readBytes, writtenBytes, reads, writes } = DEVICE;
  const files: [controller: string, name: string, parse: Parse, isSlow?: true][] = [
    ['cpuacct', 'cpuacct.usage', parse.parseSingle(SLOT.cpuNs)],
    ['cpuacct', 'cpuacct.stat', parse.parseKeyed(parse.V1_CPU_ACCOUNT)],
    ['cpu', 'cpu.stat', parse.parseKeyed(parse.V1_CPU_STAT)],
    ['memory', 'memory.usage_in_bytes', parse.parseSingle(SLOT.memoryUsage)],
    ['memory', 'memory.stat', parse.parseKeyed(parse.V1_MEMORY_STAT)],
    ['memory', 'memory.oom_control', parse.parseKeyed(parse.V1_OOM_CONTROL)],
    ['memory', 'memory.max_usage_in_bytes', parse.parseSingle(SLOT.memoryMaxUsage), true],
    ['memory', 'memory.failcnt', parse.parseSingle(SLOT.memoryFailures), true],
    ['memory', 'memory.kmem.usage_in_bytes', parse.parseSingle(SLOT.kernel), true],
    [
      'blkio',
      `${THROTTLE}.io_service_bytes_recursive`,
      parse.parseV1BlockIo(readBytes, writtenBytes, true),
    ],
    ['blkio', `${THROTTLE}.io_serviced_recursive`, parse.parseV1BlockIo(reads, writes, false)],
    ['pids', 'pids.current', parse.parseSingle(SLOT.threads)],
    ['cpuacct', 'cgroup.procs', parse.parseProcesses, true],
  ];
  if (perCpu) files.push(['cpuacct', 'cpuacct.usage_percpu', parse.parsePerCpu]);
  const sources: Source[] = [];
  for (const [controller, name, read, isSlow = false] of files) {
    const directory = directories.get(controller);
    if (directory !== undefined) sources.push(source(`${directory}/${name}`, read, isSlow));
  }
  return sources;
}

/** Counts what is asked of devices, whatever scheduler they have. */
const THROTTLE = 'blkio.throttle';

function v2Sources(directory: string | undefined): Source[] {
  if (directory === undefined) return [];
  return [
    source(`${directory}/cpu.stat`, parse.parseKeyed(parse.V2_CPU_STAT)),
    source(`${directory}/memory.current`, parse.parseSingle(SLOT.memoryUsage)),
    source(`${directory}/memory.stat`, parse.parseKeyed(parse.V2_MEMORY_STAT)),
    source(`${directory}/memory.events`, parse.parseKeyed(parse.V2_MEMORY_EVENTS)),
    source(`${directory}/memory.swap.current`, parse.parseSingle(SLOT.swap)),
    source(`${directory}/memory.peak`, parse.parseSingle(SLOT.memoryMaxUsage), true),
    source(`${directory}/io.stat`, parse.parseV2BlockIo),
    source(`${directory}/pids.current`, parse.parseSingle(SLOT.threads)),
    source(`${directory}/cgroup.procs`, parse.parseProcesses, true),
  ];
}

/** `suffix`: `.pressure` in a group's directory, '' in /proc/pressure. */
export function pressureSources(directory: string, suffix: string): Source[] {
  const { cpuWaitingUs, cpuStalledUs, memoryWaitingUs, memoryStalledUs } = SLOT;
  const percent = SLOT.memoryPressurePercent;
  const memory = parse.parsePressure(memoryWaitingUs, memoryStalledUs, percent);
  return [
    source(`${directory}/cpu${suffix}`, parse.parsePressure(cpuWaitingUs, cpuStalledUs)),
    source(`${directory}/memory${suffix}`, memory),
    source(`${directory}/io${suffix}`, parse.parsePressure(SLOT.ioWaitingUs, SLOT.ioStalledUs)),
  ];
}

export function source(path: string, read: Parse, isSlow = false): Source {
  return { file: keptFile(path), parse: read, isSlow, isAbsent: false };
}

/** `gone`: the group was removed meanwhile. */
export type ReadOutcome = 'read' | 'gone' | 'failed';

/**
 * Reads what is due into the measurement. Where it fails the measurement is half old, half new, and not to be
 * used. Hot: runs for each container at each scrape.
 */
export function readSources(
  { key, all }: Sources,
  files: KeptFiles,
  into: Measurement,
  withSlow: boolean,
): ReadOutcome {
  for (const each of all) {
    if (each.isAbsent || (each.isSlow && !withSlow)) continue;
    const length = files.read(each.file);
    if (length >= 0) {
      each.parse(files.bytes, length, into);
      continue;
    }
    const { failure } = each.file;
    if (failure === 'ENODEV') return 'gone';
    // A file that was there once has gone with its group; one that never was is no part of this kernel.
    if (each === key) return failure === 'ENOENT' ? 'gone' : 'failed';
    if (failure === 'EMFILE' || failure === 'ENFILE') return 'failed';
    each.isAbsent = true;
    if (into.timeMs !== 0) return 'failed';
  }
  return 'read';
}

export function closeSources({ all }: Sources, files: KeptFiles): void {
  for (const each of all) files.close(each.file);
}
