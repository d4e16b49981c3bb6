import type { Collect, Collector, Host } from '../host.ts';
import { linesOf, wordsOf } from '../fields.ts';
import { labelSet } from '../page-text.ts';

export const interrupts: Collector = { name: 'interrupts', isDefault: false, open };

function open({ proc }: Host): Collect {
  return (page) => {
    const [header = '', ...lines] = linesOf(proc.text('interrupts'));
    const cpuCount = wordsOf(header).length;
    page.family('node_interrupts_total', 'counter', 'Interrupt details.');
    for (const line of lines) {
      const colon = line.indexOf(':');
      const words = wordsOf(line.slice(colon + 1));
      // ERR and MIS have one number for all processors.
      if (words.length < cpuCount + 1) continue;
      const type = line.slice(0, colon).trim();
      const isNumbered = /^\d+$/.test(type);
      const info = isNumbered ? (words[cpuCount] ?? '') : words.slice(cpuCount).join(' ');
      const devices = isNumbered ? words.slice(cpuCount + 1).join(' ') : '';
      for (let cpu = 0; cpu < cpuCount; cpu++) {
        page.sample(
          labelSet([
            ['cpu', String(cpu)],
            ['type', type],
            ['info', info],
            ['devices', devices],
          ]),
          Number(words[cpu]),
        );
      }
    }
  };
}
