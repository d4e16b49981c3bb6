import type { Collect, Collector, Host } from '../host.ts';
import { linesOf } from '../fields.ts';
import { labelSet } from '../page-text.ts';

export const buddyinfo: Collector = { name: 'buddyinfo', isDefault: false, open };

function open({ proc }: Host): Collect {
  return (page) => {
    page.family('node_buddyinfo_blocks', 'gauge', 'Count of free blocks according to size.');
    for (const line of linesOf(proc.text('buddyinfo'))) {
      const match = /^Node\s+(\d+),\s+zone\s+(\S+)\s+(.*?)\s*$/.exec(line);
      if (match === null) throw new Error('cannot read /proc/buddyinfo');
      const [, node = '', zone = '', counts = ''] = match;
      for (const [size, count] of counts.split(/\s+/).entries()) {
        page.sample(
          labelSet([
            ['node', node],
            ['zone', zone],
            ['size', String(size)],
          ]),
          Number(count),
        );
      }
    }
  };
}
