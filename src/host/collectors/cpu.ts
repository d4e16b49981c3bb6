import type { Collect, Collector, Host } from '../host.ts';
import { labelSet, oneLabel } from '../page-text.ts';
import type { PageText } from '../page-text.ts';
import { numberOf } from '../host-tree.ts';

/** In the order of /proc/stat; the last two are parts of the first two. */
const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;
const FIELD_COUNT = 10;
const IDLE = 3;
/** What the kernel calls USER_HZ: 100 on every architecture that Node runs on. */
const TICKS_PER_SECOND = 100;
/** A processor whose idle time falls by so much was unplugged and begins anew. */
const JUMP_BACK_TICKS = 3 * TICKS_PER_SECOND;

export const cpu: Collector = { name: 'cpu', isDefault: true, open };

interface Processor {
  readonly name: string;
  /** The highest so far: some of the kernel's counters fall by a tick now and then. */
  readonly ticks: Float64Array;
  readonly labels: readonly string[];
  readonly guestLabels: readonly string[];
}

function open(host: Host): Collect {
  const processors = new Map<string, Processor>();
  const throttles = openThrottles(host);
  return (page) => {
    const present = readProcessors(host.proc.sharedText('stat'), processors);
    writeSeconds(page, present);
    writeIsolated(host, page);
    throttles(page);
  };
}

function readProcessors(stat: string, known: Map<string, Processor>): readonly Processor[] {
  const present: Processor[] = [];
  let at = stat.indexOf('\n') + 1;
  while (stat.startsWith('cpu', at)) {
    const end = stat.indexOf('\n', at);
    const fields = stat.slice(at + 3, end).split(' ');
    present.push(update(fields, known));
    at = end + 1;
  }
  if (present.length === 0) throw new Error('cannot read the processors in /proc/stat');
  return present;
}

function update(fields: readonly string[], known: Map<string, Processor>): Processor {
  const name = fields[0] ?? '';
  let processor = known.get(name);
  if (processor === undefined) {
    processor = createProcessor(name);
    known.set(name, processor);
  }
  const { ticks } = processor;
  if ((ticks[IDLE] ?? 0) - Number(fields[IDLE + 1] ?? 0) >= JUMP_BACK_TICKS) ticks.fill(0);
  for (let field = 0; field < FIELD_COUNT; field++) {
    // Old kernels have fewer.
    const value = Number(fields[field + 1] ?? 0);
    if (value >= (ticks[field] ?? 0)) ticks[field] = value;
  }
  return processor;
}

function createProcessor(name: string): Processor {
  const labels = (mode: string): string =>
    labelSet([
      ['cpu', name],
      ['mode', mode],
    ]);
  return {
    name,
    ticks: new Float64Array(FIELD_COUNT),
    labels: MODES.map(labels),
    guestLabels: ['user', 'nice'].map(labels),
  };
}

function writeSeconds(page: PageText, processors: readonly Processor[]): void {
  page.family(
    'node_cpu_guest_seconds_total',
    'counter',
    'Seconds the CPUs spent in guests (VMs) for each mode.',
  );
  for (const { ticks, guestLabels } of processors) {
    guestLabels.forEach((labels, i) =>
      page.sample(labels, (ticks[MODES.length + i] ?? 0) / TICKS_PER_SECOND),
    );
  }
  page.family('node_cpu_seconds_total', 'counter', 'Seconds the CPUs spent in each mode.');
  for (const { ticks, labels } of processors) {
    labels.forEach((one, i) => page.sample(one, (ticks[i] ?? 0) / TICKS_PER_SECOND));
  }
}

function writeIsolated({ sys }: Host, page: PageText): void {
  page.family(
    'node_cpu_isolated',
    'gauge',
    'Whether each core is isolated, information from /sys/devices/system/cpu/isolated.',
  );
  for (const number of parseCpuList(sys.attribute('devices/system/cpu/isolated') ?? '')) {
    page.sample(oneLabel('cpu', String(number)), 1);
  }
}

/** `0-2,5`; what is none is left out. */
function parseCpuList(text: string): number[] {
  return text.split(',').flatMap((part) => {
    const match = /^(\d+)(?:-(\d+))?$/.exec(part.trim());
    if (match === null) return [];
    const from = Number(match[1]);
    const count = Math.min(Number(match[2] ?? from) - from + 1, 65_536);
    return Array.from({ length: Math.max(0, count) }, (_, i) => from + i);
  });
}

interface Core {
  readonly package: string;
  readonly core: string;
  readonly folder: string;
}

/** Throttling is counted by core and package, of which only the first processor of each is read. */
function openThrottles({ sys }: Host): (page: PageText) => void {
  let cores: readonly Core[] | undefined;
  return (page) => {
    cores ??= findCores();
    page.family(
      'node_cpu_core_throttles_total',
      'counter',
      'Number of times this CPU core has been throttled.',
    );
    for (const one of cores) {
      const count = numberOf(sys.attribute(`${one.folder}/core_throttle_count`));
      if (count === undefined) continue;
      page.sample(
        labelSet([
          ['package', one.package],
          ['core', one.core],
        ]),
        count,
      );
    }
    page.family(
      'node_cpu_package_throttles_total',
      'counter',
      'Number of times this CPU package has been throttled.',
    );
    const packages = new Set<string>();
    for (const one of cores) {
      if (packages.has(one.package)) continue;
      packages.add(one.package);
      const count = numberOf(sys.attribute(`${one.folder}/package_throttle_count`));
      if (count !== undefined) page.sample(oneLabel('package', one.package), count);
    }
  };

  function findCores(): readonly Core[] {
    const found = new Map<string, Core>();
    for (const name of sys.names('devices/system/cpu') ?? []) {
      if (!/^cpu\d+$/.test(name)) continue;
      const cpu = `devices/system/cpu/${name}`;
      const folder = `${cpu}/thermal_throttle`;
      if (sys.names(folder) === undefined) continue;
      const owner = sys.attribute(`${cpu}/topology/physical_package_id`);
      const core = sys.attribute(`${cpu}/topology/core_id`);
      if (owner === undefined || core === undefined || found.has(`${owner} ${core}`)) continue;
      found.set(`${owner} ${core}`, { package: owner, core, folder });
    }
    return [...found.values()];
  }
}
