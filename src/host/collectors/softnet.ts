import type { Collect, Collector, Host } from '../host.ts';
import { linesOf, wordsOf } from '../fields.ts';
import { oneLabel } from '../page-text.ts';
import type { FamilyType } from '../page-text.ts';

/** Places in a line of /proc/net/softnet_stat; newer kernels have more of them. */
const FIELDS: readonly (readonly [place: number, name: string, type: FamilyType, help: string])[] =
  [
    [11, 'backlog_len', 'gauge', 'Softnet backlog status'],
    [
      8,
      'cpu_collision_total',
      'counter',
      'Number of collision occur while obtaining device lock while transmitting',
    ],
    [1, 'dropped_total', 'counter', 'Number of dropped packets'],
    [10, 'flow_limit_count_total', 'counter', 'Number of times flow limit has been reached'],
    [0, 'processed_total', 'counter', 'Number of processed packets'],
    [9, 'received_rps_total', 'counter', 'Number of times cpu woken up received_rps'],
    [2, 'times_squeezed_total', 'counter', 'Number of times processing packets ran out of quota'],
  ];
const CPU_PLACE = 12;

export const softnet: Collector = { name: 'softnet', isDefault: true, open };

function open({ network }: Host): Collect {
  return (page) => {
    const rows = linesOf(network.text('softnet_stat')).map((line, number) => {
      const values = wordsOf(line).map((word) => Number.parseInt(word, 16));
      // Processors that are off have no line; older kernels do not say which one it is.
      return { values, labels: oneLabel('cpu', String(values[CPU_PLACE] ?? number)) };
    });
    for (const [place, name, type, help] of FIELDS) {
      page.family(`node_softnet_${name}`, type, help);
      for (const { values, labels } of rows) {
        const value = values[place];
        if (value !== undefined) page.sample(labels, value);
      }
    }
  };
}
