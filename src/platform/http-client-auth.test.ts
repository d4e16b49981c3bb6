import { expect, it } from 'vitest';
import { createAuthorizationSource } from './http-client-auth.ts';
import type { PostForm } from './http-client-auth.ts';
import type { HttpClientOptions } from './http-client-options.ts';

const plain = { tls: { insecureSkipVerify: false }, followRedirects: true, httpHeaders: {} };
const proxy = { proxyFromEnvironment: false, proxyConnectHeader: {} };
const oauth2 = { clientId: 'i', scopes: [], tokenUrl: 'http://h/', endpointParams: {} };
const options: HttpClientOptions = {
  ...plain,
  proxy,
  oauth2: { ...oauth2, tls: plain.tls, proxy },
};

it('a token that several wait for comes though the first of them goes away', async () => {
  const answers: (() => void)[] = [];
  let asked = 0;
  const postForm: PostForm = (_url, _form, { signal }) => {
    asked++;
    return new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('aborted')));
      const body = new TextEncoder().encode('{"access_token":"t","expires_in":60}');
      answers.push(() => resolve({ status: 200, statusText: '200 OK', body }));
    });
  };
  const surroundings = { readFile: () => Promise.resolve(''), environment: {}, nowMs: () => 0 };
  const authorization = createAuthorizationSource(options, surroundings, postForm);
  const first = new AbortController();
  const gone = authorization(first);
  const stays = authorization(new AbortController());
  await expect.poll(() => answers.length).toBe(1);
  first.abort();
  await expect(gone).rejects.toThrow();
  answers[0]?.();
  expect(await stays).toBe('Bearer t');
  expect(await authorization(new AbortController())).toBe('Bearer t');
  expect(asked).toBe(1);
});
