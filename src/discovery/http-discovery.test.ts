import { expect, it } from 'vitest';
import type { TargetGroup } from '#config';
import { FakeClock } from '../../test/fakes/clock.ts';
import {
  discoverySurroundings,
  fakeHttpClient,
  plainHttpClient,
} from '../../test/fakes/scrape-config.ts';
import { httpDiscovery } from './http-discovery.ts';

it('groups of a server with a password do not tell it', async () => {
  const clock = new FakeClock();
  const groups: TargetGroup[] = [];
  const asked: string[] = [];
  const stop = httpDiscovery(
    {
      kind: 'http',
      url: 'http://me:hunter2@h/list',
      refreshIntervalMs: 1000,
      httpClient: plainHttpClient,
    },
    discoverySurroundings({
      clock,
      openHttpClient: () =>
        fakeHttpClient(({ url }) => {
          asked.push(url);
          return { contentType: 'application/json', body: '[{"targets":["a:1"]}]' };
        }),
    }),
  ).run((found) => groups.push(...found));
  await clock.advance(0);
  stop();
  expect(asked).toEqual(['http://me:hunter2@h/list']);
  expect(groups).toMatchObject([{ targets: [['__address__', 'a:1']] }]);
  expect(JSON.stringify(groups)).not.toContain('hunter2');
});
