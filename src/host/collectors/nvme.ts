import type { Collect, Collector, Host } from '../host.ts';
import { NoData } from '../host.ts';
import { labelSet } from '../page-text.ts';

const FILES: readonly (readonly [label: string, file: string])[] = [
  ['firmware_revision', 'firmware_rev'],
  ['model', 'model'],
  ['serial', 'serial'],
  ['state', 'state'],
  ['cntlid', 'cntlid'],
];

export const nvme: Collector = { name: 'nvme', isDefault: true, open };

function open({ sys }: Host): Collect {
  return (page) => {
    const names = sys.names('class/nvme');
    if (names === undefined) throw new NoData('NVMe device');
    page.family(
      'node_nvme_info',
      'gauge',
      'Non-numeric data from /sys/class/nvme/<device>, value is always 1.',
    );
    for (const name of names) {
      const folder = sys.below(`class/nvme/${name}`);
      page.sample(
        labelSet([
          ['device', name],
          ...FILES.map(([label, file]) => [label, folder.attribute(file) ?? ''] as const),
        ]),
        1,
      );
    }
  };
}
