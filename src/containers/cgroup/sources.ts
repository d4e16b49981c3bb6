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
  /** Tells of devices: read now and then as long as there are none. */
  readonly isOfDevices: boolean;
  /** It was not there, or told nothing, when it was read first: it is not asked again. */
  isAbsent: boolean;
}

/** One that is there in every group: without it the container is not measured. */
export interface Sources {
  readonly key: Source;
  readonly all: readonly Source[];
}

/** Why the last reading failed, in words. */
export function readFailure({ key, all }: Sources): string {
  const { file } = all.find((each) => each.file.failure !== '') ?? key;
  return `cannot read ${file.path}: ${file.failure}`;
}

/** What makes a difference to what is read. */
export interface Wanted {
  /** CPU time of each CPU, too. */
  readonly perCpu: boolean;
  /** It has a limit of CPU time, and so may be throttled. */
  readonly hasQuota: boolean;
}

/** What is read of a container's groups. Undefined where CPU and memory are not among them. */
export function containerSources(location: CgroupLocation, wanted: Wanted): Sources | undefined {
  const sources =
    location.v1.size > 0 ? v1Sources(location.v1, wanted) : v2Sources(location.unified);
  const [key] = sources;
  if (key === undefined) return undefined;
  if (location.unified !== undefined)
    sources.push(...pressureSources(location.unified, '.pressure'));
  return { key, all: sources };
}

function v1Sources(
  directories: ReadonlyMap<string, string>,
  { perCpu, hasQuota }: Wanted,
): Source[] {
  const { readBytes, writtenBytes, reads, writes } = DEVICE;
  const files: [controller: string, name: string, parse: Parse, pace?: Pace][] = [
    ['cpuacct', 'cpuacct.usage', parse.parseSingle(SLOT.cpuNs)],
    ['cpuacct', 'cpuacct.stat', parse.parseKeyed(parse.V1_CPU_ACCOUNT)],
    ['cpu', 'cpu.stat', parse.parseKeyed(parse.V1_CPU_STAT), hasQuota ? 'each' : 'slow'],
    ['memory', 'memory.usage_in_bytes', parse.parseSingle(SLOT.memoryUsage)],
    ['memory', 'memory.stat', parse.parseKeyed(parse.V1_MEMORY_STAT)],
    ['memory', 'memory.oom_control', parse.parseKeyed(parse.V1_OOM_CONTROL), 'slow'],
    ['memory', 'memory.max_usage_in_bytes', parse.parseSingle(SLOT.memoryMaxUsage), 'slow'],
    ['memory', 'memory.failcnt', parse.parseSingle(SLOT.memoryFailures), 'slow'],
    ['memory', 'memory.kmem.usage_in_bytes', parse.parseSingle(SLOT.kernel), 'slow'],
    [
      'blkio',
      `${THROTTLE}.io_service_bytes_recursive`,
      parse.parseV1BlockIo(readBytes, writtenBytes, true),
      'devices',
    ],
    [
      'blkio',
      `${THROTTLE}.io_serviced_recursive`,
      parse.parseV1BlockIo(reads, writes, false),
      'devices',
    ],
    ['pids', 'pids.current', parse.parseSingle(SLOT.threads)],
    ['cpuacct', 'cgroup.procs', parse.parseProcesses, 'slow'],
  ];
  if (perCpu) files.push(['cpuacct', 'cpuacct.usage_percpu', parse.parsePerCpu]);
  const sources: Source[] = [];
  for (const [controller, name, read, pace] of files) {
    const directory = directories.get(controller);
    if (directory !== undefined) sources.push(source(`${directory}/${name}`, read, pace));
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
    source(`${directory}/memory.peak`, parse.parseSingle(SLOT.memoryMaxUsage), 'slow'),
    source(`${directory}/io.stat`, parse.parseV2BlockIo, 'devices'),
    source(`${directory}/pids.current`, parse.parseSingle(SLOT.threads)),
    source(`${directory}/cgroup.procs`, parse.parseProcesses, 'slow'),
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

export function source(path: string, read: Parse, pace: Pace = 'each'): Source {
  const [isSlow, isOfDevices] = [pace === 'slow', pace === 'devices'];
  return { file: keptFile(path), parse: read, isSlow, isOfDevices, isAbsent: false };
}

type Pace = 'each' | 'slow' | 'devices';

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
  const hasDevices = into.blockIo.names.length > 0;
  for (const each of all) {
    if (each.isAbsent || (!withSlow && (each.isSlow || (each.isOfDevices && !hasDevices))))
      continue;
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
