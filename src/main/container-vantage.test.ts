import { expect, it } from 'vitest';
import { defaultGateway } from './container-vantage.ts';

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\n';

it.each([
  [`${HEAD}eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\n`, '172.17.0.1'],
  [`${HEAD}eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\n`, undefined],
  [HEAD, undefined],
  ['', undefined],
])('the host of a container is its way out: %j', (routes, expected) => {
  expect(defaultGateway(routes)).toBe(expected);
});
