import { errorText, HttpClientError } from '#platform';
import type { HttpRequest } from '#platform';
import { describe, expect, it } from 'vitest';
import { fakeHttpClient } from '../../test/fakes/scrape-config.ts';
import type { Answer } from '../../test/fakes/scrape-config.ts';
import { CONTAINERS_MAX, engineProduct, openDockerEngine, versionPrefix } from './docker-engine.ts';
import { DockerError } from './docker-error.ts';
import type { DockerEngine, EngineEvent } from './engine.ts';

type Answers = Readonly<Record<string, Answer | Error>>;

const VERSION = { body: '{"Version":"20.10.24","ApiVersion":"1.41","MinAPIVersion":"1.12"}' };

/** An engine that answers by path; others are not found. */
function open(answers: Answers, address = 'unix:///run/docker.sock'): [DockerEngine, string[]] {
  const asked: string[] = [];
  const engine = openDockerEngine({
    address,
    userAgent: 'Narthex/test',
    openHttpClient: () =>
      fakeHttpClient(({ url }: Pick<HttpRequest, 'url'>) => {
        const { pathname, search } = new URL(url);
        asked.push(pathname + decodeURIComponent(search));
        const path = pathname.replace(/^\/v[\d.]+/, '');
        return (
          { '/version': VERSION, ...answers }[path] ?? { status: 404, statusText: '404 Not Found' }
        );
      }),
  });
  return [engine, asked];
}

async function errorOf(answer: Promise<unknown>): Promise<DockerError> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof DockerError) return error;
    throw error;
  }
  throw new Error('no error');
}

const refused = (code: string): Error =>
  new HttpClientError('connect', 'Get "x": dial unix', {
    cause: Object.assign(new Error(), { code }),
  });

describe('the version of the API', () => {
  it.each([
    [{ ApiVersion: '1.41', MinAPIVersion: '1.12' }, '/v1.41'],
    [{ ApiVersion: '1.52', MinAPIVersion: '1.44' }, '/v1.52'],
    [{ ApiVersion: '1.60', MinAPIVersion: '1.44' }, '/v1.52'],
    [{ ApiVersion: '1.60', MinAPIVersion: '1.55' }, '/v1.60'],
    [{ ApiVersion: '1.9' }, '/v1.9'],
    [{ ApiVersion: '../x' }, ''],
    [{}, ''],
  ])('that suits %j is %j', (version, prefix) => {
    expect(versionPrefix(version)).toBe(prefix);
  });

  it('is asked once', async () => {
    const [engine, asked] = open({ '/networks': { body: '[]' } });
    await Promise.all([engine.networks(), engine.networks()]);
    expect(asked).toEqual(['/version', '/v1.41/networks', '/v1.41/networks']);
  });

  it('is left to the engine where a proxy keeps it to itself', async () => {
    const status = { status: 403, statusText: '403 Forbidden' };
    const [engine, asked] = open({ '/version': status, '/networks': { body: '[]' } });
    await engine.networks();
    expect(asked).toEqual(['/version', '/networks']);
  });

  it('is asked again where another engine may be there', async () => {
    const [engine, asked] = open({ '/info': refused('ECONNREFUSED'), '/nodes': { status: 403 } });
    await errorOf(engine.nodes());
    await errorOf(engine.info());
    await errorOf(engine.info());
    expect(asked.filter((path) => path === '/version')).toHaveLength(2);
  });
});

describe('what is asked', () => {
  it('has filters and limits as the API wants them', async () => {
    const body = '[{"Id":"a"}]';
    const [engine, asked] = open({
      '/containers/json': { body },
      '/containers/ab/logs': { body: '' },
    });
    await engine.containers({ all: true, filters: { label: ['a=b'] } });
    await engine.containers({ all: false });
    await engine.logs('ab', { tail: 1e9, sinceMs: 1500 });
    expect(asked.slice(1)).toEqual([
      '/v1.41/containers/json?all=true&filters={"label":["a=b"]}',
      '/v1.41/containers/json',
      '/v1.41/containers/ab/logs?stdout=true&stderr=true&timestamps=true&tail=10000&since=1.500',
    ]);
  });

  it('is counted, and not sent where the list does not have it', async () => {
    const [engine, asked] = open({ '/containers/ab/json': { body: '{"Id":"ab"}' } });
    await engine.container('ab');
    expect((await errorOf(engine.container('../ab'))).code).toBe('not-allowed');
    await errorOf(engine.nodes());
    expect(asked).toHaveLength(3);
    const used = engine.calls().filter(({ calls }) => calls > 0);
    expect(used.map(({ path, calls, failures }) => [path, calls, failures])).toEqual([
      ['/version', 1, 0],
      ['/containers/{id}/json', 1, 0],
      ['/nodes', 1, 0],
    ]);
  });
});

it('logs that take their time hold up nobody else', async () => {
  const client = fakeHttpClient(({ url }) =>
    new URL(url).pathname === '/version' ? VERSION : { body: '[]' },
  );
  const open = openDockerEngine({
    address: 'unix:///run/docker.sock',
    userAgent: 'Narthex/test',
    openHttpClient: () => ({
      fetch: (request) => client.fetch(request),
      stream: () => new Promise(() => undefined),
      close: () => {},
    }),
  });
  for (let i = 0; i < 20; i++) void open.logs('ab', { tail: 1 });
  expect(await open.networks()).toEqual([]);
});

describe('an answer', () => {
  it('that is not there is nothing', async () => {
    const [engine] = open({
      '/containers/old/stats': { body: '{"read":"0001-01-01T00:00:00Z"}' },
      '/containers/ab/stats': { body: '{"read":"2026-01-01T00:00:00Z"}' },
    });
    expect(await engine.container('ab')).toBeUndefined();
    expect(await engine.stats('none')).toBeUndefined();
    expect(await engine.stats('old')).toBeUndefined();
    expect(await engine.stats('ab')).toEqual({ read: '2026-01-01T00:00:00Z' });
    expect((await errorOf(engine.logs('none', { tail: 1 }))).code).toBe('not-found');
  });

  it.each([['{}'], ['[{"id":1}]'], ['[null]'], ['<html>'], ['']])('%j is no list', async (body) => {
    const [engine] = open({ '/networks': { body } });
    expect((await errorOf(engine.networks())).code).toBe('answer');
    expect(engine.calls().find(({ path }) => path === '/networks')?.failures).toBe(1);
  });

  it('of too many containers is refused', async () => {
    const body = `[${Array.from({ length: CONTAINERS_MAX + 1 }, () => '{"Id":"a"}').join()}]`;
    const [engine] = open({ '/containers/json': { body } });
    expect((await errorOf(engine.containers({ all: true }))).code).toBe('limit');
    expect(engine.calls().find(({ path }) => path === '/containers/json')?.failures).toBe(1);
  });
});

describe('an error', () => {
  it.each([
    [refused('EACCES'), 'permission-denied', /permission denied.*--group-add/],
    [refused('ENOENT'), 'no-engine', /nothing listens there/],
    [new HttpClientError('timeout', 'x'), 'timeout', /no answer in time/],
    [
      new HttpClientError('credentials', 'unable to load specified CA cert /ca.pem', {
        cause: Object.assign(new Error('no such file'), { code: 'ENOENT' }),
      }),
      'connect',
      /: unable to load specified CA cert \/ca.pem$/,
    ],
    [new HttpClientError('body-size-limit', 'x'), 'limit', /too large/],
    [
      { status: 403, statusText: '403 Forbidden', body: '<html>' },
      'forbidden',
      /GET \/services is refused \(403 Forbidden\).*SERVICES=1/,
    ],
    [
      { status: 503, statusText: '503', body: '{"message":"This node is not a swarm manager."}' },
      'no-manager',
      /not a swarm manager/,
    ],
    [{ status: 500, statusText: '500', body: '{"message":"oops"}' }, 'status', /: oops$/],
    [{ status: 500, statusText: '500 Oops', body: '' }, 'status', /: 500 Oops$/],
  ])('%s is %s', async (answer, code, message) => {
    const [engine] = open({ '/services': answer });
    const error = await errorOf(engine.services());
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(errorText(error)).toBe(error.message);
    expect(engine.calls().find(({ path }) => path === '/services')?.failures).toBe(1);
  });

  it('of one path leaves the others', async () => {
    const [engine] = open({
      '/networks': { status: 403, statusText: '403 Forbidden' },
      '/containers/json': { body: '[]' },
    });
    expect((await errorOf(engine.networks())).code).toBe('forbidden');
    expect(await engine.containers({ all: true })).toEqual([]);
  });

  it('does not show credentials', async () => {
    const [engine] = open({ '/info': refused('EPIPE') }, 'https://me:secret@host');
    expect((await errorOf(engine.info())).message).not.toContain('secret');
  });
});

describe('events', () => {
  it('come as they are told, odd lines left out and counted', async () => {
    const lines = [
      '{"Type":"container","Action":"die","Actor":{"ID":"a","Attributes":{"exitCode":"1"}},"time":7,"timeNano":7123456789}',
      'what?',
      `{"Type":"${'x'.repeat(2 ** 20)}"}`,
      '{"Type":"container","Action":"health_status","Actor":{"ID":"b","Attributes":{"health_status":"unhealthy"}},"time":8}',
    ];
    const [engine, asked] = open({ '/events': { body: lines.join('\n') } });
    const events: EngineEvent[] = [];
    let opened = 0;
    const query = {
      sinceMs: 1000,
      filters: { type: ['container'] },
      onOpen: () => opened++,
      onEvent: (event: EngineEvent) => events.push(event),
    };
    await engine.events(query, new AbortController().signal);
    expect(asked[1]).toBe('/v1.41/events?since=1.000&filters={"type":["container"]}');
    expect(opened).toBe(1);
    expect(events).toEqual([
      {
        type: 'container',
        action: 'die',
        actor: { id: 'a', attributes: { exitCode: '1' } },
        timeMs: 7123,
      },
      {
        type: 'container',
        action: 'health_status: unhealthy',
        actor: { id: 'b', attributes: { health_status: 'unhealthy' } },
        timeMs: 8000,
      },
    ]);
    expect(engine.calls().find(({ path }) => path === '/events')).toMatchObject({ failures: 2 });
  });
});

it('Podman is told from its parts', () => {
  const version = { Version: '4.3.1', ApiVersion: '1.41' };
  expect(engineProduct(version)).toBe('Docker Engine');
  const Components = [{ Name: 'Podman Engine', Version: '4.3.1' }];
  expect(engineProduct({ ...version, Components })).toBe('Podman');
});
