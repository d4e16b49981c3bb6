import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Secret } from '#config';
import type { HttpClientConfig, TlsConfig } from '#config';
import { Cancellation, createHttpClient, HttpClientError } from '#platform';
import type { HttpClient, HttpRequest, HttpResponse } from '#platform';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { plainHttpClient } from '../fakes/scrape-config.ts';
import { CertificateFolder } from './scrape-certificates.ts';
import { closeServers, eventually, serve, serveProxy, serveRaw } from './scrape-servers.ts';

const clients: HttpClient[] = [];
const folder = mkdtempSync(join(tmpdir(), 'narthex-transport-'));

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await closeServers();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function open(config: Partial<HttpClientConfig> = {}): HttpClient {
  const client = createHttpClient({ ...plainHttpClient, ...config });
  clients.push(client);
  return client;
}

function get(
  url: string,
  config: Partial<HttpClientConfig> = {},
  request: Partial<HttpRequest> = {},
): Promise<HttpResponse> {
  return open(config).fetch({ url, timeoutMs: 5000, ...request });
}

async function errorOf(response: Promise<HttpResponse>): Promise<HttpClientError> {
  try {
    const { statusText } = await response;
    throw new Error(`no error but ${statusText}`);
  } catch (error) {
    if (error instanceof HttpClientError) return error;
    throw error;
  }
}

const text = ({ body }: HttpResponse): string => new TextDecoder().decode(body);

/** Answers with the headers that came. */
const echo: RequestListener = (request, response) => response.end(JSON.stringify(request.headers));

async function headersOf(response: Promise<HttpResponse>): Promise<IncomingMessage['headers']> {
  return JSON.parse(text(await response)) as IncomingMessage['headers'];
}

describe('bodies', () => {
  const page = 'a 1\n'.repeat(1000);
  const compressed = (...bytes: [from?: number, to?: number]): ReturnType<typeof serve> =>
    serve((_, response) => {
      response.setHeader('Content-Encoding', 'gzip');
      response.end(gzipSync(page).subarray(...bytes));
    });

  it('are decompressed', async () => {
    const { url } = await compressed();
    expect(text(await get(url))).toBe(page);
  });

  it('that are broken are an error', async () => {
    const { url } = await compressed(0, 20);
    expect((await errorOf(get(url))).message).toBe('unexpected EOF');
    const odd = await compressed(5);
    expect((await errorOf(get(odd.url))).message).toBe('gzip: invalid header');
  });

  it.each([
    [4000, 'body-size-limit'],
    [4001, undefined],
  ])('may have fewer than %i bytes, compressed or not', async (bodyBytesMax, code) => {
    const plain = await serve((_, response) => response.end(page));
    for (const { url } of [plain, await compressed()]) {
      const answer = get(url, {}, { bodyBytesMax });
      if (code === undefined) expect(text(await answer)).toBe(page);
      else
        expect(await errorOf(answer)).toMatchObject({ code, message: 'body size limit exceeded' });
    }
  });

  it('without end are cut off at the limit', async () => {
    const { url } = await serve((_, response) => {
      const more = (): boolean => {
        while (response.write('a 1\n'.repeat(10_000)));
        return response.once('drain', more) !== undefined;
      };
      more();
    });
    const error = await errorOf(get(url, {}, { bodyBytesMax: 1_000_000 }));
    expect(error.code).toBe('body-size-limit');
  });

  it('that end early are an error', async () => {
    const { url } = await serve((_, response) => {
      response.setHeader('Content-Length', '100');
      response.write('a');
      setTimeout(() => response.destroy(), 10);
    });
    expect((await errorOf(get(url))).message).toBe('unexpected EOF');
  });
});

describe('time', () => {
  it('is up where no answer comes', async () => {
    const { url } = await serve(() => {});
    const error = await errorOf(get(`${url}/metrics`, {}, { timeoutMs: 50 }));
    expect(error.code).toBe('timeout');
    expect(error.message).toBe(`Get "${url}/metrics": context deadline exceeded`);
  });

  it('is up where the body does not end', async () => {
    const { url } = await serve((_, response) => response.write('a 1\n'));
    const error = await errorOf(get(url, {}, { timeoutMs: 50 }));
    expect(error.message).toBe('context deadline exceeded');
  });

  it('is not up where the answer came in time and we were late to look', async () => {
    const { url } = await serveRaw((socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na');
      const endMs = performance.now() + 150;
      while (performance.now() < endMs);
    });
    expect(text(await get(url, {}, { timeoutMs: 100 }))).toBe('a');
  });

  it('may be cut short', async () => {
    const { url } = await serve(() => {});
    const aborter = new AbortController();
    const answer = errorOf(get(url, {}, { signal: aborter.signal }));
    aborter.abort();
    expect(await answer).toMatchObject({ code: 'canceled' });
  });

  it('may be cut short by a cancellation, before the request as well', async () => {
    const { url } = await serve(() => {});
    const cancellation = new Cancellation();
    const answer = errorOf(get(url, {}, { cancellation }));
    cancellation.cancel();
    expect(await answer).toMatchObject({ code: 'canceled' });
    expect(await errorOf(get(url, {}, { cancellation }))).toMatchObject({ code: 'canceled' });
  });
});

describe('requests with the same headers', () => {
  const headers = { Accept: 'text/plain' };

  it('are sent as asked for', async () => {
    const { url } = await serve((request, response) => {
      response.end(`${request.method} ${request.url} ${request.headers.accept}`);
    });
    const client = open();
    const ask = async (path: string, more: Partial<HttpRequest> = {}): Promise<string> =>
      text(await client.fetch({ url: url + path, headers, timeoutMs: 1000, ...more }));
    const post = { method: 'POST', body: new Uint8Array(1) } as const;
    for (let i = 0; i < 2; i++) {
      expect(await ask('/a')).toBe('GET /a text/plain');
      expect(await ask('/a')).toBe('GET /a text/plain');
      expect(await ask('/b')).toBe('GET /b text/plain');
      expect(await ask('/b', post)).toBe('POST /b text/plain');
      expect(await ask('/b', { headers: { Accept: '*/*' } })).toBe('GET /b */*');
    }
  });

  it('follow redirects each time', async () => {
    const { url } = await serve((request, response) => {
      if (request.url === '/there') response.end('there');
      else response.writeHead(302, { Location: '/there' }).end();
    });
    const client = open({ followRedirects: true });
    for (let i = 0; i < 3; i++) {
      expect(text(await client.fetch({ url, headers, timeoutMs: 1000 }))).toBe('there');
    }
  });

  it('have the credentials of the moment', async () => {
    const { url } = await serve(echo);
    const credentialsFile = join(folder, 'moment');
    const httpHeaders = { 'X-Scope': { values: [], secrets: [], files: [credentialsFile] } };
    const clients = [
      open({ authorization: { type: 'Bearer', credentialsFile } }),
      open({ httpHeaders }),
    ];
    for (const word of ['first', 'second']) {
      writeFileSync(credentialsFile, word);
      const [bearer, scope] = await Promise.all(
        clients.map((client) => headersOf(client.fetch({ url, headers, timeoutMs: 1000 }))),
      );
      expect([bearer?.authorization, scope?.['x-scope']]).toEqual([`Bearer ${word}`, word]);
    }
  });
});

describe('connections', () => {
  it('are kept', async () => {
    const ports = new Set<number | undefined>();
    const { url } = await serve((request, response) => {
      ports.add(request.socket.remotePort);
      response.end();
    });
    const client = open();
    for (let i = 0; i < 3; i++) await client.fetch({ url, timeoutMs: 1000 });
    expect(ports.size).toBe(1);
  });

  it('that the server closed meanwhile are made anew', async () => {
    const { url } = await serve((request, response) => {
      response.end('a');
      const { socket } = request;
      response.once('close', () => setImmediate(() => socket.destroy()));
    });
    const client = open();
    for (let i = 0; i < 20; i++) {
      expect(text(await client.fetch({ url, timeoutMs: 1000 }))).toBe('a');
    }
  });

  it('that are in use when the client is closed may end by themselves', async () => {
    const { url } = await serve((_, response) => {
      setTimeout(() => response.end('late'), 100);
    });
    const client = open();
    const answer = client.fetch({ url, timeoutMs: 1000 });
    await new Promise((resolve) => setTimeout(resolve, 30));
    client.close();
    expect(text(await answer)).toBe('late');
  });

  it('that many requests kept and a restart closed are all made anew', async () => {
    const sockets = new Set<IncomingMessage['socket']>();
    const { url } = await serve((request, response) => {
      sockets.add(request.socket);
      setTimeout(() => response.end('a'), 20);
    });
    const client = open();
    const ask = (): Promise<HttpResponse> => client.fetch({ url, timeoutMs: 1000 });
    await Promise.all(Array.from({ length: 10 }, ask));
    expect(sockets.size).toBe(10);
    for (const socket of sockets) socket.destroy();
    expect(text(await ask())).toBe('a');
  });

  it('on which more comes than was asked for are not used again', async () => {
    const sockets = new Set<Socket>();
    const { url } = await serveRaw((socket) => {
      sockets.add(socket);
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na');
      // Perhaps with the answer, perhaps after it.
      setImmediate(() => socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb'));
    });
    const client = open();
    for (let i = 0; i < 5; i++) {
      expect(text(await client.fetch({ url, timeoutMs: 1000 }))).toBe('a');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(sockets.size).toBe(5);
  });

  it('that an old server closes after each answer', async () => {
    const { url } = await serveRaw((socket) => {
      socket.write('HTTP/1.0 200 OK\r\n\r\na 1\n');
      setTimeout(() => socket.end('b 2\n'), 5);
    });
    const client = open();
    for (let i = 0; i < 3; i++) {
      expect(text(await client.fetch({ url, timeoutMs: 1000 }))).toBe('a 1\nb 2\n');
    }
  });

  it('whose answers are no HTTP are an error', async () => {
    const { url } = await serveRaw((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n\r\n'));
    const error = await errorOf(get(url));
    expect(error.message).toBe(
      `Get "${url}": net/http: HTTP/1.x transport connection broken: malformed HTTP response "SSH-2.0-OpenSSH_9.2"`,
    );
  });

  it('are given up where a scrape is called off in the middle of a body', async () => {
    const closed = new Set<string>();
    const { url } = await serveRaw((socket, request) => {
      socket.once('close', () => closed.add(request.slice(0, 6)));
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na');
    });
    const aborter = new AbortController();
    const answer = errorOf(get(url, {}, { signal: aborter.signal }));
    setTimeout(() => aborter.abort(), 30);
    expect(await answer).toMatchObject({ code: 'canceled', message: 'context canceled' });
    await eventually(() => closed.has('GET / '), 'the connection is closed');
  });

  it("that are refused are an error in Go's words", async () => {
    const server = await serve(echo);
    await server.close();
    expect((await errorOf(get(`${server.url}/metrics`))).message).toBe(
      `Get "${server.url}/metrics": dial tcp ${server.address}: connect: connection refused`,
    );
  });
});

describe('redirects', () => {
  it('are followed up to ten times', async () => {
    const { url } = await serve((request, response) => {
      const count = Number(request.url?.slice(1));
      if (count === 0) response.end('there');
      else response.writeHead(302, { Location: `/${count - 1}` }).end();
    });
    expect(text(await get(`${url}/9`))).toBe('there');
    expect((await errorOf(get(`${url}/10`))).message).toBe(
      `Get "${url}/0": stopped after 10 redirects`,
    );
    const response = await get(`${url}/1`, { followRedirects: false });
    expect(response.statusText).toBe('302 Found');
  });

  it('do not take credentials to another host', async () => {
    const other = await serve(echo);
    const first = await serve((_, response) => {
      response.writeHead(302, { Location: other.url.replace('127.0.0.1', 'localhost') }).end();
    });
    const basicAuth = { username: 'u', password: new Secret('p') };
    const headers = await headersOf(get(first.url, { basicAuth }));
    expect(headers.authorization).toBeUndefined();
  });
});

describe('credentials', () => {
  it('are a user and a password', async () => {
    const { url } = await serve(echo);
    const basicAuth = { username: 'user', password: new Secret('pass') };
    const headers = await headersOf(get(url, { basicAuth }));
    expect(headers.authorization).toBe(`Basic ${btoa('user:pass')}`);
  });

  it('are read from their file each time', async () => {
    const { url } = await serve(echo);
    const credentialsFile = join(folder, 'token');
    const client = open({ authorization: { type: 'Bearer', credentialsFile } });
    for (const token of ['one', 'two']) {
      writeFileSync(credentialsFile, `${token}\n`);
      const headers = await headersOf(client.fetch({ url, timeoutMs: 1000 }));
      expect(headers.authorization).toBe(`Bearer ${token}`);
    }
    rmSync(credentialsFile);
    const error = await errorOf(client.fetch({ url, timeoutMs: 1000 }));
    expect(error.code).toBe('credentials');
    expect(error.message).toContain(`unable to read authorization credentials file`);
  });

  it('are headers of any name', async () => {
    const { url } = await serve(echo);
    const file = join(folder, 'header');
    writeFileSync(file, 'c\n');
    const httpHeaders = { 'X-Scope': { values: ['a'], secrets: [new Secret('b')], files: [file] } };
    expect((await headersOf(get(url, { httpHeaders })))['x-scope']).toBe('a, b, c');
  });
});

const oauth2 = (tokenUrl: string): Partial<HttpClientConfig> => ({
  oauth2: {
    clientId: 'id',
    clientSecret: new Secret('se:cret'),
    scopes: ['a', 'b'],
    tokenUrl,
    endpointParams: { audience: 'x' },
    tls: { insecureSkipVerify: false },
    proxy: { proxyFromEnvironment: false, proxyConnectHeader: {} },
  },
});

function tokens(expiresIn: number, style: 'header' | 'form' = 'header') {
  const asked: string[] = [];
  const handle: RequestListener = (request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const isRight =
        style === 'header'
          ? request.headers.authorization === `Basic ${btoa('id:se%3Acret')}`
          : body.includes('client_secret=se%3Acret');
      asked.push(body);
      response.writeHead(isRight ? 200 : 401, { 'Content-Type': 'application/json' });
      const token = { access_token: `t${asked.length}`, expires_in: expiresIn };
      response.end(JSON.stringify(isRight ? token : { error: 'no se:cret' }));
    });
  };
  return { asked, handle };
}

describe('OAuth 2.0', () => {
  it('asks once for a token and keeps it', async () => {
    const { asked, handle } = tokens(3600);
    const tokenServer = await serve(handle);
    const { url } = await serve(echo);
    const client = open(oauth2(tokenServer.url));
    const answers = [1, 2, 3].map(() => headersOf(client.fetch({ url, timeoutMs: 1000 })));
    for (const headers of await Promise.all(answers)) {
      expect(headers.authorization).toBe('Bearer t1');
    }
    expect(asked).toEqual(['grant_type=client_credentials&scope=a+b&audience=x']);
  });

  it('asks again before the token ends', async () => {
    const { asked, handle } = tokens(5);
    const tokenServer = await serve(handle);
    const { url } = await serve(echo);
    const client = open(oauth2(tokenServer.url));
    for (let i = 0; i < 2; i++) await client.fetch({ url, timeoutMs: 1000 });
    expect(asked).toHaveLength(2);
  });

  it('finds out that a server wants the secret in the form', async () => {
    const { handle } = tokens(3600, 'form');
    const tokenServer = await serve(handle);
    const { url } = await serve(echo);
    const headers = await headersOf(get(url, oauth2(tokenServer.url)));
    expect(headers.authorization).toBe('Bearer t2');
  });

  it('shows no secret where the token is refused', async () => {
    const tokenServer = await serve((_, response) => response.writeHead(403).end('se:cret'));
    const { url } = await serve(echo);
    const error = await errorOf(get(url, oauth2(tokenServer.url)));
    expect(error.message).toBe(`Get "${url}": oauth2: cannot fetch token: 403 Forbidden`);
  });
});

const tls = (config: Partial<TlsConfig>): Partial<HttpClientConfig> => ({
  tls: { insecureSkipVerify: false, ...config },
});

describe('TLS', () => {
  let certificates: CertificateFolder;
  beforeAll(() => {
    certificates = new CertificateFolder();
  });
  afterAll(() => certificates.remove());

  it('trusts the authorities that it is told, and no others', async () => {
    const { url } = await serve(echo, certificates.issue('server', 'IP:127.0.0.1'));
    const { cert, certFile } = certificates.authority;
    expect((await get(url, tls({ ca: cert }))).status).toBe(200);
    expect((await get(url, tls({ caFile: certFile }))).status).toBe(200);
    expect((await get(url, tls({ insecureSkipVerify: true }))).status).toBe(200);
    expect((await errorOf(get(url))).message).toBe(
      `Get "${url}": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    );
  });

  it('compares the name, which may be another than the address', async () => {
    const { url } = await serve(echo, certificates.issue('named', 'DNS:web.example'));
    const ca = certificates.authority.cert;
    expect((await get(url, tls({ ca, serverName: 'web.example' }))).status).toBe(200);
    expect((await errorOf(get(url, tls({ ca })))).message).toContain(
      'x509: certificate is valid for web.example, not 127.0.0.1',
    );
  });

  it('shows its own certificate, and the new one when the file changes', async () => {
    const first = certificates.issue('client-1', 'DNS:client-1');
    const second = certificates.issue('client-2', 'DNS:client-2');
    const server = certificates.issue('mutual', 'IP:127.0.0.1');
    const { url } = await serve(
      (request, response) => {
        const socket = request.socket as unknown as {
          getPeerCertificate(): { subject?: { CN?: string } };
        };
        response.end(socket.getPeerCertificate().subject?.CN);
      },
      { ...server, ca: certificates.authority.cert, requestCert: true, rejectUnauthorized: true },
    );
    const [certFile, keyFile] = [join(folder, 'client.crt'), join(folder, 'client.key')];
    const ca = certificates.authority.cert;
    const client = open(tls({ ca, certFile, keyFile }));
    for (const [certificate, name] of [
      [first, 'client-1'],
      [second, 'client-2'],
    ] as const) {
      copyFileSync(certificate.certFile, certFile);
      copyFileSync(certificate.keyFile, keyFile);
      expect(text(await client.fetch({ url, timeoutMs: 2000 }))).toBe(name);
    }
    expect((await errorOf(get(url, tls({ ca })))).code).toBe('connect');
  });

  it('refuses versions that are not allowed', async () => {
    const server = certificates.issue('old', 'IP:127.0.0.1');
    const { url } = await serve(echo, { ...server, maxVersion: 'TLSv1.2' });
    const ca = certificates.authority.cert;
    expect((await get(url, tls({ ca, minVersion: 'TLS12' }))).status).toBe(200);
    const error = await errorOf(get(url, tls({ ca, minVersion: 'TLS13' })));
    expect(error.message).toContain('protocol version');
  });

  it('says where the server does not speak it', async () => {
    const { address } = await serve(echo);
    expect((await errorOf(get(`https://${address}`))).message).toContain(
      'http: server gave HTTP response to HTTPS client',
    );
  });

  it('goes through a proxy', async () => {
    const server = await serve(echo, certificates.issue('proxied', 'IP:127.0.0.1'));
    const proxy = await serveProxy(`Basic ${btoa('me:secret')}`);
    const proxyUrl = proxy.url.replace('//', '//me:secret@');
    const through: Partial<HttpClientConfig> = {
      ...tls({ ca: certificates.authority.cert }),
      proxy: { proxyUrl, proxyFromEnvironment: false, proxyConnectHeader: {} },
    };
    const client = open(through);
    for (let i = 0; i < 2; i++) {
      expect((await client.fetch({ url: server.url, timeoutMs: 2000 })).status).toBe(200);
    }
    expect(proxy.seen).toEqual([`CONNECT ${server.address}`]);
    const without = { ...through.proxy, proxyUrl: proxy.url } as HttpClientConfig['proxy'];
    const error = await errorOf(get(server.url, { ...through, proxy: without }));
    expect(error.message).toBe(`Get "${server.url}": Proxy Authentication Required`);
  });
});

describe('a proxy', () => {
  it('is given the whole address, and its own credentials', async () => {
    const proxy = await serveProxy(`Basic ${btoa('me:secret')}`);
    const proxyUrl = proxy.url.replace('//', '//me:secret@');
    const options = { proxyUrl, proxyFromEnvironment: false, proxyConnectHeader: {} };
    const response = await get('http://nowhere.example:81/x?y=1', { proxy: options });
    expect(text(response)).toBe('proxied 1\n');
    expect(proxy.seen).toEqual(['http://nowhere.example:81/x?y=1']);
  });
});
