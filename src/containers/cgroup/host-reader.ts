import { existsSync } from 'node:fs';
import type { CgroupEnvironment } from './environment.ts';
import { completeMemory, readNetwork } from './container-reader.ts';
import { keptFile } from './kept-files.ts';
import type { KeptFile } from './kept-files.ts';
import type { CgroupMount } from './mounts.ts';
import { Measurement } from './measurement.ts';
import * as parse from './parse.ts';
import { asciiBytes, KeyTable, scanEnd, scanKeyed, scanNumber, startsWith } from './scan.ts';
import { SLOT } from './slots.ts';
import { closeSources, pressureSources, readFailure, readSources, source } from './sources.ts';
import type { Source, Sources } from './sources.ts';

/** /proc/stat counts in hundredths of a second. */
const TICK_NS = 10_000_000;

/** The host as one container, `id="/"`: what cAdvisor tells of the root group. */
export class HostReader {
  readonly measurement: Measurement = new Measurement();
  readonly #environment: CgroupEnvironment;
  readonly #sources: Sources;
  readonly #network: KeptFile;

  constructor(environment: CgroupEnvironment) {
    const { procPath } = environment.settings;
    const key = source(`${procPath}/stat`, parseHostCpu);
    const memory = source(`${procPath}/meminfo`, parseMemoryInfo);
    const events = source(`${procPath}/vmstat`, parse.parseKeyed(VMSTAT));
    const pressure = pressureSources(`${procPath}/pressure`, '');
    const all = [key, memory, events, ...groupSources(environment), ...pressure];
    this.#sources = { key, all };
    this.#network = keptFile(`${procPath}/1/net/dev`);
    this.#environment = environment;
  }

  /** Undefined: the host's files cannot be read (see `failure`). */
  read(nowMs: number): Measurement | undefined {
    const { measurement } = this;
    const outcome = readSources(this.#sources, this.#environment.files, measurement, true);
    if (outcome !== 'read') return undefined;
    readNetwork(this.#network, this.#environment, measurement);
    completeMemory(measurement.values);
    measurement.timeMs = nowMs;
    return measurement;
  }

  failure(): string {
    return readFailure(this.#sources);
  }

  close(): void {
    const { files } = this.#environment;
    closeSources(this.#sources, files);
    files.close(this.#network);
  }
}

/** What the root groups tell better than /proc does: block devices, and CPU to the nanosecond. */
function groupSources({ mounts }: CgroupEnvironment): Source[] {
  const sources: Source[] = [];
  for (const mount of mounts) {
    if (!isTop(mount)) continue;
    const { version, controllers, path } = mount;
    if (version === 2) sources.push(source(`${path}/io.stat`, parse.parseV2BlockIo));
    if (controllers.includes('blkio')) sources.push(...blockIoSources(path));
    if (controllers.includes('cpuacct')) {
      sources.push(source(`${path}/cpuacct.usage`, parse.parseSingle(SLOT.cpuNs)));
    }
  }
  return sources;
}

/** Within a container what is mounted may begin at the container's own group, which tells of it alone. */
function isTop({ version, path }: CgroupMount): boolean {
  return version === 2 ? !existsSync(`${path}/cgroup.events`) : existsSync(`${path}/release_agent`);
}

function blockIoSources(path: string): Source[] {
  const base = `${path}/blkio.throttle`;
  return [
    source(`${base}.io_service_bytes_recursive`, parse.parseV1BlockIo(0, 1, true)),
    source(`${base}.io_serviced_recursive`, parse.parseV1BlockIo(2, 3, false)),
  ];
}

const CPU = asciiBytes('cpu ');

/** `cpu  user nice system idle iowait irq softirq steal`: what was not idle, without what others took. */
function parseHostCpu(bytes: Uint8Array, end: number, into: Measurement): void {
  if (!startsWith(bytes, 0, end, CPU)) return;
  let at = CPU.length;
  const ticks: number[] = [];
  for (let column = 0; column < 7; column++) {
    ticks.push(scanNumber(bytes, at, end));
    at = scanEnd;
  }
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0] = ticks;
  const { values } = into;
  values[SLOT.cpuUserNs] = (user + nice) * TICK_NS;
  values[SLOT.cpuSystemNs] = (system + irq + softirq) * TICK_NS;
  values[SLOT.cpuNs] = (user + nice + system + irq + softirq) * TICK_NS;
}

const VMSTAT = new KeyTable([
  ['pgfault', SLOT.pgfault],
  ['pgmajfault', SLOT.pgmajfault],
  ['workingset_refault_file', SLOT.refaultFile],
  ['workingset_refault_anon', SLOT.refaultAnon],
  ['oom_kill', SLOT.oomKills],
]);

const KIB = 1024;
const MEMORY_NAMES = ['MemTotal', 'MemFree', 'SwapTotal', 'SwapFree', 'SReclaimable', 'Buffers'];
const MEMORY = Object.fromEntries(MEMORY_NAMES.map((name, i) => [name, i]));
const MEMORY_INFO = new KeyTable(MEMORY_NAMES.map((name, i) => [`${name}:`, i, KIB]));
const MEMORY_SLOTS = new KeyTable([
  ['Cached:', SLOT.cache, KIB],
  ['AnonPages:', SLOT.rss, KIB],
  ['Mapped:', SLOT.mappedFile, KIB],
  ['Active(anon):', SLOT.activeAnon, KIB],
  ['Inactive(anon):', SLOT.inactiveAnon, KIB],
  ['Active(file):', SLOT.activeFile, KIB],
  ['Inactive(file):', SLOT.inactiveFile, KIB],
  ['AnonHugePages:', SLOT.anonHugePages, KIB],
  ['Dirty:', SLOT.fileDirty, KIB],
  ['Writeback:', SLOT.fileWriteback, KIB],
  ['Slab:', SLOT.kernel, KIB],
]);
const memory = new Float64Array(MEMORY_NAMES.length);

/** Usage as the kernel reckons it for a root group: what is not free. */
function parseMemoryInfo(bytes: Uint8Array, end: number, into: Measurement): void {
  scanKeyed(bytes, end, MEMORY_SLOTS, into.values);
  scanKeyed(bytes, end, MEMORY_INFO, memory);
  into.values[SLOT.memoryUsage] = amount('MemTotal') - amount('MemFree');
  into.values[SLOT.swap] = amount('SwapTotal') - amount('SwapFree');
}

function amount(name: string): number {
  return memory[MEMORY[name] ?? 0] ?? 0;
}
