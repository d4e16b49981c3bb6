import type { Collect, Collector, Host } from '../host.ts';

/** node_exporter's default of `--collector.vmstat.fields`. */
const FIELD = /^(?:oom_kill|pgpg|pswp|pg.*fault)/;

export const vmstat: Collector = { name: 'vmstat', isDefault: true, open };

function open({ proc }: Host): Collect {
  return (page) => {
    const text = proc.text('vmstat');
    let at = 0;
    while (at < text.length) {
      let end = text.indexOf('\n', at);
      if (end < 0) end = text.length;
      // Two letters rule out most of the two hundred lines.
      if (mayBegin(text, at)) {
        const blank = text.indexOf(' ', at);
        const field = text.slice(at, blank);
        if (FIELD.test(field)) {
          page.family(
            `node_vmstat_${field}`,
            'untyped',
            `/proc/vmstat information field ${field}.`,
          );
          page.sample('', Number(text.slice(blank + 1, end)));
        }
      }
      at = end + 1;
    }
  };
}

function mayBegin(text: string, at: number): boolean {
  return text.startsWith('p', at) || text.startsWith('oo', at);
}
