import type { Collect, Collector, Host } from '../host.ts';
import { labelSet } from '../page-text.ts';

/** Labels, and what they are called in /proc/cpuinfo. */
const FIELDS: readonly (readonly [label: string, field: string])[] = [
  ['package', 'physical id'],
  ['core', 'core id'],
  ['cpu', 'processor'],
  ['vendor', 'vendor_id'],
  ['family', 'cpu family'],
  ['model', 'model'],
  ['model_name', 'model name'],
  ['microcode', 'microcode'],
  ['stepping', 'stepping'],
  ['cachesize', 'cache size'],
];

/** node_exporter has it as `--collector.cpu.info`. */
export const cpuInfo: Collector = { name: 'cpu.info', isDefault: false, open };

function open({ proc }: Host): Collect {
  return (page) => {
    page.family('node_cpu_info', 'gauge', 'CPU information from /proc/cpuinfo.');
    for (const block of proc.text('cpuinfo').split('\n\n')) {
      const values = parseBlock(block);
      if (!values.has('processor')) continue;
      page.sample(labelSet(FIELDS.map(([label, field]) => [label, values.get(field) ?? ''])), 1);
    }
  };
}

function parseBlock(block: string): ReadonlyMap<string, string> {
  return new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()] as const;
    }),
  );
}
