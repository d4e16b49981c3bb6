import { dirname, isAbsolute, join } from 'node:path';
import { Secret } from '#config';
import type { HttpClientConfig, TlsConfig } from '#config';
import { parseDocument } from 'yaml';
import { AccessError } from './access-error.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { asRecord, listAt, recordAt, textAt } from './read-objects.ts';
import type { Json } from './read-objects.ts';

/**
 * Reads a kubeconfig: the cluster and the user of its current context. Paths count from its folder. What would be
 * executed to get credentials (`exec`, `auth-provider`) is refused. Throws AccessError.
 */
export function parseKubeconfig(text: string, path: string): ClusterAccess {
  const file = new Kubeconfig(readYaml(text, path), path);
  return file.access();
}

function readYaml(text: string, path: string): Json {
  // Every scalar is the text that stands there: a password may be `n` or 0123.
  const document = parseDocument(text, { schema: 'failsafe' });
  const [error] = document.errors;
  if (error !== undefined) {
    // The message would show the line, in which a secret may stand.
    const line = error.linePos?.[0].line ?? 1;
    throw new AccessError(`cannot parse kubeconfig ${path}: YAML: ${error.code} in line ${line}`);
  }
  return asRecord(document.toJS());
}

class Kubeconfig {
  readonly #root: Json;
  readonly #path: string;

  constructor(root: Json, path: string) {
    this.#root = root;
    this.#path = path;
  }

  access(): ClusterAccess {
    const current = textAt(this.#root, 'current-context');
    if (current === '') throw this.#error('current-context is not set');
    const context = this.#entry('contexts', 'context', current);
    const cluster = this.#entry('clusters', 'cluster', textAt(context, 'cluster'));
    const userName = textAt(context, 'user');
    const user = userName === '' ? {} : this.#entry('users', 'user', userName);
    const server = textAt(cluster, 'server');
    if (!/^https?:\/\//.test(server))
      throw this.#error('the cluster has no server with http(s)://');
    return { server, ownNamespace: '', httpClient: this.#httpClient(cluster, user) };
  }

  #entry(list: string, key: string, name: string): Json {
    const found = listAt(this.#root, list).find((one) => textAt(one, 'name') === name);
    if (found === undefined) {
      throw this.#error(`${key} ${JSON.stringify(name)} does not exist`);
    }
    return recordAt(found, key);
  }

  #httpClient(cluster: Json, user: Json): HttpClientConfig {
    const proxyUrl = textAt(cluster, 'proxy-url');
    return {
      ...this.#credentials(user),
      tls: this.#tls(cluster, user),
      proxy: {
        ...(proxyUrl === '' ? {} : { proxyUrl }),
        proxyFromEnvironment: proxyUrl === '',
        proxyConnectHeader: {},
      },
      followRedirects: true,
      enableHttp2: false,
      httpHeaders: this.#impersonation(user),
    };
  }

  #credentials(user: Json): Pick<HttpClientConfig, 'authorization' | 'basicAuth'> {
    for (const key of ['exec', 'auth-provider']) {
      if (asRecord(user[key]) !== user[key]) continue;
      throw this.#error(
        `the user needs ${key}, and programs that a file names are not run: give a token, tokenFile or client certificate`,
      );
    }
    const tokenFile = textAt(user, 'tokenFile');
    const token = textAt(user, 'token');
    const username = textAt(user, 'username');
    const hasToken = token !== '' || tokenFile !== '';
    if (username !== '' && hasToken) {
      throw this.#error('username/password or bearer token may be set, but not both');
    }
    if (username !== '') {
      return { basicAuth: { username, password: new Secret(textAt(user, 'password')) } };
    }
    if (!hasToken) return {};
    return {
      authorization:
        tokenFile === ''
          ? { type: 'Bearer', credentials: new Secret(token) }
          : { type: 'Bearer', credentialsFile: this.#resolve(tokenFile) },
    };
  }

  #tls(cluster: Json, user: Json): TlsConfig {
    const serverName = textAt(cluster, 'tls-server-name');
    const insecureSkipVerify = textAt(cluster, 'insecure-skip-tls-verify') === 'true';
    const authority = this.#dataOrFile(cluster, 'certificate-authority');
    if (insecureSkipVerify && authority !== undefined) {
      const both = 'specifying a root certificates file with the insecure flag is not allowed';
      throw this.#error(both);
    }
    const cert = this.#dataOrFile(user, 'client-certificate');
    const key = this.#dataOrFile(user, 'client-key');
    if ((cert === undefined) !== (key === undefined)) {
      throw this.#error('client-certificate and client-key belong together');
    }
    return {
      insecureSkipVerify,
      ...(serverName === '' ? {} : { serverName }),
      ...(authority && ('data' in authority ? { ca: authority.data } : { caFile: authority.file })),
      ...(cert && ('data' in cert ? { cert: cert.data } : { certFile: cert.file })),
      ...(key && ('data' in key ? { key: new Secret(key.data) } : { keyFile: key.file })),
    };
  }

  /** As client-go: what stands in the file counts before another file. */
  #dataOrFile(from: Json, key: string): { data: string } | { file: string } | undefined {
    const data = textAt(from, `${key}-data`);
    if (data !== '') return { data: Buffer.from(data, 'base64').toString('utf8') };
    const file = textAt(from, key);
    return file === '' ? undefined : { file: this.#resolve(file) };
  }

  #impersonation(user: Json): HttpClientConfig['httpHeaders'] {
    if (Object.keys(recordAt(user, 'as-user-extra')).length > 0) {
      throw this.#error('as-user-extra is not supported');
    }
    const groups = user['as-groups'];
    const headers: readonly (readonly [string, readonly string[]])[] = [
      ['Impersonate-User', [textAt(user, 'as')]],
      ['Impersonate-Uid', [textAt(user, 'as-uid')]],
      ['Impersonate-Group', Array.isArray(groups) ? groups.map(String) : []],
    ];
    const given = headers.filter(([, values]) => values.some((value) => value !== ''));
    return Object.fromEntries(
      given.map(([name, values]) => [name, { values, secrets: [], files: [] }]),
    );
  }

  #resolve(path: string): string {
    return isAbsolute(path) ? path : join(dirname(this.#path), path);
  }

  #error(reason: string): AccessError {
    return new AccessError(`cannot use kubeconfig ${this.#path}: ${reason}`);
  }
}
