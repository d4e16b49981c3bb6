import {
  createApplicationDiscovery,
  createContainerRegistry,
  createProbeMetrics,
  findMetrics,
} from '#containers';
import type { RunningRegistry } from '#containers';
import { openDockerEngine } from '#docker';
import { Registry } from '#instrument';
import { systemClock } from '#platform';
import type { Log, Timer } from '#platform';
import { USER_AGENT } from './build-info.ts';
import { ContainerVantage } from './container-vantage.ts';
import {
  createProbeClient,
  engineEnvironment,
  engineMetricsAddresses,
  findEngineAddress,
} from './engine-address.ts';
import type { KeptFacts } from './kept-config.ts';
import type { Settings } from './settings.ts';
import { ownPlace } from './zero-config.ts';

/** An engine that has not answered by then counts as absent. */
const CONNECT_MS = 10_000;

/**
 * Looks at the engine and its containers once, their exposed ports included; writes nothing. Rejects with DockerError
 * where the address of the engine is none.
 */
export async function lookOnce(settings: Settings, log: Log): Promise<KeptFacts> {
  const own = ownPlace(settings);
  const address = settings.containers.isOn
    ? findEngineAddress(settings.containers.dockerHost)
    : undefined;
  if (address === undefined) return nothing(own, 'no Docker or Podman socket was found');
  const environment = engineEnvironment();
  const engine = openDockerEngine({ address, environment, userAgent: USER_AGENT });
  const metrics = new Registry();
  const registry = createContainerRegistry({ engine, clock: systemClock, log, metrics });
  registry.start();
  try {
    await connected(registry);
    const { status, error } = registry.engine;
    if (status !== 'connected') return nothing(own, `${address} does not answer: ${error}`);
    return await facts(registry, { own, log, metrics });
  } finally {
    await registry.stop();
    engine.close();
  }
}

function nothing(own: KeptFacts['own'], engineText: string): KeptFacts {
  return {
    own,
    engineAddress: '',
    engineText,
    running: 0,
    engineMetrics: undefined,
    applications: [],
  };
}

/** Until it has answered, has not been reached, or took too long. */
async function connected(registry: RunningRegistry): Promise<void> {
  let timer: Timer | undefined;
  await new Promise<void>((resolve) => {
    registry.subscribe(() => {
      if (registry.engine.status !== 'connecting') resolve();
    });
    timer = systemClock.setTimer(CONNECT_MS, resolve);
    if (registry.engine.status !== 'connecting') resolve();
  });
  timer?.cancel();
}

async function facts(
  registry: RunningRegistry,
  { own, log, metrics }: { own: KeptFacts['own']; log: Log; metrics: Registry },
): Promise<KeptFacts> {
  const client = createProbeClient();
  const vantage = new ContainerVantage(registry, own.address);
  const discovery = createApplicationDiscovery({
    registry,
    clock: systemClock,
    log,
    client,
    userAgent: USER_AGENT,
    metrics: createProbeMetrics(metrics),
    vantage: () => vantage.now(),
    ownId: () => vantage.ownId(),
  });
  const stop = discovery.run(() => {});
  try {
    await discovery.settled();
    const { address, product, version } = registry.engine;
    const addresses = (): Promise<readonly string[]> => engineMetricsAddresses(address, vantage);
    return {
      own,
      engineAddress: address,
      engineText: `${product} ${version}`.trim(),
      running: registry.containers().filter(({ state }) => state === 'running').length,
      engineMetrics: await findMetrics(
        { client, userAgent: USER_AGENT, addresses },
        new AbortController().signal,
      ),
      applications: discovery.found(),
    };
  } finally {
    stop();
    client.close();
  }
}
