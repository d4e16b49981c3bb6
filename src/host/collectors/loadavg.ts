import type { Collect, Collector, Host } from '../host.ts';
import { numberFrom, wordsOf } from '../fields.ts';

export const loadavg: Collector = { name: 'loadavg', isDefault: true, open };

function open({ proc }: Host): Collect {
  return (page) => {
    const words = wordsOf(proc.text('loadavg'));
    for (const [i, minutes] of [1, 5, 15].entries()) {
      const load = numberFrom(words[i], '/proc/loadavg');
      page.gauge(`node_load${minutes}`, `${minutes}m load average.`, load);
    }
  };
}
