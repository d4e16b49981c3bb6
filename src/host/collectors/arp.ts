import type { Collect, Collector, Host } from '../host.ts';
import { linesOf, wordsOf } from '../fields.ts';
import { oneLabel } from '../page-text.ts';

const DEVICE_PLACE = 5;

export const arp: Collector = { name: 'arp', isDefault: true, open };

function open({ network }: Host): Collect {
  return (page) => {
    const counts = new Map<string, number>();
    for (const line of linesOf(network.text('arp')).slice(1)) {
      const device = wordsOf(line)[DEVICE_PLACE] ?? '';
      counts.set(device, (counts.get(device) ?? 0) + 1);
    }
    page.family('node_arp_entries', 'gauge', 'ARP entries by device');
    for (const [device, count] of counts) page.sample(oneLabel('device', device), count);
  };
}
