import { DEVICE, INTERFACE } from './cgroup/measurement.ts';
import { SLOT } from './cgroup/slots.ts';
import type { Container } from './container.ts';

/** A family as cAdvisor has it, and where its number stands. */
export interface SlotFamily {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  readonly help: string;
  readonly slot: number;
  /** Where it stands if it does not stand there. */
  readonly otherSlot: number;
  /** What the number is divided by to be in the family's unit. */
  readonly scale: number;
  /** Beyond the container's own labels: `cpu="total"`. */
  readonly labels: string;
  /** Only of containers that have a limit of CPU time. */
  readonly isOfQuota: boolean;
}

const NS = 1e9;
const US = 1e6;

type More = Partial<Pick<SlotFamily, 'labels' | 'isOfQuota' | 'scale' | 'otherSlot'>>;

function counter(name: string, slot: number, help: string, more: More = {}): SlotFamily {
  const usual = { scale: 1, labels: '', isOfQuota: false, otherSlot: slot };
  return { name, type: 'counter', help, slot, ...usual, ...more };
}

function gauge(name: string, slot: number, help: string, more: More = {}): SlotFamily {
  return { ...counter(name, slot, help, more), type: 'gauge' };
}

const OF_QUOTA = { isOfQuota: true } as const;

function tasks(state: string, slot: number): SlotFamily {
  const labels = `state="${state}"`;
  return gauge('container_tasks_state', slot, 'Number of tasks in given state', { labels });
}

/** Version 2 counts for a group and those below it alone: then both scopes have the same. */
function failures(type: 'pgfault' | 'pgmajfault', scope: 'container' | 'hierarchy'): SlotFamily {
  const otherSlot = SLOT[type];
  const slot = scope === 'container' ? otherSlot : HIERARCHY_SLOTS[type];
  const labels = `failure_type="${type}",scope="${scope}"`;
  const help = 'Cumulative count of memory allocation failures.';
  return counter('container_memory_failures_total', slot, help, { labels, otherSlot });
}

const HIERARCHY_SLOTS = {
  pgfault: SLOT.hierarchicalPgfault,
  pgmajfault: SLOT.hierarchicalPgmajfault,
} as const;

function waited(name: string, slot: number, cause: string): SlotFamily {
  const help = `Total time duration tasks in the container have waited due to ${cause} congestion.`;
  return counter(name, slot, help, { scale: US });
}

function stalled(name: string, slot: number, cause: string): SlotFamily {
  const help = `Total time duration no tasks in the container could make progress due to ${cause} congestion.`;
  return counter(name, slot, help, { scale: US });
}

/** Names and helps are cAdvisor's (lib/metrics/prometheus.go). Lines of one name stand together. */
export const SLOT_FAMILIES: readonly SlotFamily[] = [
  counter(
    'container_cpu_usage_seconds_total',
    SLOT.cpuNs,
    'Cumulative cpu time consumed in seconds.',
    {
      scale: NS,
      labels: 'cpu="total"',
    },
  ),
  counter(
    'container_cpu_user_seconds_total',
    SLOT.cpuUserNs,
    'Cumulative user cpu time consumed in seconds.',
    { scale: NS },
  ),
  counter(
    'container_cpu_system_seconds_total',
    SLOT.cpuSystemNs,
    'Cumulative system cpu time consumed in seconds.',
    { scale: NS },
  ),
  counter(
    'container_cpu_cfs_periods_total',
    SLOT.periods,
    'Number of elapsed enforcement period intervals.',
    OF_QUOTA,
  ),
  counter(
    'container_cpu_cfs_throttled_periods_total',
    SLOT.throttledPeriods,
    'Number of throttled period intervals.',
    OF_QUOTA,
  ),
  counter(
    'container_cpu_cfs_throttled_seconds_total',
    SLOT.throttledNs,
    'Total time duration the container has been throttled.',
    { scale: NS, isOfQuota: true },
  ),
  counter(
    'container_cpu_cfs_burst_periods_total',
    SLOT.burstPeriods,
    'Number of periods when burst occurs.',
    OF_QUOTA,
  ),
  counter(
    'container_cpu_cfs_burst_seconds_total',
    SLOT.burstNs,
    'Total time duration the container has been bursted.',
    { scale: NS, isOfQuota: true },
  ),
  gauge(
    'container_memory_usage_bytes',
    SLOT.memoryUsage,
    'Current memory usage in bytes, including all memory regardless of when it was accessed',
  ),
  gauge('container_memory_working_set_bytes', SLOT.workingSet, 'Current working set in bytes.'),
  gauge('container_memory_rss', SLOT.rss, 'Size of RSS in bytes.'),
  gauge('container_memory_cache', SLOT.cache, 'Number of bytes of page cache memory.'),
  gauge('container_memory_swap', SLOT.swap, 'Container swap usage in bytes.'),
  gauge('container_memory_mapped_file', SLOT.mappedFile, 'Size of memory mapped files in bytes.'),
  gauge('container_memory_kernel_usage', SLOT.kernel, 'Size of kernel memory allocated in bytes.'),
  counter('container_memory_failcnt', SLOT.memoryFailures, 'Number of memory usage hits limits'),
  gauge(
    'container_memory_max_usage_bytes',
    SLOT.memoryMaxUsage,
    'Maximum memory usage recorded in bytes',
  ),
  gauge(
    'container_memory_total_active_anon_bytes',
    SLOT.activeAnon,
    'Current total active anonymous in bytes.',
  ),
  gauge(
    'container_memory_total_inactive_anon_bytes',
    SLOT.inactiveAnon,
    'Current total inactive anonymous in bytes.',
  ),
  gauge(
    'container_memory_anon_hugepages_bytes',
    SLOT.anonHugePages,
    'Amount of memory backed by transparent hugepages in bytes.',
  ),
  gauge(
    'container_memory_total_active_file_bytes',
    SLOT.activeFile,
    'Current total active file in bytes.',
  ),
  gauge(
    'container_memory_total_inactive_file_bytes',
    SLOT.inactiveFile,
    'Current total inactive file in bytes.',
  ),
  gauge(
    'container_memory_file_dirty_bytes',
    SLOT.fileDirty,
    'Number of bytes of file cache that has been modified but not yet written back to disk.',
  ),
  gauge(
    'container_memory_file_writeback_bytes',
    SLOT.fileWriteback,
    'Number of bytes of file cache that is currently being written back to disk.',
  ),
  failures('pgfault', 'container'),
  failures('pgmajfault', 'container'),
  failures('pgfault', 'hierarchy'),
  failures('pgmajfault', 'hierarchy'),
  counter(
    'container_memory_events_high_total',
    SLOT.eventsHigh,
    'Cumulative count of memory.high throttle events for the container',
  ),
  counter(
    'container_memory_events_max_total',
    SLOT.eventsMax,
    'Cumulative count of memory.max limit hit events for the container',
  ),
  counter(
    'container_memory_pgscan_total',
    SLOT.pgscan,
    'Cumulative number of pages scanned by the page reclaim algorithm.',
  ),
  counter(
    'container_memory_pgsteal_total',
    SLOT.pgsteal,
    'Cumulative number of pages reclaimed by the page reclaim algorithm.',
  ),
  counter(
    'container_memory_workingset_refault_file_total',
    SLOT.refaultFile,
    'Cumulative number of refaults of previously evicted file pages.',
  ),
  counter(
    'container_memory_workingset_refault_anon_total',
    SLOT.refaultAnon,
    'Cumulative number of refaults of previously evicted anonymous pages.',
  ),
  gauge('container_processes', SLOT.processes, 'Number of processes running inside the container.'),
  gauge('container_threads', SLOT.threads, 'Number of threads running inside the container'),
  gauge(
    'container_file_descriptors',
    SLOT.fileDescriptors,
    'Number of open file descriptors for the container.',
  ),
  gauge('container_sockets', SLOT.sockets, 'Number of open sockets for the container.'),
  gauge(
    'container_ulimits_soft',
    SLOT.openFilesLimit,
    'Soft ulimit values for the container root process. Unlimited if -1, except priority and nice',
    { labels: 'ulimit="max_open_files"' },
  ),
  tasks('sleeping', SLOT.tasksSleeping),
  tasks('running', SLOT.tasksRunning),
  tasks('stopped', SLOT.tasksStopped),
  tasks('uninterruptible', SLOT.tasksUninterruptible),
  waited('container_pressure_cpu_waiting_seconds_total', SLOT.cpuWaitingUs, 'CPU'),
  stalled('container_pressure_cpu_stalled_seconds_total', SLOT.cpuStalledUs, 'CPU'),
  waited('container_pressure_memory_waiting_seconds_total', SLOT.memoryWaitingUs, 'memory'),
  stalled('container_pressure_memory_stalled_seconds_total', SLOT.memoryStalledUs, 'memory'),
  waited('container_pressure_io_waiting_seconds_total', SLOT.ioWaitingUs, 'IO'),
  stalled('container_pressure_io_stalled_seconds_total', SLOT.ioStalledUs, 'IO'),
];

/** A family with a line for each interface or device. */
export interface NamedFamily {
  readonly name: string;
  readonly help: string;
  /** Among the numbers of each. */
  readonly offset: number;
}

function count(name: string, offset: number, what: string): NamedFamily {
  return { name, offset, help: `Cumulative count of ${what}` };
}

export const NETWORK_FAMILIES: readonly NamedFamily[] = [
  count('container_network_receive_bytes_total', INTERFACE.receivedBytes, 'bytes received'),
  count('container_network_receive_packets_total', INTERFACE.receivedPackets, 'packets received'),
  count(
    'container_network_receive_packets_dropped_total',
    INTERFACE.receiveDrops,
    'packets dropped while receiving',
  ),
  count(
    'container_network_receive_errors_total',
    INTERFACE.receiveErrors,
    'errors encountered while receiving',
  ),
  count('container_network_transmit_bytes_total', INTERFACE.sentBytes, 'bytes transmitted'),
  count('container_network_transmit_packets_total', INTERFACE.sentPackets, 'packets transmitted'),
  count(
    'container_network_transmit_packets_dropped_total',
    INTERFACE.sendDrops,
    'packets dropped while transmitting',
  ),
  count(
    'container_network_transmit_errors_total',
    INTERFACE.sendErrors,
    'errors encountered while transmitting',
  ),
];

export const BLOCK_IO_FAMILIES: readonly NamedFamily[] = [
  count('container_fs_reads_bytes_total', DEVICE.readBytes, 'bytes read'),
  count('container_fs_reads_total', DEVICE.reads, 'reads completed'),
  count('container_fs_writes_bytes_total', DEVICE.writtenBytes, 'bytes written'),
  count('container_fs_writes_total', DEVICE.writes, 'writes completed'),
];

/** A family of what was asked for when the container was made. */
export interface SpecFamily {
  readonly name: string;
  readonly help: string;
  /** NaN: none. */
  readonly valueOf: (container: Container) => number;
}

/** What the kernel has where nothing was asked for. */
const CPU_PERIOD_US = 100_000;
const CPU_SHARES = 1024;

/** In microseconds for each period; 0: no limit. */
export function cpuQuota({ limits }: Container): number {
  if (limits.cpuQuotaUs > 0) return limits.cpuQuotaUs;
  return Math.round(limits.cpus * (limits.cpuPeriodUs || CPU_PERIOD_US));
}

export const SPEC_FAMILIES: readonly SpecFamily[] = [
  {
    name: 'container_creation_time_seconds',
    help: 'Container creation time since unix epoch in seconds.',
    valueOf: ({ createdMs }) => Math.floor(createdMs / 1000) || Number.NaN,
  },
  {
    name: 'container_start_time_seconds',
    help: 'Start time of the container since unix epoch in seconds.',
    valueOf: ({ startedMs }) => Math.floor(startedMs / 1000) || Number.NaN,
  },
  {
    name: 'container_spec_cpu_period',
    help: 'CPU period of the container.',
    valueOf: ({ limits }) => limits.cpuPeriodUs || CPU_PERIOD_US,
  },
  {
    name: 'container_spec_cpu_quota',
    help: 'CPU quota of the container.',
    valueOf: (container) => cpuQuota(container) || Number.NaN,
  },
  {
    name: 'container_spec_cpu_shares',
    help: 'CPU share of the container.',
    valueOf: ({ limits }) => limits.cpuShares || CPU_SHARES,
  },
  {
    name: 'container_spec_memory_limit_bytes',
    help: 'Memory limit for the container.',
    valueOf: ({ limits }) => Math.max(0, limits.memoryBytes),
  },
  {
    name: 'container_spec_memory_swap_limit_bytes',
    help: 'Memory swap limit for the container.',
    valueOf: ({ limits }) => Math.max(0, limits.memorySwapBytes),
  },
  {
    name: 'container_spec_memory_reservation_limit_bytes',
    help: 'Memory reservation limit for the container.',
    valueOf: ({ limits }) => Math.max(0, limits.memoryReservationBytes),
  },
  {
    name: 'container_threads_max',
    help: 'Maximum number of threads allowed inside the container, infinity if value is zero',
    valueOf: ({ limits }) => Math.max(0, limits.pids),
  },
];
