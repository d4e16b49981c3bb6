import type { ContainerDetails, EngineEvent } from '#docker';
import { CONTAINER_STATES } from './container.ts';
import type { Container, ContainerHealth, ContainerLimits, ContainerState } from './container.ts';
import { identityOf } from './identity.ts';

/** Labels of one container that are kept, and the length of a value; Compose writes some twenty. */
const LABELS_MAX = 256;
const LABEL_LENGTH_MAX = 4096;

/** Of a list that an engine gives: networks, ports. */
const ENTRIES_MAX = 1000;

/** Of texts that are shown and kept. Characters. */
const TEXT_LENGTH_MAX = 1024;

/** Docker's own, where a quota stands without a period. Microseconds. */
const CPU_PERIOD_US_DEFAULT = 100_000;

/**
 * A container as the engine describes it. `before` is the same container as it was known: the engine forgets how
 * it last ended while it runs again.
 */
export function containerOf(details: ContainerDetails, before?: Container): Container {
  const labels = keptLabels(details.Config.Labels);
  const containerName = details.Name.replace(/^\//, '');
  const identity = identityOf(labels, containerName);
  const { State: state } = details;
  const word = stateWord(state.Status);
  return {
    id: details.Id,
    identity,
    line: identity.name,
    containerName,
    image: cut(details.Config.Image ?? ''),
    imageId: details.Image,
    labels,
    state: word,
    health: healthWord(state.Health?.Status),
    pid: state.Pid ?? 0,
    createdMs: instantMs(details.Created),
    startedMs: instantMs(state.StartedAt),
    finishedMs: instantMs(state.FinishedAt),
    ...lastEnd(details, before),
    error: cut(state.Error ?? ''),
    restarts: details.RestartCount ?? 0,
    limits: limitsOf(details.HostConfig),
    networkMode: details.HostConfig?.NetworkMode ?? '',
    ...networkOf(details),
    cgroupParent: details.HostConfig?.CgroupParent ?? '',
  };
}

/**
 * A container that had gone before it could be looked at, from what an event says of it: name, image and labels
 * stand among the attributes.
 */
export function containerOfEvent({ actor, timeMs }: EngineEvent): Container {
  const { name = '', image = '' } = actor.attributes;
  const labels = Object.fromEntries(
    Object.entries(actor.attributes).filter(([key]) => !EVENT_WORDS.has(key)),
  );
  return containerOf({
    Id: actor.id,
    Name: name,
    Created: new Date(timeMs).toISOString(),
    Image: '',
    State: { Status: 'created' },
    Config: { Image: image, Labels: labels },
  });
}

/** Attributes of events that are no labels. */
const EVENT_WORDS: ReadonlySet<string> = new Set([
  'name',
  'image',
  'exitCode',
  'execDuration',
  'signal',
  'oldName',
  'container',
  // Podman's.
  'containerExitCode',
  'health_status',
  'podId',
  'network',
  'error',
]);

type LastEnd = Pick<Container, 'exitCode' | 'isOomKilled'>;

/** What the engine tells of a container that runs is not about its last end. */
function lastEnd({ State: state }: ContainerDetails, before: Container | undefined): LastEnd {
  const isOver = !(state.Running ?? state.Status === 'running') || state.Restarting === true;
  if (isOver && instantMs(state.FinishedAt) > 0) {
    return { exitCode: state.ExitCode ?? 0, isOomKilled: state.OOMKilled ?? false };
  }
  return { exitCode: before?.exitCode, isOomKilled: before?.isOomKilled ?? false };
}

const STATES: ReadonlySet<string> = new Set(CONTAINER_STATES);

/** Podman has some more words. */
export function stateWord(status: string): ContainerState {
  if (STATES.has(status)) return status as ContainerState;
  if (status === 'stopping') return 'running';
  return status === 'configured' || status === 'initialized' ? 'created' : 'exited';
}

export function healthWord(status: string | undefined): ContainerHealth {
  return status === 'healthy' || status === 'unhealthy' || status === 'starting' ? status : 'none';
}

/** Year 1 stands for never. */
export function instantMs(text: string | undefined): number {
  const ms = text === undefined ? NaN : Date.parse(text);
  return ms > 0 ? ms : 0;
}

function keptLabels(
  labels: Readonly<Record<string, string>> | null | undefined,
): Readonly<Record<string, string>> {
  const kept = Object.entries(labels ?? {})
    .slice(0, LABELS_MAX)
    .map(([name, value]) => [name.slice(0, LABEL_LENGTH_MAX), value.slice(0, LABEL_LENGTH_MAX)]);
  return Object.fromEntries(kept) as Record<string, string>;
}

function cut(text: string): string {
  return text.slice(0, TEXT_LENGTH_MAX);
}

function limitsOf(config: ContainerDetails['HostConfig']): ContainerLimits {
  const quotaUs = atLeastZero(config?.CpuQuota);
  const periodUs = atLeastZero(config?.CpuPeriod);
  const quotaCpus = quotaUs / (periodUs || CPU_PERIOD_US_DEFAULT);
  return {
    memoryBytes: atLeastZero(config?.Memory),
    memoryReservationBytes: atLeastZero(config?.MemoryReservation),
    memorySwapBytes: atLeastZero(config?.MemorySwap),
    cpuShares: atLeastZero(config?.CpuShares),
    cpuPeriodUs: periodUs,
    cpuQuotaUs: quotaUs,
    cpus: config?.NanoCpus ? config.NanoCpus / 1e9 : quotaCpus,
    pids: atLeastZero(config?.PidsLimit ?? 0),
  };
}

/** -1 stands for no limit, too. */
function atLeastZero(value: number | undefined): number {
  return value !== undefined && value > 0 ? value : 0;
}

function networkOf(
  details: ContainerDetails,
): Pick<Container, 'addresses' | 'exposedPorts' | 'publishedPorts'> {
  const { Networks: networks, Ports: ports } = details.NetworkSettings ?? {};
  const addresses = Object.entries(networks ?? {})
    .slice(0, ENTRIES_MAX)
    .flatMap(([network, endpoint]) => {
      const ip = endpoint.IPAddress || endpoint.GlobalIPv6Address || '';
      return ip === '' ? [] : [{ network, ip }];
    })
    .toSorted((a, b) => (a.network < b.network ? -1 : 1));
  const exposed = [...Object.keys(details.Config.ExposedPorts ?? {}), ...Object.keys(ports ?? {})];
  const numbers = exposed.map(tcpPort).filter((port) => port > 0);
  return {
    addresses,
    exposedPorts: [...new Set(numbers)].toSorted((a, b) => a - b).slice(0, ENTRIES_MAX),
    publishedPorts: publishedPorts(ports ?? {}).slice(0, ENTRIES_MAX),
  };
}

/** Of `8080/tcp`; 0 for other protocols. */
function tcpPort(text: string): number {
  const match = /^(\d{1,5})(?:\/tcp)?$/.exec(text);
  return match === null ? 0 : Number(match[1]);
}

/** As the engine has it: `{ "80/tcp": [{ "HostIp": "0.0.0.0", "HostPort": "8080" }] }`. */
function publishedPorts(ports: Readonly<Record<string, unknown>>): Container['publishedPorts'] {
  return Object.entries(ports).flatMap(([name, bindings]) => {
    const port = tcpPort(name);
    if (port === 0 || !Array.isArray(bindings)) return [];
    return (bindings as readonly Record<string, unknown>[]).flatMap((binding) => {
      const { HostPort: hostPort, HostIp: ip } = binding;
      const isPublished = Number(hostPort) > 0 && typeof ip === 'string';
      return isPublished ? [{ ip, hostPort: Number(hostPort), port }] : [];
    });
  });
}
