import type { Collect, Collector, Host } from '../host.ts';
import { linesOf, wordsOf } from '../fields.ts';
import { oneLabel } from '../page-text.ts';
import type { PageText } from '../page-text.ts';

/** The columns of /proc/net/dev, in its order. */
const COLUMNS = [
  'receive_bytes',
  'receive_packets',
  'receive_errs',
  'receive_drop',
  'receive_fifo',
  'receive_frame',
  'receive_compressed',
  'receive_multicast',
  'transmit_bytes',
  'transmit_packets',
  'transmit_errs',
  'transmit_drop',
  'transmit_fifo',
  'transmit_colls',
  'transmit_carrier',
  'transmit_compressed',
];
const HEADER_LINES = 2;

export const netdev: Collector = { name: 'netdev', isDefault: true, open };

interface NetworkDevice {
  readonly name: string;
  readonly labels: string;
  readonly counts: readonly string[];
}

function open(host: Host): Collect {
  return (page) => {
    const devices = linesOf(host.network.text('dev')).slice(HEADER_LINES).map(parseDevice);
    for (const [column, name] of COLUMNS.entries()) {
      writeFamily(page, name);
      for (const { labels, counts } of devices) page.sample(labels, Number(counts[column]));
    }
    // Packets that came in on a device that no one listens to; /proc/net/dev has no column for them.
    writeFamily(page, 'receive_nohandler');
    for (const { name, labels } of devices) {
      const count = host.sys.number(`class/net/${name}/statistics/rx_nohandler`);
      if (count !== undefined) page.sample(labels, count);
    }
  };
}

function writeFamily(page: PageText, name: string): void {
  page.family(`node_network_${name}_total`, 'counter', `Network device statistic ${name}.`);
}

function parseDevice(line: string): NetworkDevice {
  const colon = line.lastIndexOf(':');
  const name = line.slice(0, colon).trim();
  const counts = wordsOf(line.slice(colon + 1));
  if (colon < 0 || counts.length < COLUMNS.length) throw new Error('cannot read /proc/net/dev');
  return { name, labels: oneLabel('device', name), counts };
}
