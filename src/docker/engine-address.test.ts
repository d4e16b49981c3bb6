import { describe, expect, it } from 'vitest';
import { engineEndpoint, findDockerEngine } from './engine-address.ts';
import type { SocketState } from './engine-address.ts';

const TLS = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: '/certs' };

describe('an address', () => {
  it.each([
    ['unix:///var/run/docker.sock', {}, 'http://docker', '/var/run/docker.sock'],
    ['npipe:////./pipe/docker_engine', {}, 'http://docker', String.raw`\\.\pipe\docker_engine`],
    ['tcp://host', {}, 'http://host:2375', undefined],
    ['tcp://host:1234/base/', {}, 'http://host:1234/base', undefined],
    ['tcp://host', TLS, 'https://host:2376', undefined],
    ['http://[::1]:2375', {}, 'http://[::1]:2375', undefined],
    ['https://host', {}, 'https://host', undefined],
  ])('%s with %j', (address, environment, baseUrl, socketPath) => {
    const endpoint = engineEndpoint(address, environment);
    expect(endpoint.baseUrl).toBe(baseUrl);
    expect(endpoint.http.socketPath).toBe(socketPath);
    expect(endpoint.http.followRedirects).toBe(false);
  });

  it('is shown without credentials', () => {
    const endpoint = engineEndpoint('https://me:secret@host/x', {});
    expect(endpoint).toMatchObject({
      address: 'https://host/x',
      baseUrl: 'https://me:secret@host/x',
    });
  });

  it('has the certificates that the docker CLI takes', () => {
    expect(engineEndpoint('tcp://host', TLS).http.tls).toEqual({
      insecureSkipVerify: false,
      caFile: '/certs/ca.pem',
      certFile: '/certs/cert.pem',
      keyFile: '/certs/key.pem',
    });
    const unverified = engineEndpoint('https://host', { DOCKER_TLS: '1', HOME: '/home/me' });
    expect(unverified.http.tls).toMatchObject({
      insecureSkipVerify: true,
      caFile: '/home/me/.docker/ca.pem',
    });
  });

  it.each(['', 'docker', 'ftp://host', 'unix://', 'ssh://user:secret@host'])(
    '%j is none',
    (text) => {
      expect(() => engineEndpoint(text, {})).toThrow('cannot use');
      expect(() => engineEndpoint(text, {})).not.toThrow('secret');
    },
  );
});

const find = (
  flag: string,
  environment: Record<string, string>,
  sockets: Record<string, SocketState> = {},
): string | undefined =>
  findDockerEngine({ flag, environment, socketState: (path) => sockets[path] ?? 'absent' });

describe('an engine is looked for', () => {
  const docker = '/var/run/docker.sock';
  const podman = '/run/user/7/podman/podman.sock';
  const runtime = { XDG_RUNTIME_DIR: '/run/user/7' };

  it('by the flag, then by the environment', () => {
    const environment = { DOCKER_HOST: 'tcp://a', CONTAINER_HOST: 'unix:///b' };
    expect(find('tcp://c', environment)).toBe('tcp://c');
    expect(find('/c.sock', environment)).toBe('unix:///c.sock');
    expect(find('', environment)).toBe('tcp://a');
    expect(find('', { CONTAINER_HOST: 'unix:///b' })).toBe('unix:///b');
    expect(find('none', environment, { [docker]: 'usable' })).toBeUndefined();
  });

  it('at the usual sockets, first where it may be used', () => {
    expect(find('', runtime)).toBeUndefined();
    expect(find('', runtime, { [docker]: 'usable', [podman]: 'usable' })).toBe(`unix://${docker}`);
    expect(find('', runtime, { [docker]: 'forbidden', [podman]: 'usable' })).toBe(
      `unix://${podman}`,
    );
    expect(find('', runtime, { [docker]: 'forbidden' })).toBe(`unix://${docker}`);
  });

  it.each([
    '.docker/run/docker.sock',
    '.orbstack/run/docker.sock',
    '.rd/docker.sock',
    '.colima/default/docker.sock',
    '.local/share/containers/podman/machine/podman.sock',
  ])('at home, at %s', (path) => {
    const socket = `/home/me/${path}`;
    expect(find('', { HOME: '/home/me' }, { [socket]: 'usable' })).toBe(`unix://${socket}`);
  });
});
