import { DEVICE, INTERFACE } from './measurement.ts';
import type { Measurement } from './measurement.ts';
import {
  asciiBytes,
  KeyTable,
  nextLine,
  scanEnd,
  scanKeyed,
  scanNumber,
  startsWith,
} from './scan.ts';
import { SLOT } from './slots.ts';

/** Reads the `end` bytes of a file into a measurement. Never throws; what is odd is left out. */
export type Parse = (bytes: Uint8Array, end: number, into: Measurement) => void;

const SPACE = 0x20;
const COLON = 0x3a;
const NEWLINE = 0x0a;
const POINT = 0x2e;

/** A file that holds one number. */
export function parseSingle(slot: number): Parse {
  return (bytes, end, into) => {
    into.values[slot] = scanNumber(bytes, 0, end);
  };
}

/** A file of `key value` lines. */
export function parseKeyed(table: KeyTable): Parse {
  return (bytes, end, into) => scanKeyed(bytes, end, table, into.values);
}

/** The kernel's ticks for programs are hundredths of a second on every architecture. */
const TICK_NS = 10_000_000;
const US_NS = 1000;

export const V1_CPU_STAT: KeyTable = new KeyTable([
  ['nr_periods', SLOT.periods],
  ['nr_throttled', SLOT.throttledPeriods],
  ['throttled_time', SLOT.throttledNs],
  ['nr_bursts', SLOT.burstPeriods],
  ['burst_time', SLOT.burstNs],
]);

export const V1_CPU_ACCOUNT: KeyTable = new KeyTable([
  ['user', SLOT.cpuUserNs, TICK_NS],
  ['system', SLOT.cpuSystemNs, TICK_NS],
]);

export const V2_CPU_STAT: KeyTable = new KeyTable([
  ['usage_usec', SLOT.cpuNs, US_NS],
  ['user_usec', SLOT.cpuUserNs, US_NS],
  ['system_usec', SLOT.cpuSystemNs, US_NS],
  ['nr_periods', SLOT.periods],
  ['nr_throttled', SLOT.throttledPeriods],
  ['throttled_usec', SLOT.throttledNs, US_NS],
  ['nr_bursts', SLOT.burstPeriods],
  ['burst_usec', SLOT.burstNs, US_NS],
]);

/** With the control groups below, as cAdvisor counts. */
export const V1_MEMORY_KEYS: readonly (readonly [key: string, slot: number])[] = [
  ['total_cache', SLOT.cache],
  ['total_rss', SLOT.rss],
  ['total_rss_huge', SLOT.anonHugePages],
  ['total_mapped_file', SLOT.mappedFile],
  ['total_swap', SLOT.swap],
  ['total_dirty', SLOT.fileDirty],
  ['total_writeback', SLOT.fileWriteback],
  ['total_active_anon', SLOT.activeAnon],
  ['total_inactive_anon', SLOT.inactiveAnon],
  ['total_active_file', SLOT.activeFile],
  ['total_inactive_file', SLOT.inactiveFile],
  ['total_workingset_refault_file', SLOT.refaultFile],
  ['total_workingset_refault_anon', SLOT.refaultAnon],
  ['pgfault', SLOT.pgfault],
  ['pgmajfault', SLOT.pgmajfault],
  ['total_pgfault', SLOT.hierarchicalPgfault],
  ['total_pgmajfault', SLOT.hierarchicalPgmajfault],
];
export const V1_MEMORY_STAT: KeyTable = new KeyTable(V1_MEMORY_KEYS);

export const V2_MEMORY_KEYS: readonly (readonly [key: string, slot: number])[] = [
  ['file', SLOT.cache],
  ['anon', SLOT.rss],
  ['anon_thp', SLOT.anonHugePages],
  ['kernel', SLOT.kernel],
  ['file_mapped', SLOT.mappedFile],
  ['file_dirty', SLOT.fileDirty],
  ['file_writeback', SLOT.fileWriteback],
  ['active_anon', SLOT.activeAnon],
  ['inactive_anon', SLOT.inactiveAnon],
  ['active_file', SLOT.activeFile],
  ['inactive_file', SLOT.inactiveFile],
  ['workingset_refault_file', SLOT.refaultFile],
  ['workingset_refault_anon', SLOT.refaultAnon],
  ['pgscan', SLOT.pgscan],
  ['pgsteal', SLOT.pgsteal],
  ['pgfault', SLOT.pgfault],
  ['pgmajfault', SLOT.pgmajfault],
];
export const V2_MEMORY_STAT: KeyTable = new KeyTable(V2_MEMORY_KEYS);

export const V1_OOM_CONTROL: KeyTable = new KeyTable([['oom_kill', SLOT.oomKills]]);

export const V2_MEMORY_EVENTS: KeyTable = new KeyTable([
  ['high', SLOT.eventsHigh],
  ['max', SLOT.eventsMax],
  ['oom_kill', SLOT.oomKills],
]);

/**
 * `some avg10=0.12 avg60=... avg300=... total=123`, and the same with `full`, which the kernel left out for CPU
 * at first. Total is in microseconds.
 */
export function parsePressure(waiting: number, stalled: number, percent = -1): Parse {
  return (bytes, end, into) => {
    for (let at = 0; at < end; at = nextLine(bytes, at, end)) {
      const isSome = startsWith(bytes, at, end, SOME);
      if (!isSome && !startsWith(bytes, at, end, FULL)) continue;
      if (isSome && percent >= 0) into.values[percent] = scanFraction(bytes, at + SOME.length, end);
      const total = find(bytes, at, end, TOTAL);
      if (total >= 0) into.values[isSome ? waiting : stalled] = scanNumber(bytes, total, end);
    }
  };
}

const SOME = asciiBytes('some avg10=');
const FULL = asciiBytes('full avg10=');
const TOTAL = asciiBytes('total=');

/** With two digits behind the point, as the kernel writes shares. */
function scanFraction(bytes: Uint8Array, from: number, end: number): number {
  const whole = scanNumber(bytes, from, end);
  if (bytes[scanEnd] !== POINT) return whole;
  const start = scanEnd + 1;
  const fraction = scanNumber(bytes, start, end);
  return whole + fraction / 10 ** (scanEnd - start);
}

/** Where the word ends that stands in this line; -1 where it does not. */
function find(bytes: Uint8Array, from: number, end: number, word: Uint8Array): number {
  for (let at = from; at < end && bytes[at] !== NEWLINE; at++) {
    if (startsWith(bytes, at, end, word)) return at + word.length;
  }
  return -1;
}

/**
 * Lines `254:0 Read 4096`, with words and sums that are not asked for. Two files tell of the same devices, bytes
 * first: `isFirst` begins anew.
 */
export function parseV1BlockIo(read: number, written: number, isFirst: boolean): Parse {
  return (bytes, end, into) => {
    if (isFirst) into.blockIo.begin();
    for (let at = 0; at < end; at = nextLine(bytes, at, end)) {
      const nameEnd = endOfWord(bytes, at, end);
      const isRead = startsWith(bytes, nameEnd, end, READ);
      if (!isRead && !startsWith(bytes, nameEnd, end, WRITE)) continue;
      const place = into.blockIo.place(bytes, at, nameEnd);
      if (place < 0) continue;
      const numberAt = nameEnd + (isRead ? READ : WRITE).length;
      into.blockIo.values[place + (isRead ? read : written)] = scanNumber(bytes, numberAt, end);
    }
  };
}

const READ = asciiBytes(' Read ');
const WRITE = asciiBytes(' Write ');

/** Lines `254:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0`. */
export function parseV2BlockIo(bytes: Uint8Array, end: number, into: Measurement): void {
  into.blockIo.begin();
  for (let at = 0; at < end; at = nextLine(bytes, at, end)) {
    const nameEnd = endOfWord(bytes, at, end);
    if (find(bytes, nameEnd, end, V2_READ_BYTES) < 0) continue;
    const place = into.blockIo.place(bytes, at, nameEnd);
    if (place < 0) continue;
    for (const [word, offset] of V2_DEVICE_WORDS) {
      const numberAt = find(bytes, nameEnd, end, word);
      if (numberAt < 0) continue;
      into.blockIo.values[place + offset] = scanNumber(bytes, numberAt, end);
    }
  }
}

const V2_READ_BYTES = asciiBytes(' rbytes=');
const V2_DEVICE_WORDS: readonly (readonly [Uint8Array, number])[] = [
  [V2_READ_BYTES, DEVICE.readBytes],
  [asciiBytes(' wbytes='), DEVICE.writtenBytes],
  [asciiBytes(' rios='), DEVICE.reads],
  [asciiBytes(' wios='), DEVICE.writes],
];

/** Interfaces that cAdvisor leaves out, too: loopback, and the engine's own ends of the containers' wires. */
const IGNORED_INTERFACES = ['lo', 'veth', 'docker', 'nerdctl'].map((name) => asciiBytes(name));

/** /proc/<pid>/net/dev: two lines of titles, then `  eth0: ` and sixteen numbers. */
export function parseNetwork(bytes: Uint8Array, end: number, into: Measurement): void {
  into.network.begin();
  let at = nextLine(bytes, nextLine(bytes, 0, end), end);
  for (; at < end; at = nextLine(bytes, at, end)) {
    let start = at;
    while (start < end && bytes[start] === SPACE) start++;
    let nameEnd = start;
    while (nameEnd < end && bytes[nameEnd] !== COLON && bytes[nameEnd] !== NEWLINE) nameEnd++;
    if (bytes[nameEnd] !== COLON || isIgnored(bytes, start, nameEnd)) continue;
    const place = into.network.place(bytes, start, nameEnd);
    if (place >= 0) scanInterface(bytes, nameEnd + 1, end, into.network.values.subarray(place));
  }
}

/** bytes packets errs drop fifo frame compressed multicast, and the like for what was sent. */
const NETWORK_COLUMNS: readonly number[] = [
  INTERFACE.receivedBytes,
  INTERFACE.receivedPackets,
  INTERFACE.receiveErrors,
  INTERFACE.receiveDrops,
  -1,
  -1,
  -1,
  -1,
  INTERFACE.sentBytes,
  INTERFACE.sentPackets,
  INTERFACE.sendErrors,
  INTERFACE.sendDrops,
];

function scanInterface(bytes: Uint8Array, from: number, end: number, into: Float64Array): void {
  let at = from;
  for (const offset of NETWORK_COLUMNS) {
    const value = scanNumber(bytes, at, end);
    at = scanEnd;
    if (offset >= 0) into[offset] = value;
  }
}

function isIgnored(bytes: Uint8Array, start: number, end: number): boolean {
  return IGNORED_INTERFACES.some((name) => startsWith(bytes, start, end, name));
}

function endOfWord(bytes: Uint8Array, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at] !== SPACE && bytes[at] !== NEWLINE) at++;
  return at;
}

/** Nanoseconds of each CPU, in one line. */
export function parsePerCpu(bytes: Uint8Array, end: number, into: Measurement): void {
  let count = 0;
  for (let at = 0; at < end; at = scanEnd) {
    const value = scanNumber(bytes, at, end);
    if (Number.isNaN(value)) break;
    if (count === into.cpus.length) {
      const grown = new Float64Array(count + 1);
      grown.set(into.cpus);
      into.cpus = grown;
    }
    into.cpus[count++] = value;
  }
}

/** Processes of a control group: lines of cgroup.procs. */
export function parseProcesses(bytes: Uint8Array, end: number, into: Measurement): void {
  let lines = 0;
  for (let at = 0; at < end; at++) if (bytes[at] === NEWLINE) lines++;
  into.values[SLOT.processes] = lines;
}
