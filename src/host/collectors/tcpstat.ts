import type { Collect, Collector, Host } from '../host.ts';
import { linesOf, wordsOf } from '../fields.ts';
import { oneLabel } from '../page-text.ts';

/** By the number that /proc/net/tcp has for them, from 1. */
const STATES = [
  'established',
  'syn_sent',
  'syn_recv',
  'fin_wait1',
  'fin_wait2',
  'time_wait',
  'close',
  'close_wait',
  'last_ack',
  'listen',
  'closing',
];
const STATE_PLACE = 3;
const QUEUES_PLACE = 4;

/** Reads a line for each connection, which is why it is off. */
export const tcpstat: Collector = { name: 'tcpstat', isDefault: false, open };

function open({ network }: Host): Collect {
  return (page) => {
    const counts = new Map<string, number>();
    const add = (state: string, number: number): void => {
      counts.set(state, (counts.get(state) ?? 0) + number);
    };
    const text = `${network.text('tcp')}${network.optionalText('tcp6') ?? ''}`;
    for (const line of linesOf(text)) {
      const words = wordsOf(line);
      const [sent = '', received = ''] = (words[QUEUES_PLACE] ?? '').split(':');
      // The two headers have words there.
      if (received === '' || words[0] === 'sl') continue;
      add('tx_queued_bytes', Number.parseInt(sent, 16));
      add('rx_queued_bytes', Number.parseInt(received, 16));
      add(STATES[Number.parseInt(words[STATE_PLACE] ?? '', 16) - 1] ?? 'unknown', 1);
    }
    page.family('node_tcp_connection_states', 'gauge', 'Number of connection states.');
    for (const [state, number] of counts) page.sample(oneLabel('state', state), number);
  };
}
