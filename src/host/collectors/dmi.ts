import type { Collect, Collector, Host } from '../host.ts';
import { NoData } from '../host.ts';
import { labelSet } from '../page-text.ts';

/** Files below class/dmi/id, and how their label is called where it is called otherwise. */
const FIELDS: readonly (readonly [file: string, label?: string])[] = [
  ['bios_date'],
  ['bios_release'],
  ['bios_vendor'],
  ['bios_version'],
  ['board_asset_tag'],
  ['board_name'],
  ['board_serial'],
  ['board_vendor'],
  ['board_version'],
  ['chassis_asset_tag'],
  ['chassis_serial'],
  ['chassis_vendor'],
  ['chassis_version'],
  ['product_family'],
  ['product_name'],
  ['product_serial'],
  ['product_sku'],
  ['product_uuid'],
  ['product_version'],
  ['sys_vendor', 'system_vendor'],
];

const HELP = `A metric with a constant '1' value labeled by ${FIELDS.map(([file, label]) => label ?? file).join(', ')} if provided by DMI.`;

export const dmi: Collector = { name: 'dmi', isDefault: true, open };

function open({ sys }: Host): Collect {
  // It does not change until the machine starts anew.
  let labels: string | undefined;
  return (page) => {
    labels ??= labelSet(
      FIELDS.flatMap(([file, label]) => {
        const value = sys.attribute(`class/dmi/id/${file}`);
        return value === undefined ? [] : [[label ?? file, value] as const];
      }),
    );
    if (labels === '') throw new NoData('DMI information');
    page.family('node_dmi_info', 'gauge', HELP);
    page.sample(labels, 1);
  };
}
