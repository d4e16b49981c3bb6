import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Secret } from '#config';
import type { HttpClientConfig } from '#config';
import { createHttpClient, HttpClientError, LineReader } from '#platform';
import type { HttpClient, HttpClientOptions, HttpResponse, HttpStreamRequest } from '#platform';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { plainHttpClient } from '../fakes/scrape-config.ts';
import { CertificateFolder } from './scrape-certificates.ts';
import { closeServers, eventually, serve, serveProxy, serveSocket } from './scrape-servers.ts';

const clients: HttpClient[] = [];
const folder = mkdtempSync(join(tmpdir(), 'narthex-stream-'));

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await closeServers();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(config: Partial<HttpClientConfig & HttpClientOptions> = {}): HttpClient {
  const client = createHttpClient({ ...plainHttpClient, ...config });
  clients.push(client);
  return client;
}

interface Listening {
  readonly lines: string[];
  readonly opened: () => number;
  readonly done: Promise<HttpResponse>;
  readonly aborter: AbortController;
}

function listen(
  url: string,
  config: Partial<HttpClientConfig & HttpClientOptions> = {},
  request: Partial<HttpStreamRequest> = {},
): Listening {
  const lines: string[] = [];
  const aborter = new AbortController();
  let opened = 0;
  const reader = new LineReader(100, (line) => lines.push(line));
  const done = open(config).stream({
    url,
    timeoutMs: 5000,
    signal: aborter.signal,
    onOpen: () => opened++,
    onBytes: reader.take,
    ...request,
  });
  done.catch(() => undefined);
  return { lines, opened: () => opened, done, aborter };
}

const codeOf = async (done: Promise<unknown>): Promise<unknown> => {
  const error: unknown = await done.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return error instanceof HttpClientError ? error.code : error;
};

describe('a stream', () => {
  it('hands over what comes when it comes, until it is called off', async () => {
    let response: ServerResponse | undefined;
    let encoding: unknown;
    const { url } = await serve((request, answer) => {
      encoding = request.headers['accept-encoding'];
      answer.write('one\ntw');
      response = answer;
    });
    const { lines, opened, done, aborter } = listen(url);
    await eventually(() => lines.length === 1, 'the first line');
    expect(opened()).toBe(1);
    response?.write('o\nthree\n');
    await eventually(() => lines.length === 3, 'the other lines');
    expect(lines).toEqual(['one', 'two', 'three']);
    aborter.abort();
    expect(await codeOf(done)).toBe('canceled');
    await eventually(() => response?.destroyed === true, 'the connection is closed');
    expect(encoding).toBe('identity');
  });

  it('ends where the server ends it', async () => {
    const { url } = await serve((_, response) => response.end('one\n'));
    const { lines, done } = listen(url);
    expect(await done).toMatchObject({ status: 200, body: new Uint8Array(0) });
    expect(lines).toEqual(['one']);
  });

  it('that the server breaks off is an error', async () => {
    const { url } = await serve((_, response) => {
      response.write('one\n');
      setImmediate(() => response.destroy());
    });
    expect(await codeOf(listen(url).done)).toBe('body');
  });

  it('of another status hands over nothing, and says what the server said', async () => {
    const { url } = await serve((_, response) => response.writeHead(403).end('no'));
    const { lines, opened, done } = listen(url);
    const { status, body } = await done;
    expect([status, new TextDecoder().decode(body), opened(), lines]).toEqual([403, 'no', 0, []]);
  });

  it('has a time to begin, and then as much as it wants', async () => {
    const { url } = await serve((_, response) => {
      response.write('one\n');
      setTimeout(() => response.end('two\n'), 400);
    });
    const { lines, done } = listen(url, {}, { timeoutMs: 300 });
    await done;
    expect(lines).toEqual(['one', 'two']);
    const silent = await serve(() => {});
    expect(await codeOf(listen(silent.url, {}, { timeoutMs: 50 }).done)).toBe('timeout');
  });

  it('that is silent for too long is given up where so wished', async () => {
    const { url } = await serve((_, response) => {
      let count = 0;
      const timer = setInterval(() => {
        response.write('one\n');
        if (++count === 4) clearInterval(timer);
      }, 50);
    });
    const { lines, done } = listen(url, {}, { idleTimeoutMs: 300 });
    expect(await codeOf(done)).toBe('timeout');
    expect(lines).toHaveLength(4);
  });

  it('with a line that is too long ends', async () => {
    const { url } = await serve((_, response) => response.write('x'.repeat(101)));
    expect(await codeOf(listen(url).done)).toBe('body-size-limit');
  });

  it('ends where its listener fails, which is the cause', async () => {
    const { url } = await serve((_, response) => response.write('one'));
    const cause = new Error('no more');
    const onBytes = (): void => {
      throw cause;
    };
    await expect(listen(url, {}, { onBytes }).done).rejects.toMatchObject({ code: 'body', cause });
  });

  it('follows redirects with credentials, and passes proxies', async () => {
    const seen: unknown[] = [];
    const { url } = await serve((request, response) => {
      seen.push(request.headers.authorization);
      if (request.url === '/') response.writeHead(302, { Location: '/there' }).end();
      else response.end('one\n');
    });
    const basicAuth = { username: 'u', password: new Secret('p') };
    const { lines, opened, done } = listen(url, { basicAuth });
    await done;
    expect([lines, opened(), seen[1]]).toEqual([['one'], 1, `Basic ${btoa('u:p')}`]);
    const proxy = await serveProxy();
    const through = listen('http://elsewhere.test/', {
      proxy: { ...plainHttpClient.proxy, proxyUrl: proxy.url },
    });
    await through.done;
    expect(through.lines).toEqual(['proxied 1']);
  });
});

describe('a stream over TLS', () => {
  let certificates: CertificateFolder;
  beforeAll(() => {
    certificates = new CertificateFolder();
  });
  afterAll(() => certificates.remove());

  it('goes on as others do', async () => {
    const { url } = await serve(
      (_, response) => response.end('one\n'),
      certificates.issue('server', 'IP:127.0.0.1'),
    );
    const tls = { ...plainHttpClient.tls, caFile: certificates.authority.certFile };
    const { lines, done } = listen(url, { tls });
    await done;
    expect(lines).toEqual(['one']);
    expect(await codeOf(listen(url).done)).toBe('connect');
  });
});

describe('a unix socket', () => {
  const path = join(folder, 'engine.sock');

  it('takes requests and streams, redirects too, past every proxy', async () => {
    const hosts: unknown[] = [];
    await serveSocket(path, (request, response) => {
      hosts.push(request.headers.host);
      if (request.url === '/to') response.writeHead(307, { Location: 'http://other/a' }).end();
      else response.end(`${request.url}\n`);
    });
    const proxy = { ...plainHttpClient.proxy, proxyUrl: 'http://127.0.0.1:9' };
    const client = open({ socketPath: path, proxy });
    const { body } = await client.fetch({ url: 'http://docker/to', timeoutMs: 1000 });
    expect(new TextDecoder().decode(body)).toBe('/a\n');
    expect(hosts).toEqual(['docker', 'other']);
    const { lines, done } = listen('http://docker/events', { socketPath: path });
    await done;
    expect(lines).toEqual(['/events']);
  });

  it('speaks no TLS', async () => {
    const client = open({ socketPath: path });
    expect(await codeOf(client.fetch({ url: 'https://docker/', timeoutMs: 1000 }))).toBe('url');
  });

  it("that is not there is an error in Go's words", async () => {
    const client = open({ socketPath: `${path}.none` });
    await expect(client.fetch({ url: 'http://docker/', timeoutMs: 1000 })).rejects.toThrow(
      `Get "http://docker/": dial unix ${path}.none: connect: no such file or directory`,
    );
  });
});
