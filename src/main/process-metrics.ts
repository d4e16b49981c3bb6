import { readdirSync, readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Registry } from '#instrument';
import type { MetricFamily } from '#model';
import { systemClock } from '#platform';
import { NARTHEX_VERSION, PROMETHEUS_VERSION } from './build-info.ts';
import { EventLoopLag } from './event-loop-lag.ts';

/** What the process uses, under the names that Prometheus' and Node's own libraries give. */
export function measureProcess(registry: Registry, startMs: number): () => void {
  const lag = new EventLoopLag(systemClock);
  lag.start();
  const stop = registry.collect(() => [
    ...processFamilies(startMs),
    ...heapFamilies(),
    ...lag.families(),
    utilizationFamily(),
    ...buildFamilies(),
  ]);
  return () => {
    stop();
    lag.stop();
  };
}

function family(
  type: 'gauge' | 'counter',
  name: string,
  help: string,
  value: number,
): MetricFamily {
  return { name, help, type, metrics: [{ labels: [], value }] };
}

/** `process_*`, under the names and types of Prometheus' own libraries. `startMs`: since the epoch. */
export function processFamilies(startMs: number): MetricFamily[] {
  const cpu = process.cpuUsage();
  const seconds = (cpu.user + cpu.system) / 1e6;
  const families = [
    family(
      'counter',
      'process_cpu_seconds_total',
      'Total user and system CPU time spent in seconds.',
      seconds,
    ),
    family(
      'gauge',
      'process_resident_memory_bytes',
      'Resident memory size in bytes.',
      process.memoryUsage.rss(),
    ),
    family(
      'gauge',
      'process_start_time_seconds',
      'Start time of the process since unix epoch in seconds.',
      startMs / 1000,
    ),
  ];
  return process.platform === 'linux' ? [...families, ...linuxFamilies()] : families;
}

function heapFamilies(): MetricFamily[] {
  const memory = process.memoryUsage();
  return [
    family(
      'gauge',
      'nodejs_heap_size_used_bytes',
      'Process heap size used from Node.js in bytes.',
      memory.heapUsed,
    ),
    family(
      'gauge',
      'nodejs_heap_size_total_bytes',
      'Process heap size from Node.js in bytes.',
      memory.heapTotal,
    ),
    family(
      'gauge',
      'nodejs_external_memory_bytes',
      'Node.js external memory size in bytes.',
      memory.external,
    ),
  ];
}

/** Of /proc; what cannot be read is left out. */
function linuxFamilies(): MetricFamily[] {
  try {
    const open = readdirSync('/proc/self/fd').length;
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const pages = Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[0]);
    return [
      family('gauge', 'process_open_fds', 'Number of open file descriptors.', open),
      family(
        'gauge',
        'process_max_fds',
        'Maximum number of open file descriptors.',
        softLimit(limits, 'Max open files'),
      ),
      family(
        'gauge',
        'process_virtual_memory_bytes',
        'Virtual memory size in bytes.',
        pages * PAGE_BYTES,
      ),
      family(
        'gauge',
        'process_virtual_memory_max_bytes',
        'Maximum amount of virtual memory available in bytes.',
        softLimit(limits, 'Max address space'),
      ),
    ];
  } catch {
    return [];
  }
}

/** As Go's library gives it: what is unlimited is the largest number of 64 bits. */
function softLimit(limits: string, name: string): number {
  const [, found = ''] = new RegExp(`^${name}\\s+(\\w+)`, 'm').exec(limits) ?? [];
  return found === 'unlimited' ? 2 ** 64 : Number(found === '' ? NaN : found);
}

/** What Linux counts memory in on all machines that Node runs on, but for some of ARM. */
const PAGE_BYTES = 4096;

function utilizationFamily(): MetricFamily {
  const { utilization } = performance.eventLoopUtilization();
  const help = 'Share of the time since the start that the main thread worked.';
  return family('gauge', 'nodejs_eventloop_utilization_ratio', help, utilization);
}

function buildFamilies(): MetricFamily[] {
  return [
    info(
      'prometheus_build_info',
      'Which Prometheus this server is compatible with; see narthex_build_info.',
      [['version', PROMETHEUS_VERSION]],
    ),
    info('narthex_build_info', "A metric with a constant '1' value labeled by version.", [
      ['node_version', process.version],
      ['version', NARTHEX_VERSION],
    ]),
  ];
}

function info(
  name: string,
  help: string,
  labels: readonly (readonly [string, string])[],
): MetricFamily {
  return { name, help, type: 'gauge', metrics: [{ labels, value: 1 }] };
}
