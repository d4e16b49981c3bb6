import type { Collect, Collector, Host } from '../host.ts';
import { linesOf, wordsOf } from '../fields.ts';
import { labelSet } from '../page-text.ts';

export const softirqs: Collector = { name: 'softirqs', isDefault: false, open };

function open({ proc }: Host): Collect {
  return (page) => {
    const [, ...lines] = linesOf(proc.text('softirqs'));
    page.family('node_softirqs_functions_total', 'counter', 'Softirq counts per CPU.');
    for (const line of lines) {
      const [type = '', ...counts] = wordsOf(line);
      for (const [cpu, count] of counts.entries()) {
        page.sample(
          labelSet([
            ['cpu', String(cpu)],
            ['type', type.replace(':', '')],
          ]),
          Number(count),
        );
      }
    }
  };
}
