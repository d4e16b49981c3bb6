import type { Collect, Collector, Host } from '../host.ts';
import { NoData } from '../host.ts';
import type { HostTree } from '../host-tree.ts';

/** File, line in it, name, help. */
const FIELDS: readonly (readonly [
  resource: string,
  line: 'some' | 'full',
  name: string,
  help: string,
])[] = [
  ['cpu', 'some', 'cpu_waiting', 'Total time in seconds that processes have waited for CPU time'],
  [
    'io',
    'full',
    'io_stalled',
    'Total time in seconds no process could make progress due to IO congestion',
  ],
  [
    'io',
    'some',
    'io_waiting',
    'Total time in seconds that processes have waited due to IO congestion',
  ],
  [
    'irq',
    'full',
    'irq_stalled',
    'Total time in seconds no process could make progress due to IRQ congestion',
  ],
  [
    'memory',
    'full',
    'memory_stalled',
    'Total time in seconds no process could make progress due to memory congestion',
  ],
  [
    'memory',
    'some',
    'memory_waiting',
    'Total time in seconds that processes have waited for memory',
  ],
];

export const pressure: Collector = { name: 'pressure', isDefault: true, open };

function open({ proc }: Host): Collect {
  return (page) => {
    let found = 0;
    let text: string | undefined;
    let read = '';
    for (const [resource, line, name, help] of FIELDS) {
      if (resource !== read) text = readResource(proc, resource);
      read = resource;
      const total = text === undefined ? undefined : totalOf(text, line);
      if (total === undefined) continue;
      found++;
      page.counter(`node_pressure_${name}_seconds_total`, help, total / 1e6);
    }
    if (found === 0) throw new NoData('/proc/pressure (kernel before 4.20, or started with psi=0)');
  };
}

/** Undefined where the kernel has none of it, or does not keep it. */
function readResource(proc: HostTree, resource: string): string | undefined {
  try {
    return proc.optionalText(`pressure/${resource}`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EOPNOTSUPP') return undefined;
    throw error;
  }
}

/** Microseconds. */
function totalOf(text: string, line: string): number | undefined {
  const match = new RegExp(`^${line} .*total=(\\d+)`, 'm').exec(text);
  return match === null ? undefined : Number(match[1]);
}
