import { describe, expect, it } from 'vitest';
import { fakeHttpClient } from '../../../test/fakes/scrape-config.ts';
import type { Answer } from '../../../test/fakes/scrape-config.ts';
import { ApiError, createApiClient } from './api-client.ts';
import type { ApiClient, WatchEvent } from './api-client.ts';

const answers: string[] = [];

function clientOf(answer: Answer): ApiClient {
  answers.length = 0;
  return createApiClient({
    http: fakeHttpClient(() => answer),
    server: 'https://api:6443',
    userAgent: 'Narthex/test',
    nowMs: () => 0,
    onAnswer: (status) => answers.push(status),
  });
}

const signal = new AbortController().signal;
const selector = { label: '', field: '' };

function list(answer: Answer): Promise<unknown> {
  return clientOf(answer).list({ path: '/api/v1/pods', selector, next: '', limit: 1, signal });
}

async function watch(answer: Answer): Promise<readonly WatchEvent[]> {
  const events: WatchEvent[] = [];
  await clientOf(answer).watch({
    path: '/api/v1/pods',
    selector,
    resourceVersion: '1',
    timeoutSeconds: 300,
    signal,
    onEvent: (event) => events.push(event),
  });
  return events;
}

const status = (code: number, reason: string): string =>
  JSON.stringify({ kind: 'Status', code, reason, message: `it is ${reason}` });

describe('an answer of the API server', () => {
  it('is a page of a list', async () => {
    const metadata = { resourceVersion: '7', continue: 'next' };
    const body = JSON.stringify({ kind: 'PodList', metadata, items: [{ a: 1 }, null] });
    const page = { items: [{ a: 1 }, {}], resourceVersion: '7', next: 'next' };
    expect(await list({ body })).toEqual(page);
    expect(answers).toEqual(['200']);
  });

  it('without items is an empty page', async () => {
    const body = JSON.stringify({ kind: 'PodList', metadata: {}, items: null });
    expect(await list({ body })).toEqual({ items: [], resourceVersion: '', next: '' });
  });

  const refused: [string, Answer, Partial<ApiError>][] = [
    [
      'a refusal in its own words',
      { status: 403, body: status(403, 'Forbidden') },
      { message: 'it is Forbidden', status: 403, isGone: false },
    ],
    [
      'a forgotten version',
      { status: 410, body: status(410, 'Expired') },
      { status: 410, isGone: true },
    ],
    [
      'a page of a proxy',
      { status: 502, statusText: '502 Bad Gateway', body: '<html>' },
      { message: 'server returned HTTP status 502 Bad Gateway', status: 502, isGone: false },
    ],
  ];
  it.each(refused)('may be %s', async (_, answer, expected) => {
    for (const ask of [list, watch]) {
      const error: unknown = await ask(answer).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject(expected);
      expect(answers).toEqual([String(answer.status)]);
    }
  });

  it.each(['{}', '[]', 'null', '"x"', '<html>', ''])('%j is no list', async (body) => {
    await expect(list({ body })).rejects.toThrow('cannot read a list');
  });

  it('is a line for each event', async () => {
    const body = '{"type":"ADDED","object":{"a":1}}\n\n{"type":"BOOKMARK","object":{}}\n';
    expect(await watch({ body })).toEqual([
      { type: 'ADDED', object: { a: 1 } },
      { type: 'BOOKMARK', object: {} },
    ]);
  });

  it.each([
    [`{"type":"ERROR","object":${status(410, 'Expired')}}`, 'it is Expired'],
    ['{"type":"ERROR","object":{}}', 'the server ended the watch with an error'],
    ['<html>', 'a line is no event'],
    ['{"kind":"PodList"}', 'a line is no event'],
    [`{"type":"${'x'.repeat(2 ** 24)}"}`, 'cannot read a line of more than 16777216 bytes'],
  ])('%# of lines that are no events ends the watch', async (line, reason) => {
    await expect(watch({ body: `${line}\n` })).rejects.toThrow(reason);
  });
});
