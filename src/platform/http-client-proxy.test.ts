import { describe, expect, it } from 'vitest';
import { chooseProxy } from './http-client-proxy.ts';

const PROXY = 'http://proxy:3128/';

describe('the proxy of a request', () => {
  it.each([
    ['http://a/', '', PROXY],
    ['http://localhost/', '', PROXY],
    ['http://localhost/', 'x', undefined],
    ['http://127.0.0.1/', 'x', undefined],
    ['http://[::1]/', 'x', undefined],
    ['http://a/', '*', undefined],
    ['http://a/', 'b,a', undefined],
    ['http://sub.a/', 'a', undefined],
    ['http://sub.a/', '.a', undefined],
    ['http://a/', '.a', PROXY],
    ['http://ba/', 'a', PROXY],
    ['http://a:81/', 'a:80', PROXY],
    ['http://a/', 'a:80', undefined],
    ['http://10.1.2.3/', '10.0.0.0/8', undefined],
    ['http://11.1.2.3/', '10.0.0.0/8', PROXY],
    ['http://[fd00::1]/', 'fd00::/8', undefined],
    ['http://10.1.2.3/', '10.1.2.3', undefined],
  ])('%s with no_proxy %j goes by %s', (target, noProxy, expected) => {
    const options = {
      proxyUrl: PROXY,
      noProxy,
      proxyFromEnvironment: false,
      proxyConnectHeader: {},
    };
    expect(chooseProxy(options, {}, new URL(target))?.href).toBe(expected);
  });

  it.each([
    ['http://a/', 'http://plain:1/'],
    ['https://a/', 'http://secure:2/'],
    ['http://b/', undefined],
  ])('%s by the environment is %s', (target, expected) => {
    const environment = { http_proxy: 'plain:1', HTTPS_PROXY: 'http://secure:2', no_proxy: 'b' };
    const options = { proxyFromEnvironment: true, proxyConnectHeader: {} };
    expect(chooseProxy(options, environment, new URL(target))?.href).toBe(expected);
  });

  it('that does not speak HTTP is an error', () => {
    const options = {
      proxyUrl: 'socks5://p:1',
      proxyFromEnvironment: false,
      proxyConnectHeader: {},
    };
    expect(() => chooseProxy(options, {}, new URL('http://a/'))).toThrow(
      'cannot use a proxy of scheme "socks5"',
    );
  });
});
