import type { Collect, Collector, Host } from '../host.ts';
import { linesOf, numberFrom, wordsOf } from '../fields.ts';
import type { PageText } from '../page-text.ts';

/** node_exporter's default of `--collector.netstat.fields`. */
const FIELD =
  /^(?:.*_(?:InErrors|InErrs)|Ip_Forwarding|Ip(?:6|Ext)_(?:InOctets|OutOctets)|Icmp6?_(?:InMsgs|OutMsgs)|TcpExt_(?:Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue|TCPRcvQDrop)|Tcp_(?:ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab)|Udp6?_(?:InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$/;

export const netstat: Collector = { name: 'netstat', isDefault: true, open };

/** Which columns of a line are on the page; the line of names says so once. */
interface Columns {
  readonly header: string;
  readonly wanted: readonly { readonly column: number; readonly field: string }[];
}

function open({ network }: Host): Collect {
  const known = new Map<string, Columns>();
  return (page) => {
    writePairs(page, network.text('netstat'), known);
    writePairs(page, network.text('snmp'), known);
    // Without IPv6 there is no such file.
    writeSnmp6(page, network.optionalText('snmp6') ?? '');
  };
}

/** A line of names and a line of numbers by turns, both behind the protocol: `Tcp: ActiveOpens ...`. */
function writePairs(page: PageText, text: string, known: Map<string, Columns>): void {
  const lines = linesOf(text);
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const header = lines[at] ?? '';
    const protocol = header.slice(0, header.indexOf(':'));
    let columns = known.get(protocol);
    if (columns?.header !== header) {
      columns = chooseColumns(protocol, header);
      known.set(protocol, columns);
    }
    if (columns.wanted.length === 0) continue;
    const values = (lines[at + 1] ?? '').split(' ');
    for (const { column, field } of columns.wanted) writeField(page, field, values[column]);
  }
}

function chooseColumns(protocol: string, header: string): Columns {
  const names = header.split(' ').map((name) => `${protocol}_${name}`);
  const wanted = names.flatMap((field, column) =>
    column > 0 && FIELD.test(field) ? [{ column, field }] : [],
  );
  return { header, wanted };
}

/** `Ip6InReceives 9`: the protocol ends with the 6. */
function writeSnmp6(page: PageText, text: string): void {
  for (const line of linesOf(text)) {
    const [name = '', value] = wordsOf(line);
    const protocolEnd = name.indexOf('6') + 1;
    if (protocolEnd === 0) continue;
    const field = `${name.slice(0, protocolEnd)}_${name.slice(protocolEnd)}`;
    if (FIELD.test(field)) writeField(page, field, value);
  }
}

function writeField(page: PageText, field: string, value: string | undefined): void {
  page.family(`node_netstat_${field}`, 'untyped', `Statistic ${field.replace('_', '')}.`);
  page.sample('', numberFrom(value, `${field} in /proc/net`));
}
