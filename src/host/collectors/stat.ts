import type { Collect, Collector, Host } from '../host.ts';
import { numberAfter } from '../fields.ts';
import type { FamilyType } from '../page-text.ts';

const FIELDS: readonly (readonly [key: string, name: string, type: FamilyType, help: string])[] = [
  ['btime', 'node_boot_time_seconds', 'gauge', 'Node boot time, in unixtime.'],
  ['ctxt', 'node_context_switches_total', 'counter', 'Total number of context switches.'],
  ['processes', 'node_forks_total', 'counter', 'Total number of forks.'],
  ['intr', 'node_intr_total', 'counter', 'Total number of interrupts serviced.'],
  [
    'procs_blocked',
    'node_procs_blocked',
    'gauge',
    'Number of processes blocked waiting for I/O to complete.',
  ],
  ['procs_running', 'node_procs_running', 'gauge', 'Number of processes in runnable state.'],
];

export const stat: Collector = { name: 'stat', isDefault: true, open };

function open({ proc }: Host): Collect {
  return (page) => {
    const text = proc.sharedText('stat');
    for (const [key, name, type, help] of FIELDS) {
      const value = numberAfter(text, key);
      if (value === undefined) throw new Error(`cannot find ${key} in /proc/stat`);
      page.family(name, type, help);
      page.sample('', value);
    }
  };
}
