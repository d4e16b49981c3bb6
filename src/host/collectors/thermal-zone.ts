import type { Collect, Collector, Host } from '../host.ts';
import { labelSet } from '../page-text.ts';

export const thermalZone: Collector = { name: 'thermal_zone', isDefault: true, open };

function open({ sys }: Host): Collect {
  return async (page) => {
    const names = sys.names('class/thermal') ?? [];
    const ofKind = (kind: string): Promise<Entry[]> =>
      Promise.all(
        names
          .filter((name) => name.startsWith(kind))
          .map(async (name) => ({
            number: name.slice(kind.length),
            type: (await sys.attributeLater(`class/thermal/${name}/type`)) ?? '',
            read: (file) => sys.numberLater(`class/thermal/${name}/${file}`),
          })),
      );
    const write = async (
      entries: readonly Entry[],
      label: string,
      value: (entry: Entry) => Promise<number | undefined>,
    ): Promise<void> => {
      for (const entry of entries) {
        const found = await value(entry);
        // Zones that are off, and some firmware, answer with an error.
        if (found === undefined) continue;
        page.sample(
          labelSet([
            [label, entry.number],
            ['type', entry.type],
          ]),
          found,
        );
      }
    };
    const cooling = await ofKind('cooling_device');
    page.family(
      'node_cooling_device_cur_state',
      'gauge',
      'Current throttle state of the cooling device',
    );
    await write(cooling, 'name', ({ read }) => read('cur_state'));
    page.family(
      'node_cooling_device_max_state',
      'gauge',
      'Maximum throttle state of the cooling device',
    );
    await write(cooling, 'name', ({ read }) => read('max_state'));
    page.family('node_thermal_zone_temp', 'gauge', 'Zone temperature in Celsius');
    await write(await ofKind('thermal_zone'), 'zone', async ({ read }) => {
      const thousandths = await read('temp');
      return thousandths === undefined ? undefined : thousandths / 1000;
    });
  };
}

interface Entry {
  readonly number: string;
  readonly type: string;
  readonly read: (file: string) => Promise<number | undefined>;
}
