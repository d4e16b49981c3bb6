import { describe, expect, it } from 'vitest';
import { kubernetesConfig, plainHttpClient } from '../../../test/fakes/scrape-config.ts';
import type { GroupFiles } from '../group-files.ts';
import { openAccess } from './cluster-access.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { parseKubeconfig } from './kubeconfig.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function kubeconfig(cluster: string, user: string): string {
  return `
apiVersion: v1
kind: Config
current-context: here
contexts:
  - {name: there, context: {cluster: other, user: other}}
  - {name: here, context: {cluster: c, user: u}}
clusters:
  - {name: c, cluster: {server: 'https://k8s:6443', ${cluster}}}
users:
  - {name: u, user: {${user}}}
`;
}

/** Secrets by what they are. */
function plain({ server, httpClient }: ClusterAccess): unknown {
  const { basicAuth, authorization, tls } = httpClient;
  const secrets = {
    ...(basicAuth && { basicAuth: { ...basicAuth, password: basicAuth.password?.reveal() } }),
    ...(authorization && {
      authorization: { ...authorization, credentials: authorization.credentials?.reveal() },
    }),
    tls: { ...tls, key: tls.key?.reveal() },
  };
  return { server, ...httpClient, ...secrets };
}

describe('a kubeconfig', () => {
  it.each([
    ['a token', '', 'token: t', { authorization: { type: 'Bearer', credentials: 't' } }],
    [
      'a file with a token, beside the kubeconfig',
      '',
      'tokenFile: token, token: t',
      { authorization: { type: 'Bearer', credentialsFile: '/etc/kube/token' } },
    ],
    [
      'name and password',
      '',
      'username: n, password: p',
      { basicAuth: { username: 'n', password: 'p' } },
    ],
    [
      'a client certificate as data, which counts before files',
      `certificate-authority-data: ${base64('CA')}, certificate-authority: no`,
      `client-certificate-data: ${base64('CERT')}, client-key-data: ${base64('KEY')}`,
      { tls: { insecureSkipVerify: false, ca: 'CA', cert: 'CERT', key: 'KEY' } },
    ],
    [
      'a client certificate in files',
      'certificate-authority: ca.crt, tls-server-name: k',
      'client-certificate: /c.crt, client-key: c.key',
      {
        tls: {
          insecureSkipVerify: false,
          serverName: 'k',
          caFile: '/etc/kube/ca.crt',
          certFile: '/c.crt',
          keyFile: '/etc/kube/c.key',
        },
      },
    ],
    [
      'no check of the server',
      'insecure-skip-tls-verify: true',
      '',
      { tls: { insecureSkipVerify: true } },
    ],
    [
      'a proxy',
      'proxy-url: http://p:1',
      '',
      { proxy: { proxyUrl: 'http://p:1', proxyFromEnvironment: false } },
    ],
    [
      'another name to go by',
      '',
      'token: t, as: a, as-groups: [g, h]',
      {
        httpHeaders: {
          'Impersonate-User': { values: ['a'], secrets: [], files: [] },
          'Impersonate-Group': { values: ['g', 'h'], secrets: [], files: [] },
        },
      },
    ],
  ])('with %s', (_, cluster, user, expected) => {
    const access = parseKubeconfig(kubeconfig(cluster, user), '/etc/kube/config');
    expect(access.server).toBe('https://k8s:6443');
    expect(plain(access)).toMatchObject(expected);
  });

  it.each([
    ['exec', '', 'exec: {command: /bin/sh, args: [-c, id]}', 'the user needs exec, and programs'],
    ['auth-provider', '', 'auth-provider: {name: gcp}', 'the user needs auth-provider, and'],
    ['token and password', '', 'token: t, username: n', 'may be set, but not both'],
    [
      'a certificate without key',
      '',
      'client-certificate: c',
      'client-certificate and client-key belong together',
    ],
    [
      'a CA that is not looked at',
      'insecure-skip-tls-verify: true, certificate-authority: c',
      '',
      'specifying a root certificates file with the insecure flag is not allowed',
    ],
    ['as-user-extra', '', 'as-user-extra: {a: [b]}', 'as-user-extra is not supported'],
    ['a server of another scheme', 'server: "file:///x"', '', 'YAML: DUPLICATE_KEY'],
  ])('that has %s is refused', (_, cluster, user, reason) => {
    expect(() => parseKubeconfig(kubeconfig(cluster, user), '/etc/kube/config')).toThrow(reason);
  });

  it.each([
    ['{}', 'current-context is not set'],
    ['- a', 'current-context is not set'],
    ['current-context: x', 'context "x" does not exist'],
    [
      'current-context: x\ncontexts: [{name: x, context: {cluster: c}}]',
      'cluster "c" does not exist',
    ],
    [
      'current-context: x\ncontexts: [{name: x, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: "file:///x"}}]',
      'the cluster has no server with http(s)://',
    ],
    ['a: [', 'cannot parse kubeconfig f: YAML: BAD_INDENT in line 1'],
    ['token: secret\n a: secret', 'cannot parse kubeconfig f: YAML'],
  ])('%j is refused, without showing what stands there', (text, reason) => {
    let message = '';
    try {
      parseKubeconfig(text, 'f');
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(reason);
    expect(message).not.toContain('secret');
  });
});

const IN_CLUSTER = kubernetesConfig();

function filesOf(texts: Readonly<Record<string, string>>): GroupFiles {
  return {
    list: () => Promise.resolve([]),
    read: (path) => {
      const text = texts[path];
      return text === undefined
        ? Promise.reject(new Error(`no file ${path}`))
        : Promise.resolve({ text, modifiedMs: 0 });
    },
    watch: () => () => {},
  };
}

describe('the way to the API server', () => {
  const environment = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  const account = '/var/run/secrets/kubernetes.io/serviceaccount';

  it('is in a pod its account, whose token is read again for each request', async () => {
    const files = filesOf({ [`${account}/token`]: 't', [`${account}/namespace`]: 'mine\n' });
    const namespaces = { names: [], ownNamespace: true };
    const access = await openAccess({ ...IN_CLUSTER, namespaces }, { environment, files });
    expect(access).toMatchObject({
      server: 'https://[fd00::1]:443',
      ownNamespace: 'mine',
      httpClient: {
        authorization: { type: 'Bearer', credentialsFile: `${account}/token` },
        tls: { caFile: `${account}/ca.crt`, insecureSkipVerify: false },
      },
    });
  });

  it.each([
    [{}, {}, 'KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT must be defined'],
    [environment, {}, 'cannot read the token of the service account'],
    [environment, { [`${account}/token`]: 't' }, "could not determine the pod's namespace"],
    [
      environment,
      { [`${account}/token`]: 't', [`${account}/namespace`]: '' },
      'could not read own namespace name (empty file)',
    ],
  ])('is none: %#', async (given, texts: Readonly<Record<string, string>>, reason) => {
    const namespaces = { names: [], ownNamespace: true };
    const surroundings = { environment: given, files: filesOf(texts) };
    await expect(openAccess({ ...IN_CLUSTER, namespaces }, surroundings)).rejects.toThrow(reason);
  });

  it('is what the configuration names', async () => {
    const files = filesOf({ '/k': kubeconfig('', 'token: t') });
    const given = { environment: {}, files };
    const byFile = await openAccess({ ...IN_CLUSTER, kubeconfigFile: '/k' }, given);
    expect(byFile.server).toBe('https://k8s:6443');
    const byName = await openAccess({ ...IN_CLUSTER, apiServer: 'http://a:1' }, given);
    expect(byName).toEqual({ server: 'http://a:1', httpClient: plainHttpClient, ownNamespace: '' });
    const missing = openAccess({ ...IN_CLUSTER, kubeconfigFile: '/no' }, given);
    await expect(missing).rejects.toThrow('cannot read kubeconfig: no file /no');
  });
});
