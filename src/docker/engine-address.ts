import type { HttpClientOptions } from '#platform';
import { DockerError } from './docker-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How an engine is reached. */
export interface EngineEndpoint {
  /** To be shown: without credentials. */
  readonly address: string;
  /** Requests' URLs begin so; no slash at the end. */
  readonly baseUrl: string;
  readonly http: HttpClientOptions;
}

const PLAIN: HttpClientOptions = {
  tls: { insecureSkipVerify: false },
  // The environment's proxies, as Docker's own client.
  proxy: { proxyFromEnvironment: true, proxyConnectHeader: {} },
  // A redirect could lead past the list of what is asked.
  followRedirects: false,
  httpHeaders: {},
};

/** Where the CLI looks for ports that an address leaves out. */
const PLAIN_PORT = '2375';
const TLS_PORT = '2376';

/**
 * Reads an address as DOCKER_HOST has it: `unix:///path`, `npipe:////./pipe/name`, `tcp://host:2375`, `http://`,
 * `https://`. `environment`: DOCKER_TLS_VERIFY, DOCKER_TLS, DOCKER_CERT_PATH and HOME, as the docker CLI takes them;
 * an empty one for none. `given` counts for http and https alone. Throws DockerError `address`.
 */
export function engineEndpoint(
  address: string,
  environment: Environment,
  given?: HttpClientOptions,
): EngineEndpoint {
  const local = /^(unix|npipe):\/\/(.+)$/.exec(address);
  if (local !== null) {
    const socketPath = local[1] === 'unix' ? local[2] : (local[2] ?? '').replaceAll('/', '\\');
    if (socketPath === undefined) throw badAddress(address);
    return { address, baseUrl: 'http://docker', http: { ...PLAIN, socketPath } };
  }
  const url = parseAddress(address);
  const tls = given === undefined ? tlsOf(environment) : undefined;
  const isTls = url.protocol === 'https:' || (url.protocol === 'tcp:' && tls !== undefined);
  const port =
    url.protocol === 'tcp:' && url.port === '' ? (isTls ? TLS_PORT : PLAIN_PORT) : url.port;
  const host = port === '' ? url.hostname : `${url.hostname}:${port}`;
  const path = url.pathname.replace(/\/+$/, '');
  const own = given !== undefined && url.protocol !== 'tcp:' ? given : PLAIN;
  const user = url.username === '' ? '' : `${url.username}:${url.password}@`;
  return {
    address: `${url.protocol}//${host}${path}`,
    baseUrl: `${isTls ? 'https' : 'http'}://${user}${host}${path}`,
    http: isTls && tls !== undefined ? { ...own, tls } : own,
  };
}

function parseAddress(address: string): URL {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    throw badAddress(address);
  }
  if (!['tcp:', 'http:', 'https:'].includes(url.protocol) || url.hostname === '') {
    throw badAddress(address);
  }
  return url;
}

function badAddress(address: string): DockerError {
  const shown = JSON.stringify(address.replace(/\/\/[^/@]*@/, '//'));
  const remedy = address.startsWith('ssh:')
    ? 'ssh is not supported; forward the socket (ssh -L /tmp/docker.sock:/var/run/docker.sock host)'
    : 'unix:///path, tcp://host:port, http://host:port or https://host:port is wanted';
  return new DockerError(
    'address',
    `cannot use ${shown} as the address of a Docker Engine: ${remedy}`,
  );
}

function tlsOf(environment: Environment): HttpClientOptions['tls'] | undefined {
  const isVerified = (environment['DOCKER_TLS_VERIFY'] ?? '') !== '';
  const certPath = environment['DOCKER_CERT_PATH'] ?? '';
  if (!isVerified && (environment['DOCKER_TLS'] ?? '') === '' && certPath === '') return undefined;
  const folder = certPath === '' ? `${environment['HOME'] ?? ''}/.docker` : certPath;
  return {
    insecureSkipVerify: !isVerified,
    caFile: `${folder}/ca.pem`,
    certFile: `${folder}/cert.pem`,
    keyFile: `${folder}/key.pem`,
  };
}

export type SocketState = 'usable' | 'forbidden' | 'absent';

export interface EngineSearch {
  /** What the flag says; '' where it is not given, `none` for no engine. */
  readonly flag: string;
  readonly environment: Environment;
  readonly socketState: (path: string) => SocketState;
}

/**
 * Where the engine is: by the flag, by DOCKER_HOST or CONTAINER_HOST, else the first of the usual sockets that may be
 * used, else one that is there but may not be. Undefined: there is none.
 */
export function findDockerEngine({
  flag,
  environment,
  socketState,
}: EngineSearch): string | undefined {
  if (flag === 'none') return undefined;
  for (const given of [flag, environment['DOCKER_HOST'], environment['CONTAINER_HOST']]) {
    if (given !== undefined && given !== '')
      return given.startsWith('/') ? `unix://${given}` : given;
  }
  const sockets = usualSockets(environment);
  const usable = sockets.find((path) => socketState(path) === 'usable');
  const found = usable ?? sockets.find((path) => socketState(path) === 'forbidden');
  return found === undefined ? undefined : `unix://${found}`;
}

/** Of Docker Desktop, OrbStack, Rancher Desktop and Colima, below the home of whoever runs them. */
const DOCKER_AT_HOME = [
  '.docker/run/docker.sock',
  '.docker/desktop/docker.sock',
  '.orbstack/run/docker.sock',
  '.rd/docker.sock',
  '.colima/default/docker.sock',
];
/** Of its virtual machine. */
const PODMAN_AT_HOME = '.local/share/containers/podman/machine/podman.sock';

/** Docker Engine, rootless, those at home; then Podman. */
function usualSockets(environment: Environment): string[] {
  const runtime = environment['XDG_RUNTIME_DIR'] ?? '';
  const home = environment['HOME'] ?? '';
  return [
    '/var/run/docker.sock',
    ...(runtime === '' ? [] : [`${runtime}/docker.sock`]),
    ...(home === '' ? [] : DOCKER_AT_HOME.map((path) => `${home}/${path}`)),
    '/run/podman/podman.sock',
    ...(runtime === '' ? [] : [`${runtime}/podman/podman.sock`]),
    ...(home === '' ? [] : [`${home}/${PODMAN_AT_HOME}`]),
  ];
}
