import type { Collect, Collector, Host } from '../host.ts';
import { linesOf, numberFrom, wordsOf } from '../fields.ts';
import type { PageText } from '../page-text.ts';

export const sockstat: Collector = { name: 'sockstat', isDefault: true, open };

function open({ network, pageBytes }: Host): Collect {
  return (page) => {
    for (const file of ['sockstat', 'sockstat6']) {
      // One of the two protocols may be switched off.
      for (const line of linesOf(network.optionalText(file) ?? '')) {
        writeLine(page, wordsOf(line), pageBytes);
      }
    }
  };
}

/** `TCP: inuse 9 orphan 0 tw 0 alloc 9 mem 413`, memory in pages. */
function writeLine(page: PageText, words: readonly string[], pageBytes: number): void {
  const protocol = (words[0] ?? '').replace(':', '');
  for (let at = 1; at + 1 < words.length; at += 2) {
    const state = words[at] ?? '';
    const value = numberFrom(words[at + 1], '/proc/net/sockstat');
    if (protocol === 'sockets') {
      page.gauge('node_sockstat_sockets_used', 'Number of IPv4 sockets in use.', value);
      continue;
    }
    writeState(page, protocol, state, value);
    if (state === 'mem') writeState(page, protocol, 'mem_bytes', value * pageBytes);
  }
}

function writeState(page: PageText, protocol: string, state: string, value: number): void {
  page.gauge(
    `node_sockstat_${protocol}_${state}`,
    `Number of ${protocol} sockets in state ${state}.`,
    value,
  );
}
