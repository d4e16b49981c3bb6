import type { ContainerStats } from '#docker';
import { completeMemory } from './cgroup/container-reader.ts';
import { DEVICE, INTERFACE } from './cgroup/measurement.ts';
import type { Measurement, NamedNumbers } from './cgroup/measurement.ts';
import { V1_MEMORY_KEYS, V2_MEMORY_KEYS } from './cgroup/parse.ts';
import { asciiBytes } from './cgroup/scan.ts';
import { SLOT } from './cgroup/slots.ts';

/** Puts what the engine tells of a container where readings of files would stand. */
export function measureByApi(stats: ContainerStats, into: Measurement, nowMs: number): void {
  into.values.fill(Number.NaN);
  takeCpu(stats, into.values);
  takeMemory(stats, into.values);
  takeNetwork(stats, into.network);
  takeBlockIo(stats, into.blockIo);
  into.values[SLOT.threads] = stats.pids_stats?.current ?? Number.NaN;
  into.timeMs = nowMs;
}

function takeCpu({ cpu_stats: cpu }: ContainerStats, values: Float64Array): void {
  const usage = cpu?.cpu_usage;
  const throttling = cpu?.throttling_data;
  values[SLOT.cpuNs] = usage?.total_usage ?? Number.NaN;
  values[SLOT.cpuUserNs] = usage?.usage_in_usermode ?? Number.NaN;
  values[SLOT.cpuSystemNs] = usage?.usage_in_kernelmode ?? Number.NaN;
  values[SLOT.periods] = throttling?.periods ?? Number.NaN;
  values[SLOT.throttledPeriods] = throttling?.throttled_periods ?? Number.NaN;
  values[SLOT.throttledNs] = throttling?.throttled_time ?? Number.NaN;
}

function takeMemory({ memory_stats: memory }: ContainerStats, values: Float64Array): void {
  const counts = memory?.stats ?? {};
  // Those with the groups below are of version 1 alone.
  const keys = 'total_inactive_file' in counts ? V1_MEMORY_KEYS : V2_MEMORY_KEYS;
  for (const [key, slot] of keys) values[slot] = counts[key] ?? Number.NaN;
  values[SLOT.memoryUsage] = memory?.usage ?? Number.NaN;
  values[SLOT.memoryMaxUsage] = memory?.max_usage ?? Number.NaN;
  values[SLOT.memoryFailures] = memory?.failcnt ?? Number.NaN;
  completeMemory(values);
}

const NETWORK_KEYS = [
  ['rx_bytes', INTERFACE.receivedBytes],
  ['rx_packets', INTERFACE.receivedPackets],
  ['rx_errors', INTERFACE.receiveErrors],
  ['rx_dropped', INTERFACE.receiveDrops],
  ['tx_bytes', INTERFACE.sentBytes],
  ['tx_packets', INTERFACE.sentPackets],
  ['tx_errors', INTERFACE.sendErrors],
  ['tx_dropped', INTERFACE.sendDrops],
] as const;

function takeNetwork({ networks }: ContainerStats, into: NamedNumbers): void {
  into.begin();
  for (const [name, counts] of Object.entries(networks ?? {})) {
    const place = placeOf(into, name);
    if (place < 0) continue;
    for (const [key, offset] of NETWORK_KEYS)
      into.values[place + offset] = counts[key] ?? Number.NaN;
  }
}

const BLOCK_IO_FILES = [
  ['io_service_bytes_recursive', DEVICE.readBytes, DEVICE.writtenBytes],
  ['io_serviced_recursive', DEVICE.reads, DEVICE.writes],
] as const;

function takeBlockIo({ blkio_stats: files }: ContainerStats, into: NamedNumbers): void {
  into.begin();
  for (const [file, read, written] of BLOCK_IO_FILES) {
    for (const { major, minor, op, value } of files?.[file] ?? []) {
      const kind = op.toLowerCase();
      if (kind !== 'read' && kind !== 'write') continue;
      const place = placeOf(into, `${major}:${minor}`);
      if (place >= 0) into.values[place + (kind === 'read' ? read : written)] = value;
    }
  }
}

function placeOf(numbers: NamedNumbers, name: string): number {
  const bytes = asciiBytes(name);
  return numbers.place(bytes, 0, bytes.length);
}
