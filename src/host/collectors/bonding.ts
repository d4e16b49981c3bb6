import type { Collect, Collector, Host } from '../host.ts';
import { NoData } from '../host.ts';
import { wordsOf } from '../fields.ts';
import { oneLabel } from '../page-text.ts';

export const bonding: Collector = { name: 'bonding', isDefault: true, open };

function open({ sys }: Host): Collect {
  return (page) => {
    const names = sys.attribute('class/net/bonding_masters');
    if (names === undefined) throw new NoData('bonding');
    const masters = wordsOf(names).map((name) => {
      const folder = sys.below(`class/net/${name}`);
      const devices = wordsOf(folder.attribute('bonding/slaves') ?? '');
      const active = devices.filter((device) => {
        const state =
          folder.attribute(`lower_${device}/bonding_slave/mii_status`) ??
          folder.attribute(`slave_${device}/bonding_slave/mii_status`);
        return state === 'up';
      });
      return { labels: oneLabel('master', name), all: devices.length, active: active.length };
    });
    page.family('node_bonding_active', 'gauge', 'Number of active slaves per bonding interface.');
    for (const { labels, active } of masters) page.sample(labels, active);
    page.family(
      'node_bonding_slaves',
      'gauge',
      'Number of configured slaves per bonding interface.',
    );
    for (const { labels, all } of masters) page.sample(labels, all);
  };
}
