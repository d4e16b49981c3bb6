import { describe, expect, it } from 'vitest';
import { HttpClientError } from '#platform';
import { FakeClock } from '../../../test/fakes/clock.ts';
import { ApiError } from './api-client.ts';
import type { ApiClient, ListPage, WatchEvent } from './api-client.ts';
import type { Json } from './read-objects.ts';
import { readMeta } from './read-objects.ts';
import { watchResource } from './resource-watch.ts';

const object = (name: string, version: string): Json => ({
  metadata: { name, resourceVersion: version },
});
const page = (names: readonly string[], resourceVersion: string, next = ''): ListPage => ({
  items: names.map((name) => object(name, '0')),
  resourceVersion,
  next,
});
const event = (type: string, name: string, version: string): WatchEvent => ({
  type,
  object: object(name, version),
});
const GONE = new ApiError('too old resource version', 410, true);
const BROKEN = new HttpClientError('body', 'unexpected EOF');
const FORBIDDEN = new ApiError('pods is forbidden', 403, false);
const TOO_LARGE = new HttpClientError('body-size-limit', 'body size limit exceeded');

/** What a watch brings before it ends, or fails; `lastingMs` it stays open. */
interface Watched {
  readonly events?: readonly WatchEvent[];
  readonly error?: Error;
  readonly lastingMs?: number;
}

/** Runs against answers in order; what is asked and what comes of it is told line by line. */
async function run(
  lists: readonly (ListPage | Error)[],
  watches: readonly Watched[],
  durationMs = 60_000,
): Promise<{ readonly told: readonly string[]; readonly names: readonly string[] }> {
  const clock = new FakeClock();
  const told: string[] = [];
  const names = new Set<string>();
  const restLists = [...lists];
  const restWatches = [...watches];
  const aborter = new AbortController();
  const client: ApiClient = {
    list: async ({ next, limit }) => {
      const answer = restLists.shift();
      told.push(`list${next === '' ? '' : ` ${next}`}${limit === 250 ? '' : ` of ${limit}`}`);
      if (answer === undefined) return page([...names], 'end');
      if (answer instanceof Error) throw answer;
      return answer;
    },
    watch: async ({ resourceVersion, onEvent, signal }) => {
      told.push(`watch ${resourceVersion}`);
      const { events = [], error, lastingMs = 5000 } = restWatches.shift() ?? { lastingMs: 1e9 };
      for (const one of events) onEvent(one);
      await new Promise<void>((resolve) => {
        clock.setTimer(lastingMs, resolve);
        signal.addEventListener('abort', () => resolve());
      });
      if (error !== undefined) throw error;
    },
    close: () => {},
  };
  const done = watchResource(
    {
      client,
      clock,
      path: '/p',
      selector: { label: '', field: '' },
      random: () => 0,
      onFailure: (error) => told.push(`failed: ${(error as Error).message}`),
      sink: {
        put: (one) => {
          const { key } = readMeta(one);
          names.add(key);
          return key;
        },
        remove: (one) => names.delete(readMeta(one).key),
        keepOnly: (keys) => {
          for (const name of names) if (!keys.has(name)) names.delete(name);
        },
      },
    },
    aborter.signal,
  );
  await clock.advance(durationMs);
  aborter.abort();
  await clock.advance(60_000);
  await done;
  expect(clock.pendingCount).toBeLessThanOrEqual(1);
  return { told, names: [...names] };
}

describe('a resource is listed and then watched', () => {
  it('from the version of the list, and on from that of the last event or bookmark', async () => {
    const events = [
      event('ADDED', 'b', '12'),
      event('DELETED', 'a', '13'),
      event('BOOKMARK', '', '20'),
    ];
    const { told, names } = await run([page(['a'], '10')], [{ events }]);
    expect(told).toEqual(['list', 'watch 10', 'watch 20']);
    expect(names).toEqual(['b']);
  });

  it('page by page, smaller where they do not fit', async () => {
    const lists = [page(['a'], '1', 'x'), TOO_LARGE, page(['b'], '2', 'y'), page(['c'], '3')];
    const { told, names } = await run(lists, []);
    expect(told).toEqual(['list', 'list x', 'list x of 63', 'list y of 63', 'watch 3']);
    expect(names).toEqual(['a', 'b', 'c']);
  });

  it('anew where the version is forgotten, which takes away what went meanwhile', async () => {
    const lists = [page(['a', 'b'], '10'), page(['b', 'c'], '90')];
    const { told, names } = await run(lists, [{ error: GONE }]);
    expect(told).toEqual(['list', 'watch 10', 'list', 'watch 90']);
    expect(names).toEqual(['b', 'c']);
  });

  it('on from where it broke off, after a while', async () => {
    const events = [event('MODIFIED', 'a', '11')];
    const { told } = await run([page(['a'], '10')], [{ events, error: BROKEN }, { error: BROKEN }]);
    expect(told).toEqual([
      'list',
      'watch 10',
      'failed: unexpected EOF',
      'watch 11',
      'failed: unexpected EOF',
      'watch 11',
    ]);
  });

  it('with ever longer waits while the server refuses, and told each time', async () => {
    const { told } = await run([FORBIDDEN, FORBIDDEN, FORBIDDEN, FORBIDDEN], [], 6000);
    // After 0.8, 1.6 and 3.2 seconds.
    expect(told).toEqual(
      Array.from({ length: 4 }, () => ['list', 'failed: pods is forbidden']).flat(),
    );
  });

  it('from the beginning where a list is forgotten while its pages are read', async () => {
    const { told, names } = await run([page(['a'], '1', 'x'), GONE, page(['b'], '2')], []);
    expect(told).toEqual(['list', 'list x', 'list', 'watch 2']);
    expect(names).toEqual(['b']);
  });

  it('from a new list where an event is too large', async () => {
    const { told } = await run([page([], '1')], [{ error: TOO_LARGE }]);
    const failure = 'failed: body size limit exceeded';
    expect(told).toEqual(['list', 'watch 1', failure, 'list', 'watch end']);
  });

  it('from a new list where a watch is refused', async () => {
    const { told } = await run([page([], '1')], [{ error: FORBIDDEN }]);
    expect(told).toEqual(['list', 'watch 1', 'failed: pods is forbidden', 'list', 'watch end']);
  });

  it('with a pause where watches end at once', async () => {
    const { told } = await run([page([], '1')], [{ lastingMs: 0 }], 1000);
    expect(told).toEqual([
      'list',
      'watch 1',
      'failed: cannot watch: the server ended it at once',
      'list',
      'watch end',
    ]);
  });

  it('and a list that cannot be is tried at the smallest page, too', async () => {
    const errors = Array.from({ length: 6 }, () => TOO_LARGE);
    const { told } = await run(errors, [], 500);
    expect(told).toEqual([
      'list',
      'list of 63',
      'list of 16',
      'list of 4',
      'list of 1',
      'failed: body size limit exceeded',
    ]);
  });
});

it('a list without end is given up', async () => {
  const aborter = new AbortController();
  const failure = await new Promise<unknown>((resolve) => {
    const client: ApiClient = {
      list: () => Promise.resolve(page([], '1', 'more')),
      watch: () => Promise.reject(new Error('no watch')),
      close: () => {},
    };
    const sink = { put: () => '', remove: () => {}, keepOnly: () => {} };
    const clock = new FakeClock();
    const common = { client, clock, path: '/p', selector: { label: '', field: '' }, sink };
    void watchResource({ ...common, onFailure: resolve }, aborter.signal);
  });
  aborter.abort();
  expect(failure).toMatchObject({ message: 'cannot read a list: it has no end' });
});
