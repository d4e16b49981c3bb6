import { accessSync, constants, existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { metricsAddresses } from '#containers';
import { findDockerEngine } from '#docker';
import type { SocketState } from '#docker';
import { createHttpClient } from '#platform';
import type { HttpClient } from '#platform';
import type { ContainerVantage } from './container-vantage.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the engine's client takes from the environment. */
export function engineEnvironment(): Environment {
  const { DOCKER_HOST: host = '', ...others } = process.env;
  // It may also name a host alone, for targets of a configuration (decision 0005): that is no engine.
  return /^[a-z]+:\/\/|^\//.test(host) ? process.env : others;
}

/** By the flag, by the environment, else the usual sockets; undefined: there is none. */
export function findEngineAddress(flag: string): string | undefined {
  return findDockerEngine({ flag, environment: engineEnvironment(), socketState });
}

function socketState(path: string): SocketState {
  if (!existsSync(path)) return 'absent';
  try {
    accessSync(path, constants.R_OK | constants.W_OK);
    return 'usable';
  } catch {
    return 'forbidden';
  }
}

/** The engine's own configuration, where it runs on this machine. */
const DAEMON_JSON = '/etc/docker/daemon.json';

/** Where the engine may serve its own metrics. */
export async function engineMetricsAddresses(
  engineAddress: string,
  vantage: ContainerVantage,
): Promise<readonly string[]> {
  return metricsAddresses({
    engineAddress,
    publishingHost: vantage.now().publishingHost,
    gateway: vantage.gateway,
    daemonJson: await readFile(DAEMON_JSON, 'utf8').catch(() => undefined),
  });
}

/** Asks containers. One must not send us elsewhere; and its address stands in no certificate. */
export function createProbeClient(): HttpClient {
  return createHttpClient({
    tls: { insecureSkipVerify: true },
    proxy: { proxyFromEnvironment: false, proxyConnectHeader: {} },
    followRedirects: false,
    httpHeaders: {},
  });
}
