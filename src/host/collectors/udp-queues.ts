import type { Collect, Collector, Host } from '../host.ts';
import { NoData } from '../host.ts';
import { linesOf, wordsOf } from '../fields.ts';
import { labelSet } from '../page-text.ts';

const QUEUES_PLACE = 4;

export const udpQueues: Collector = { name: 'udp_queues', isDefault: true, open };

function open({ network }: Host): Collect {
  return (page) => {
    const found = ['udp', 'udp6'].map((file) => network.optionalText(file));
    if (found.every((text) => text === undefined)) throw new NoData('/proc/net/udp');
    page.family(
      'node_udp_queues',
      'gauge',
      'Number of allocated memory in the kernel for UDP datagrams in bytes.',
    );
    for (const [i, text] of found.entries()) {
      if (text === undefined) continue;
      const { sent, received } = sum(text);
      const labels = (queue: string): string =>
        labelSet([
          ['ip', i === 0 ? 'v4' : 'v6'],
          ['queue', queue],
        ]);
      page.sample(labels('rx'), received);
      page.sample(labels('tx'), sent);
    }
  };
}

function sum(text: string): { sent: number; received: number } {
  let sent = 0;
  let received = 0;
  for (const line of linesOf(text).slice(1)) {
    const [out = '0', into = '0'] = (wordsOf(line)[QUEUES_PLACE] ?? '').split(':');
    sent += Number.parseInt(out, 16) || 0;
    received += Number.parseInt(into, 16) || 0;
  }
  return { sent, received };
}
