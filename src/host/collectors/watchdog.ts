import type { Collect, Collector, Host } from '../host.ts';
import { NoData } from '../host.ts';
import { labelSet, oneLabel } from '../page-text.ts';

const NUMBERS: readonly (readonly [file: string, name: string])[] = [
  ['access_cs0', 'access_cs0'],
  ['bootstatus', 'bootstatus'],
  ['fw_version', 'fw_version'],
  ['nowayout', 'nowayout'],
  ['pretimeout', 'pretimeout_seconds'],
  ['timeleft', 'timeleft_seconds'],
  ['timeout', 'timeout_seconds'],
];
const INFO_FILES = ['options', 'identity', 'state', 'status', 'pretimeout_governor'];

export const watchdog: Collector = { name: 'watchdog', isDefault: true, open };

function open({ sys }: Host): Collect {
  return (page) => {
    const names = sys.names('class/watchdog');
    if (names === undefined) throw new NoData('/sys/class/watchdog');
    for (const [file, name] of NUMBERS) {
      page.family(
        `node_watchdog_${name}`,
        'gauge',
        `Value of /sys/class/watchdog/<watchdog>/${file}`,
      );
      for (const device of names) {
        const value = sys.number(`class/watchdog/${device}/${file}`);
        if (value !== undefined) page.sample(oneLabel('name', device), value);
      }
    }
    page.family('node_watchdog_info', 'gauge', 'Info of /sys/class/watchdog/<watchdog>');
    for (const device of names) {
      const pairs = INFO_FILES.map(
        (file) => [file, sys.attribute(`class/watchdog/${device}/${file}`) ?? ''] as const,
      );
      page.sample(labelSet([['name', device], ...pairs]), 1);
    }
  };
}
