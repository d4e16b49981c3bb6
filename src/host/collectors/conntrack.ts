import type { Collect, Collector, Host } from '../host.ts';
import { NoData } from '../host.ts';
import { linesOf, wordsOf } from '../fields.ts';

const FIELDS: readonly (readonly [name: string, help: string])[] = [
  ['drop', 'Number of packets dropped due to conntrack failure.'],
  [
    'early_drop',
    'Number of dropped conntrack entries to make room for new ones, if maximum table size was reached.',
  ],
  ['found', 'Number of searched entries which were successful.'],
  ['ignore', 'Number of packets seen which are already connected to a conntrack entry.'],
  ['insert', 'Number of entries inserted into the list.'],
  ['insert_failed', 'Number of entries for which list insertion was attempted but failed.'],
  ['invalid', 'Number of packets seen which can not be tracked.'],
  [
    'search_restart',
    'Number of conntrack table lookups which had to be restarted due to hashtable resizes.',
  ],
];

export const conntrack: Collector = { name: 'conntrack', isDefault: true, open };

function open({ proc, network }: Host): Collect {
  return (page) => {
    const entries = proc.number('sys/net/netfilter/nf_conntrack_count');
    const limit = proc.number('sys/net/netfilter/nf_conntrack_max');
    if (entries === undefined || limit === undefined) throw new NoData('connection tracking');
    page.gauge(
      'node_nf_conntrack_entries',
      'Number of currently allocated flow entries for connection tracking.',
      entries,
    );
    page.gauge(
      'node_nf_conntrack_entries_limit',
      'Maximum size of connection tracking table.',
      limit,
    );
    const sums = sumColumns(network.text('stat/nf_conntrack'));
    for (const [name, help] of FIELDS) {
      page.gauge(`node_nf_conntrack_stat_${name}`, help, sums.get(name) ?? 0);
    }
  };
}

/** A line for each processor, in hexadecimal, below their names. */
function sumColumns(text: string): ReadonlyMap<string, number> {
  const [header = '', ...lines] = linesOf(text);
  const rows = lines.map((line) => wordsOf(line).map((word) => Number.parseInt(word, 16)));
  return new Map(
    wordsOf(header).map((name, column) => [
      name,
      rows.reduce((sum, row) => sum + (row[column] ?? 0), 0),
    ]),
  );
}
