import type { Collect, Collector, Host } from '../host.ts';
import { linesOf, wordsOf } from '../fields.ts';
import { labelSet, oneLabel } from '../page-text.ts';
import type { FamilyType, PageText } from '../page-text.ts';

/** node_exporter's default of `--collector.diskstats.device-exclude`: partitions and what is no disk. */
const EXCLUDED = /^(?:(?:z?ram|loop|fd|(?:h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+)$/;

/** "Standard UNIX 512-byte sectors, not any device's" (Documentation/block/stat.rst). */
const SECTOR_BYTES = 512;
const SECONDS = 1 / 1000;

/** In the order of /proc/diskstats, behind the name; the last ones came with later kernels. */
const COLUMNS: readonly (readonly [name: string, type: FamilyType, per: number, help: string])[] = [
  ['reads_completed_total', 'counter', 1, 'The total number of reads completed successfully.'],
  ['reads_merged_total', 'counter', 1, 'The total number of reads merged.'],
  ['read_bytes_total', 'counter', SECTOR_BYTES, 'The total number of bytes read successfully.'],
  [
    'read_time_seconds_total',
    'counter',
    SECONDS,
    'The total number of seconds spent by all reads.',
  ],
  ['writes_completed_total', 'counter', 1, 'The total number of writes completed successfully.'],
  ['writes_merged_total', 'counter', 1, 'The number of writes merged.'],
  [
    'written_bytes_total',
    'counter',
    SECTOR_BYTES,
    'The total number of bytes written successfully.',
  ],
  [
    'write_time_seconds_total',
    'counter',
    SECONDS,
    'This is the total number of seconds spent by all writes.',
  ],
  ['io_now', 'gauge', 1, 'The number of I/Os currently in progress.'],
  ['io_time_seconds_total', 'counter', SECONDS, 'Total seconds spent doing I/Os.'],
  [
    'io_time_weighted_seconds_total',
    'counter',
    SECONDS,
    'The weighted # of seconds spent doing I/Os.',
  ],
  [
    'discards_completed_total',
    'counter',
    1,
    'The total number of discards completed successfully.',
  ],
  ['discards_merged_total', 'counter', 1, 'The total number of discards merged.'],
  ['discarded_sectors_total', 'counter', 1, 'The total number of sectors discarded successfully.'],
  [
    'discard_time_seconds_total',
    'counter',
    SECONDS,
    'This is the total number of seconds spent by all discards.',
  ],
  [
    'flush_requests_total',
    'counter',
    1,
    'The total number of flush requests completed successfully',
  ],
  [
    'flush_requests_time_seconds_total',
    'counter',
    SECONDS,
    'This is the total number of seconds spent by all flush requests.',
  ],
];
/** Major, minor and name stand before them. */
const FIRST_COLUMN = 3;

export const diskstats: Collector = { name: 'diskstats', isDefault: true, open };

interface DiskDevice {
  readonly name: string;
  readonly major: string;
  readonly minor: string;
  readonly labels: string;
  readonly words: readonly string[];
}

function open(host: Host): Collect {
  return (page) => {
    const devices = linesOf(host.proc.text('diskstats')).flatMap(parseDevice);
    for (const [column, [name, type, per, help]] of COLUMNS.entries()) {
      page.family(`node_disk_${name}`, type, help);
      for (const { words, labels } of devices) {
        const word = words[FIRST_COLUMN + column];
        if (word !== undefined) page.sample(labels, scaled(Number(word), per));
      }
    }
    writeInfo(host, page, devices);
  };
}

/** Divides where that is exact, as 0.001 is not. */
function scaled(value: number, per: number): number {
  return per < 1 ? value / (1 / per) : value * per;
}

function parseDevice(line: string): DiskDevice[] {
  const words = wordsOf(line);
  const [major = '', minor = '', name = ''] = words;
  if (name === '' || EXCLUDED.test(name)) return [];
  return [{ name, major, minor, labels: oneLabel('device', name), words }];
}

/** What udev knows of the device; the file's lines are `E:NAME=value`. */
type Properties = ReadonlyMap<string, string>;

function writeInfo(host: Host, page: PageText, devices: readonly DiskDevice[]): void {
  const known = devices.map((device) => ({ device, udev: readUdev(host, device) }));
  page.family('node_disk_info', 'gauge', 'Info of /sys/block/<block_device>.');
  for (const { device, udev } of known) {
    const of = (name: string): string => udev.get(name) ?? '';
    const serial = of('SCSI_IDENT_SERIAL') || of('ID_SERIAL_SHORT') || of('ID_SERIAL');
    page.sample(
      labelSet([
        ['device', device.name],
        ['major', device.major],
        ['minor', device.minor],
        ['path', of('ID_PATH')],
        ['wwn', of('ID_WWN')],
        ['model', of('ID_MODEL')],
        ['serial', serial],
        ['revision', of('ID_REVISION')],
        ['rotational', rotational(host, device.name)],
      ]),
      1,
    );
  }
  page.family('node_disk_filesystem_info', 'gauge', 'Info about disk filesystem.');
  for (const { device, udev } of known) {
    if ((udev.get('ID_FS_TYPE') ?? '') === '') continue;
    page.sample(
      udevLabels(device, udev, [
        ['type', 'ID_FS_TYPE'],
        ['usage', 'ID_FS_USAGE'],
        ['uuid', 'ID_FS_UUID'],
        ['version', 'ID_FS_VERSION'],
      ]),
      1,
    );
  }
  page.family('node_disk_device_mapper_info', 'gauge', 'Info about disk device mapper.');
  for (const { device, udev } of known) {
    if ((udev.get('DM_NAME') ?? '') === '') continue;
    page.sample(
      udevLabels(device, udev, [
        ['name', 'DM_NAME'],
        ['uuid', 'DM_UUID'],
        ['vg_name', 'DM_VG_NAME'],
        ['lv_name', 'DM_LV_NAME'],
        ['lv_layer', 'DM_LV_LAYER'],
      ]),
      1,
    );
  }
}

function udevLabels(
  device: DiskDevice,
  udev: Properties,
  names: readonly (readonly [label: string, property: string])[],
): string {
  return labelSet([
    ['device', device.name],
    ...names.map(([label, property]) => [label, udev.get(property) ?? ''] as const),
  ]);
}

/** `1` for disks that turn. Partitions and what else has no queue count as those that do not. */
function rotational({ sys }: Host, device: string): string {
  return sys.attribute(`block/${device.replaceAll('/', '!')}/queue/rotational`) ?? '0';
}

function readUdev({ root }: Host, { major, minor }: DiskDevice): Properties {
  const text = root.attribute(`run/udev/data/b${major}:${minor}`) ?? '';
  return new Map(
    linesOf(text).flatMap((line) => {
      const equals = line.indexOf('=');
      if (!line.startsWith('E:') || equals < 0) return [];
      return [[line.slice(2, equals), line.slice(equals + 1)] as const];
    }),
  );
}
