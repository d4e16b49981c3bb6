import type { Collect, Collector, Host } from '../host.ts';
import { linesOf, numberFrom, wordsOf } from '../fields.ts';

export const meminfo: Collector = { name: 'meminfo', isDefault: true, open };

function open({ proc }: Host): Collect {
  /** Names of metrics by field. */
  const names = new Map<string, string>();
  return (page) => {
    for (const line of linesOf(proc.text('meminfo'))) {
      const colon = line.indexOf(':');
      const [number, unit] = wordsOf(line.slice(colon + 1));
      const isKibibytes = unit === 'kB';
      const field = nameOf(names, line.slice(0, colon), isKibibytes);
      page.gauge(
        `node_memory_${field}`,
        `Memory information field ${field}.`,
        numberFrom(number, '/proc/meminfo') * (isKibibytes ? 1024 : 1),
      );
    }
  };
}

/** `Active(anon)` in kB is Active_anon_bytes. */
function nameOf(names: Map<string, string>, field: string, isKibibytes: boolean): string {
  let name = names.get(field);
  if (name === undefined) {
    name = `${field.replace(/\((.*)\)$/, '_$1').replaceAll(/\W/g, '_')}${isKibibytes ? '_bytes' : ''}`;
    names.set(field, name);
  }
  return name;
}
