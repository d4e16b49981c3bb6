import type { Clock } from '#platform';
import { DeviceNames } from './cgroup/devices.ts';
import { FileSystems } from './cgroup/file-systems.ts';
import { readMachine } from './cgroup/machine.ts';
import type { Machine } from './cgroup/machine.ts';
import { DEVICE, DEVICE_NUMBERS, INTERFACE_NUMBERS } from './cgroup/measurement.ts';
import type { Measurement } from './cgroup/measurement.ts';
import { SLOT } from './cgroup/slots.ts';
import type { ContainerRegistry } from './container.ts';
import type { ContainerMeasurer } from './measure.ts';
import type { MeasuredContainer } from './measured-container.ts';
import {
  BLOCK_IO_FAMILIES,
  cpuQuota,
  NETWORK_FAMILIES,
  SLOT_FAMILIES,
  SPEC_FAMILIES,
} from './page-families.ts';
import type { NamedFamily, SlotFamily } from './page-families.ts';
import { further, LineLabels } from './page-lines.ts';
import { labelText, PageWriter } from './page-writer.ts';
import type { FamilyWriter } from './page-writer.ts';
import type { SeriesLabelOptions } from './series-labels.ts';

export interface ContainerPageParts {
  readonly measurer: ContainerMeasurer;
  readonly registry: ContainerRegistry;
  readonly clock: Clock;
  readonly labels: SeriesLabelOptions;
  /** Ours, for `cadvisor_version_info`. */
  readonly version: string;
  /** Further families, e.g. of containers that have gone. */
  readonly more?: readonly ((writer: FamilyWriter) => void)[];
}

/** One that is on this page. */
interface Line {
  readonly labels: LineLabels;
  readonly measurement: Measurement;
  /** Undefined: the host. */
  readonly measured: MeasuredContainer | undefined;
  readonly hasQuota: boolean;
}

const NO_BYTES = new Uint8Array(0);
const MEASURED_BY = ['cgroup', 'api', 'none'] as const;

/** `/metrics/containers`: containers that run, and the host, as cAdvisor would tell of them. */
export class ContainerPage {
  readonly path = '/metrics/containers';
  readonly #parts: ContainerPageParts;
  readonly #writer = new PageWriter();
  readonly #devices: DeviceNames;
  readonly #fileSystems: FileSystems;
  readonly #machine: Machine;
  readonly #hostLabels = new LineLabels();
  #labels = new WeakMap<MeasuredContainer, LineLabels>();

  constructor(parts: ContainerPageParts) {
    this.#parts = parts;
    const { settings } = parts.measurer.environment;
    this.#devices = new DeviceNames(settings.sysPath);
    this.#fileSystems = new FileSystems(settings);
    this.#machine = readMachine(settings);
    this.#hostLabels.setText('id="/"');
  }

  /** Measures, and yields the page as bytes of the caller's own. */
  async write(): Promise<Uint8Array> {
    const { measurer, clock, more = [] } = this.#parts;
    const [measured] = await Promise.all([
      measurer.measure(),
      this.#fileSystems.refresh(clock.nowMs()),
    ]);
    const host = measurer.host.read(clock.nowMs());
    const lines = this.#linesOf(measured, host);
    this.#writer.begin();
    writeSlots(this.#writer, lines);
    this.#writeNamed(lines);
    this.#writeContainers(lines);
    this.#writeFileSystems();
    this.#writeMachine(host === undefined);
    this.#writeOwn(measured.filter(({ isEnded }) => !isEnded));
    for (const write of more) write(this.#writer);
    return this.#writer.finish();
  }

  #linesOf(measured: readonly MeasuredContainer[], host: Measurement | undefined): Line[] {
    const lines: Line[] = [];
    if (host !== undefined) {
      this.#hostLabels.followNames(host, this.#devices);
      const labels = this.#hostLabels;
      lines.push({ labels, measurement: host, measured: undefined, hasQuota: false });
    }
    for (const one of measured) {
      if (one.by === 'none') continue;
      const { measurement, container } = one;
      const labels = this.#labelsOf(one);
      lines.push({ labels, measurement, measured: one, hasQuota: cpuQuota(container) > 0 });
    }
    return lines;
  }

  #labelsOf(one: MeasuredContainer): LineLabels {
    let labels = this.#labels.get(one);
    if (labels === undefined) {
      labels = new LineLabels();
      this.#labels.set(one, labels);
    }
    labels.follow(one.container, this.#parts.labels, one.reader?.location.path ?? '');
    labels.followNames(one.measurement, this.#devices);
    return labels;
  }

  #writeNamed(lines: readonly Line[]): void {
    const writer = this.#writer;
    for (const family of NETWORK_FAMILIES) {
      writer.family(family.name, 'counter', family.help);
      for (const { labels, measurement } of lines) {
        const { values } = measurement.network;
        writeNumbers(writer, labels, labels.interfaces, {
          values,
          each: INTERFACE_NUMBERS,
          family,
        });
      }
    }
    for (const family of BLOCK_IO_FAMILIES) {
      writer.family(family.name, 'counter', family.help);
      for (const { labels, measurement } of lines) {
        const { values } = measurement.blockIo;
        writeNumbers(writer, labels, labels.devices, { values, each: DEVICE_NUMBERS, family });
      }
    }
    writer.family('container_blkio_device_usage_total', 'counter', 'Blkio Device bytes usage');
    for (const { labels, measurement } of lines) {
      const { values } = measurement.blockIo;
      for (const [i, [read, written]] of labels.operations.entries()) {
        const readBytes = values[i * DEVICE_NUMBERS + DEVICE.readBytes] as number;
        const writtenBytes = values[i * DEVICE_NUMBERS + DEVICE.writtenBytes] as number;
        if (!Number.isNaN(readBytes)) writer.sampleBytes(labels.bytes, read, readBytes, 1);
        if (!Number.isNaN(writtenBytes)) writer.sampleBytes(labels.bytes, written, writtenBytes, 1);
      }
    }
  }

  /** What is known without reading files. */
  #writeContainers(lines: readonly Line[]): void {
    const writer = this.#writer;
    const nowSeconds = Math.floor(this.#parts.clock.nowMs() / 1000);
    writer.family('container_last_seen', 'gauge', 'Last time a container was seen by the exporter');
    for (const { labels } of lines) writer.sampleBytes(labels.bytes, NO_BYTES, nowSeconds, 1);
    const oomHelp = 'Count of out of memory events observed for the container';
    writer.family('container_oom_events_total', 'counter', oomHelp);
    for (const { labels, measured, measurement } of lines) {
      const kills = measured?.oomKills ?? measurement.values[SLOT.oomKills] ?? Number.NaN;
      if (!Number.isNaN(kills)) writer.sampleBytes(labels.bytes, NO_BYTES, kills, 1);
    }
    for (const { name, help, valueOf } of SPEC_FAMILIES) {
      writer.family(name, 'gauge', help);
      for (const { labels, measured } of lines) {
        const value = measured === undefined ? this.#hostSpec(name) : valueOf(measured.container);
        if (!Number.isNaN(value)) writer.sampleBytes(labels.bytes, NO_BYTES, value, 1);
      }
    }
  }

  /** The host has no limits but its size. */
  #hostSpec(name: string): number {
    const { bootedMs, memoryBytes } = this.#machine;
    if (name === 'container_start_time_seconds') return bootedMs / 1000;
    return name === 'container_spec_memory_limit_bytes' ? memoryBytes : Number.NaN;
  }

  #writeFileSystems(): void {
    const writer = this.#writer;
    const { known } = this.#fileSystems;
    const texts = known.map(({ device }) =>
      labelText([
        ['device', device],
        ['id', '/'],
      ]),
    );
    const families = [
      [
        'container_fs_limit_bytes',
        'Number of bytes that can be consumed by the container on this filesystem.',
        'bytes',
      ],
      [
        'container_fs_usage_bytes',
        'Number of bytes that are consumed by the container on this filesystem.',
        'usedBytes',
      ],
      ['container_fs_inodes_total', 'Number of Inodes', 'files'],
      ['container_fs_inodes_free', 'Number of available Inodes', 'freeFiles'],
    ] as const;
    for (const [name, help, key] of families) {
      writer.family(name, 'gauge', help);
      for (const [i, fileSystem] of known.entries()) writer.sample(texts[i] ?? '', fileSystem[key]);
    }
  }

  #writeMachine(isFailed: boolean): void {
    const writer = this.#writer;
    const { cores, memoryBytes, machineId, systemUuid, bootId } = this.#machine;
    const labels = labelText([
      ['boot_id', bootId],
      ['machine_id', machineId],
      ['system_uuid', systemUuid],
    ]);
    if (!Number.isNaN(cores)) {
      writer.family('machine_cpu_cores', 'gauge', 'Number of logical CPU cores.');
      writer.sample(labels, cores);
    }
    if (!Number.isNaN(memoryBytes)) {
      writer.family('machine_memory_bytes', 'gauge', 'Amount of memory installed on the machine.');
      writer.sample(labels, memoryBytes);
    }
    const help = '1 if there was an error while getting machine metrics, 0 otherwise.';
    writer.family('machine_scrape_error', 'gauge', help);
    writer.sample('', isFailed ? 1 : 0);
  }

  #writeOwn(measured: readonly MeasuredContainer[]): void {
    const writer = this.#writer;
    const { engine } = this.#parts.registry;
    const help =
      "A metric with a constant '1' value labeled by kernel version, OS version, docker version, " +
      'cadvisor version & cadvisor revision.';
    writer.family('cadvisor_version_info', 'gauge', help);
    const labels = labelText([
      ['cadvisorVersion', `narthex ${this.#parts.version}`],
      ['dockerVersion', engine.version],
      ['kernelVersion', this.#machine.kernelVersion],
      ['osVersion', this.#machine.osVersion],
    ]);
    writer.sample(labels, 1);
    const errorHelp = '1 if there was an error while getting container metrics, 0 otherwise';
    writer.family('container_scrape_error', 'gauge', errorHelp);
    writer.sample('', measured.some(({ by }) => by === 'none') ? 1 : 0);
    const byHelp = 'Running containers, by where their numbers come from.';
    writer.family('narthex_containers_measured', 'gauge', byHelp);
    for (const by of MEASURED_BY) {
      const count = measured.filter((one) => one.by === by).length;
      writer.sample(`by="${by}"`, count);
    }
    const { files } = this.#parts.measurer.environment;
    writer.family(
      'narthex_containers_open_files',
      'gauge',
      'Files of the kernel that are kept open.',
    );
    writer.sample('', files.open);
    const againHelp = 'Readings of files that were opened again, since no more may be kept open.';
    writer.family('narthex_containers_reopened_files_total', 'counter', againHelp);
    writer.sample('', files.openedAgain);
  }
}

/** Text of labels that a family adds, with a comma before it; made once. */
const MORE_LABELS: readonly Uint8Array[] = SLOT_FAMILIES.map(({ labels }) =>
  labels === '' ? NO_BYTES : new TextEncoder().encode(`,${labels}`),
);

/** Hot: some fifty families for each container. */
function writeSlots(writer: PageWriter, lines: readonly Line[]): void {
  let name = '';
  for (const [i, family] of SLOT_FAMILIES.entries()) {
    if (family.name !== name) writer.family(family.name, family.type, family.help);
    name = family.name;
    writeSlot(writer, lines, family, MORE_LABELS[i] ?? NO_BYTES);
  }
}

function writeSlot(
  writer: PageWriter,
  lines: readonly Line[],
  { slot, otherSlot, scale, isOfQuota }: SlotFamily,
  more: Uint8Array,
): void {
  for (const { labels, measurement, hasQuota } of lines) {
    if (isOfQuota && !hasQuota) continue;
    if (slot === SLOT.cpuNs && measurement.cpus.length > 0) {
      writePerCpu(writer, labels, measurement.cpus);
      continue;
    }
    let value = measurement.values[slot] as number;
    if (Number.isNaN(value)) value = measurement.values[otherSlot] as number;
    if (!Number.isNaN(value)) writer.sampleBytes(labels.bytes, more, value, scale);
  }
}

/** In place of the total, as cAdvisor does, so that sums stay right. */
function writePerCpu(writer: PageWriter, { bytes }: LineLabels, cpus: Float64Array): void {
  for (const [cpu, ns] of cpus.entries()) {
    const more = further([['cpu', `cpu${String(cpu).padStart(2, '0')}`]]);
    writer.sampleBytes(bytes, more, ns, 1e9);
  }
}

interface Numbers {
  readonly values: Float64Array;
  /** How many there are of each interface or device. */
  readonly each: number;
  readonly family: NamedFamily;
}

function writeNumbers(
  writer: PageWriter,
  { bytes }: LineLabels,
  names: readonly Uint8Array[],
  { values, each, family }: Numbers,
): void {
  for (let i = 0; i < names.length; i++) {
    const value = values[i * each + family.offset] as number;
    if (!Number.isNaN(value)) writer.sampleBytes(bytes, names[i] as Uint8Array, value, 1);
  }
}
