import type { Collect, Collector, Host } from '../host.ts';
import { NoData } from '../host.ts';
import { labelSet } from '../page-text.ts';

export const rapl: Collector = { name: 'rapl', isDefault: true, open };

function open({ sys }: Host): Collect {
  return (page) => {
    const folders = (sys.names('class/powercap') ?? []).filter((name) => name.includes('-rapl:'));
    const zones = folders.flatMap((folder) => {
      const path = `class/powercap/${folder}`;
      // Only root may read the counters: they tell of what others compute.
      const energy = sys.number(`${path}/energy_uj`);
      const written = sys.attribute(`${path}/name`);
      if (energy === undefined || written === undefined) return [];
      const [, name = written, index = '0'] = /^(.*)-(\d+)$/.exec(written) ?? [];
      return [{ name, index, path: sys.path(path), energy }];
    });
    if (zones.length === 0) throw new NoData('RAPL counter that may be read');
    const names = new Set(zones.map(({ name }) => name));
    for (const name of names) {
      page.family(
        `node_rapl_${name.replaceAll(/\W/g, '_')}_joules_total`,
        'counter',
        `Current RAPL ${name} value in joules`,
      );
      for (const [i, zone] of zones.filter((one) => one.name === name).entries()) {
        page.sample(
          labelSet([
            ['index', zone.index === '0' ? String(i) : zone.index],
            ['path', zone.path],
          ]),
          zone.energy / 1e6,
        );
      }
    }
  };
}
