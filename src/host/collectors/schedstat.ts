import type { Collect, Collector, Host } from '../host.ts';
import { NoData } from '../host.ts';
import { linesOf, numberFrom, wordsOf } from '../fields.ts';
import { oneLabel } from '../page-text.ts';

/** Place in a line of /proc/schedstat, and by what the number is divided. */
const FIELDS: readonly (readonly [place: number, per: number, name: string, help: string])[] = [
  [7, 1e9, 'running_seconds_total', 'Number of seconds CPU spent running a process.'],
  [9, 1, 'timeslices_total', 'Number of timeslices executed by CPU.'],
  [8, 1e9, 'waiting_seconds_total', 'Number of seconds spent by processing waiting for this CPU.'],
];

export const schedstat: Collector = { name: 'schedstat', isDefault: true, open };

function open({ proc }: Host): Collect {
  return (page) => {
    const text = proc.optionalText('schedstat');
    if (text === undefined) throw new NoData('/proc/schedstat');
    const cpus = linesOf(text)
      .filter((line) => /^cpu\d/.test(line))
      .map(wordsOf);
    for (const [place, per, name, help] of FIELDS) {
      page.family(`node_schedstat_${name}`, 'counter', help);
      for (const words of cpus) {
        const cpu = oneLabel('cpu', (words[0] ?? '').slice('cpu'.length));
        page.sample(cpu, numberFrom(words[place], '/proc/schedstat') / per);
      }
    }
  };
}
