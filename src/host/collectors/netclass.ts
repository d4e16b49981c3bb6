import type { Collect, Collector, Host } from '../host.ts';
import { NoData } from '../host.ts';
import { HostTree, numberOf } from '../host-tree.ts';
import { labelSet, oneLabel } from '../page-text.ts';
import type { FamilyType, PageText } from '../page-text.ts';

/** Read for each page; what else changes with the link changes these, too. */
const CHANGING_FILES = ['carrier_changes', 'flags', 'operstate'] as const;

/** What hardly ever changes is read anew where the link changed, and once a minute. */
const STEADY_FILES = [
  'addr_assign_type',
  'address',
  'broadcast',
  'carrier',
  'carrier_down_count',
  'carrier_up_count',
  'dev_id',
  'dormant',
  'duplex',
  'ifalias',
  'ifindex',
  'iflink',
  'link_mode',
  'mtu',
  'name_assign_type',
  'netdev_group',
  'speed',
  'tx_queue_len',
  'type',
] as const;
const STEADY_MS = 60_000;

const FIELDS: readonly (readonly [name: string, file: FileName, type?: FamilyType])[] = [
  ['address_assign_type', 'addr_assign_type'],
  ['carrier', 'carrier'],
  ['carrier_changes_total', 'carrier_changes', 'counter'],
  ['carrier_down_changes_total', 'carrier_down_count', 'counter'],
  ['carrier_up_changes_total', 'carrier_up_count', 'counter'],
  ['device_id', 'dev_id'],
  ['dormant', 'dormant'],
  ['flags', 'flags'],
  ['iface_id', 'ifindex'],
  ['iface_link', 'iflink'],
  ['iface_link_mode', 'link_mode'],
  ['mtu_bytes', 'mtu'],
  ['name_assign_type', 'name_assign_type'],
  ['net_dev_group', 'netdev_group'],
  ['protocol_type', 'type'],
  ['speed_bytes', 'speed'],
  ['transmit_queue_length', 'tx_queue_len'],
];

const INTERFACE_UP = 1;
const BYTES_PER_MEGABIT = 1e6 / 8;

type FileName = (typeof CHANGING_FILES)[number] | (typeof STEADY_FILES)[number];

interface Device {
  readonly labels: string;
  readonly name: string;
  readonly values: Map<FileName, string | undefined>;
  readMs: number;
}

export const netclass: Collector = { name: 'netclass', isDefault: true, open };

function open(host: Host): Collect {
  let known = new Map<string, Device>();
  return (page) => {
    const names = host.sys.names('class/net');
    if (names === undefined) throw new NoData('/sys/class/net');
    const devices = new Map<string, Device>();
    for (const name of names) {
      const device = known.get(name) ?? createDevice(name);
      // Files such as bonding_masters stand beside the devices.
      if (read(host, device)) devices.set(name, device);
    }
    known = devices;
    write(page, [...devices.values()]);
  };
}

function createDevice(name: string): Device {
  return { name, labels: oneLabel('device', name), values: new Map(), readMs: -Infinity };
}

function read({ sys, clock }: Host, device: Device): boolean {
  const folder = sys.below(`class/net/${device.name}`);
  const before = linkState(device);
  readFiles(folder, CHANGING_FILES, device);
  if (device.values.get('operstate') === undefined) return false;
  const nowMs = clock.monotonicMs();
  if (linkState(device) !== before || nowMs - device.readMs >= STEADY_MS) {
    readFiles(folder, STEADY_FILES, device);
    device.readMs = nowMs;
  }
  return true;
}

function linkState({ values }: Device): string {
  return `${values.get('operstate')} ${values.get('carrier_changes')} ${values.get('flags')}`;
}

function readFiles(folder: HostTree, files: readonly FileName[], { values }: Device): void {
  for (const file of files) values.set(file, folder.attribute(file));
}

function write(page: PageText, devices: readonly Device[]): void {
  for (const [name, file, type = 'gauge'] of FIELDS) {
    page.family(`node_network_${name}`, type, `Network device property: ${name}`);
    for (const { values, labels } of devices) {
      const value = numberOf(values.get(file));
      if (value === undefined) continue;
      page.sample(labels, file === 'speed' ? value * BYTES_PER_MEGABIT : value);
    }
  }
  page.family(
    'node_network_info',
    'gauge',
    'Non-numeric data from /sys/class/net/<iface>, value is always 1.',
  );
  for (const device of devices) page.sample(infoLabels(device), 1);
  page.family('node_network_up', 'gauge', "Value is 1 if operstate is 'up', 0 otherwise.");
  for (const { values, labels } of devices) {
    page.sample(labels, values.get('operstate') === 'up' ? 1 : 0);
  }
}

function infoLabels({ name, values }: Device): string {
  const of = (file: FileName): string => values.get(file) ?? '';
  const flags = numberOf(values.get('flags'));
  const state = flags === undefined ? 'unknown' : (flags & INTERFACE_UP) === 0 ? 'down' : 'up';
  return labelSet([
    ['device', name],
    ['address', of('address')],
    ['broadcast', of('broadcast')],
    ['duplex', of('duplex')],
    ['operstate', of('operstate')],
    ['adminstate', state],
    ['ifalias', of('ifalias')],
  ]);
}
