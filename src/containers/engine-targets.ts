import { labelsFromObject } from '#model';
import { HttpClientError } from '#platform';
import type { Clock, HttpClient, Timer } from '#platform';
import type { Discovery } from '#discovery';
import type { ContainerRegistry } from './container.ts';

export interface EngineTargetsOptions {
  readonly registry: ContainerRegistry;
  readonly clock: Clock;
  readonly client: HttpClient;
  readonly userAgent: string;
  /** `host:port` under which this server reaches itself. */
  readonly ownAddress: string;
  /** Path of the engine's metrics as we make them from its API. */
  readonly ownPath: string;
  /** `host:port` where an engine usually serves its own metrics, the likeliest first. */
  readonly addresses: () => Promise<readonly string[]>;
  /** Name of the host, for `instance`. */
  readonly hostName: string;
}

/** One page of ours, from the moment when an engine has answered; until then there is nothing to be said on it. */
export function ownPageDiscovery(
  options: Pick<EngineTargetsOptions, 'registry' | 'ownAddress' | 'hostName'>,
): Discovery {
  const { registry, ownAddress, hostName } = options;
  return {
    run: (onGroups) => {
      let isTold = false;
      const look = (): void => {
        if (isTold || registry.engine.status !== 'connected') return;
        isTold = true;
        const target = labelsFromObject({ __address__: ownAddress, instance: hostName });
        onGroups([{ source: 'containers/self', targets: [target], labels: [] }]);
      };
      onGroups([]);
      look();
      return registry.subscribe(look);
    },
  };
}

const TIMEOUT_MS = 2000;
const PAGE_BYTES_MAX = 2 ** 22;
/** Changes of the engine that come together are looked at together. */
const LOOK_WAIT_MS = 100;
/** A name that no other program has. */
const ENGINE_METRIC = 'engine_daemon_engine_info';

/**
 * The engine's metrics: where it serves them itself, from there; else from us. Looked at again each time that the
 * engine is connected anew, since it may be configured otherwise.
 */
export function engineDiscovery(options: EngineTargetsOptions): Discovery {
  return {
    run: (onGroups) => {
      const { registry, clock } = options;
      const aborter = new AbortController();
      let status = '';
      let timer: Timer | undefined;
      const ask = async (): Promise<void> => {
        timer = undefined;
        const address = await findMetrics(options, aborter.signal);
        if (aborter.signal.aborted) return;
        const target = labelsFromObject({
          __address__: address ?? options.ownAddress,
          __metrics_path__: address === undefined ? options.ownPath : '/metrics',
          instance: options.hostName,
        });
        onGroups([{ source: 'containers/engine', targets: [target], labels: [] }]);
      };
      const look = (): void => {
        const before = status;
        status = registry.engine.status;
        if (status !== 'connected' || before === 'connected') return;
        timer ??= clock.setTimer(LOOK_WAIT_MS, () => void ask());
      };
      const unsubscribe = registry.subscribe(look);
      onGroups([]);
      look();
      return () => {
        unsubscribe();
        aborter.abort();
        timer?.cancel();
      };
    },
  };
}

/** `host:port` of an engine that serves its own metrics; undefined where none does. */
export async function findMetrics(
  {
    client,
    userAgent,
    addresses,
  }: Pick<EngineTargetsOptions, 'client' | 'userAgent' | 'addresses'>,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (const address of await addresses()) {
    try {
      const { status, body } = await client.fetch({
        url: `http://${address}/metrics`,
        headers: { Accept: 'text/plain;version=0.0.4', 'User-Agent': userAgent },
        timeoutMs: TIMEOUT_MS,
        bodyBytesMax: PAGE_BYTES_MAX,
        signal,
      });
      if (status === 200 && new TextDecoder().decode(body).includes(ENGINE_METRIC)) return address;
    } catch (error) {
      if (!(error instanceof HttpClientError)) throw error;
      if (signal.aborted) return undefined;
    }
  }
  return undefined;
}

/** Port at which the engine's documentation lets it serve its metrics. */
const METRICS_PORT = 9323;

/**
 * Where to look for them. `daemonJson`: the engine's configuration file, where it can be read; `gateway`: the host
 * as a container sees it.
 */
export function metricsAddresses(from: {
  readonly engineAddress: string;
  readonly publishingHost: string;
  readonly gateway: string | undefined;
  readonly daemonJson: string | undefined;
}): readonly string[] {
  const configured = portOf(from.daemonJson);
  const ports = configured === undefined ? [METRICS_PORT] : [configured];
  const isRemote = /^(?:tcp|https?):/.test(from.engineAddress);
  const hosts = isRemote
    ? [new URL(from.engineAddress).hostname]
    : [from.publishingHost, ...(from.gateway === undefined ? [] : [from.gateway])];
  return ports.flatMap((port) => [...new Set(hosts)].map((host) => `${host}:${port}`));
}

function portOf(daemonJson: string | undefined): number | undefined {
  const text = /"metrics-addr"\s*:\s*"[^"]*:(\d{1,5})"/.exec(daemonJson ?? '')?.[1];
  return text === undefined ? undefined : Number(text);
}
