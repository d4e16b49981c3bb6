import { expect, it } from 'vitest';
import type { TargetGroup } from '#config';
import { silentLog } from '#platform';
import { FakeClock } from '../../../test/fakes/clock.ts';
import {
  discoverySurroundings,
  fakeHttpClient,
  kubernetesConfig,
} from '../../../test/fakes/scrape-config.ts';
import { kubernetesDiscovery } from './kubernetes-discovery.ts';

const CONFIG = kubernetesConfig({ apiServer: 'http://api/base/' });

it('outside of a cluster, and without a way into one, there is no discovery', () => {
  const said: unknown[] = [];
  const log = { ...silentLog, error: (...line: unknown[]) => said.push(line) };
  const surroundings = discoverySurroundings({ log });
  expect(kubernetesDiscovery({ ...CONFIG, apiServer: '' }, surroundings)).toBeUndefined();
  expect(JSON.stringify(said)).toContain('KUBERNETES_SERVICE_HOST');
});

it.each([0, 1, 250])('%i pods are told at once, below the path of the server', async (count) => {
  const clock = new FakeClock();
  const asked: string[] = [];
  const items = Array.from({ length: count }, (_, i) => ({
    metadata: { name: `p${i}`, namespace: 'n' },
    spec: { containers: [{ name: 'c' }] },
    status: { podIP: `10.0.0.${i}` },
  }));
  const client = fakeHttpClient(({ url, headers }) => {
    asked.push(`${headers?.['User-Agent']} ${url.split('&')[0]}`);
    const isList = !url.includes('watch=1');
    return { body: isList ? JSON.stringify({ kind: 'PodList', metadata: {}, items }) : '' };
  });
  const told: (readonly TargetGroup[])[] = [];
  const surroundings = discoverySurroundings({ clock, openHttpClient: () => client });
  const stop = kubernetesDiscovery(CONFIG, surroundings)?.run((groups) => told.push(groups));
  await clock.advance(1);
  expect(told.map((groups) => groups.length)).toEqual([count]);
  expect(new Set(told[0]?.map(({ source }) => source)).size).toBe(count);
  expect(asked[0]).toBe('Narthex/test http://api/base/api/v1/pods?limit=250');
  stop?.();
  await clock.advance(60_000);
  expect(told).toHaveLength(1);
});
