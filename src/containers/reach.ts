import { hostPort } from '#discovery';
import type { Container } from './container.ts';

/** From where we look at containers. */
export interface Vantage {
  /** Containers' addresses are routed from here: Linux, and the engine is of this machine. */
  readonly seesContainerNetworks: boolean;
  /** Host whose ports the engine publishes: `127.0.0.1`, the engine's host, `host.docker.internal`. */
  readonly publishingHost: string;
  /** Networks of our own container; undefined where we run in none. */
  readonly ownNetworks: ReadonlySet<string> | undefined;
  /** Where we listen ourselves, as `host:port`, never to be taken for a container. */
  readonly ownAddress: string;
}

/** Networks beyond that are not tried. */
const ADDRESSES_MAX = 8;
const EVERY_ADDRESS = new Set(['', '0.0.0.0', '::']);

/**
 * Where a port of a container may be reached from here, the best first: its own addresses on networks that we
 * share, else the port that the engine publishes for it. Empty: nowhere.
 */
export function addressesOf(container: Container, port: number, vantage: Vantage): string[] {
  const published = publishedAddresses(container, port, vantage);
  if (container.networkMode === 'host') {
    return withoutOwn([hostPort(vantage.publishingHost, port)], vantage);
  }
  const own = container.addresses
    .filter(({ network }) => vantage.ownNetworks === undefined || vantage.ownNetworks.has(network))
    .map(({ ip }) => hostPort(ip, port));
  const ordered = vantage.seesContainerNetworks ? [...own, ...published] : [...published, ...own];
  return withoutOwn([...new Set(ordered)], vantage).slice(0, ADDRESSES_MAX);
}

/** Why there is no address, for people. */
export function unreachableBecause(container: Container, vantage: Vantage): string {
  if (container.networkMode === 'none') return 'it has no network (network_mode: none)';
  if (vantage.ownNetworks !== undefined && container.addresses.length > 0) {
    const networks = container.addresses.map(({ network }) => network).join(', ');
    return `Narthex is in none of its networks (${networks})`;
  }
  return 'it has no address that can be reached from here';
}

function publishedAddresses(container: Container, port: number, vantage: Vantage): string[] {
  const addresses: string[] = [];
  for (const { ip, hostPort: onHost, port: inside } of container.publishedPorts) {
    if (inside !== port || onHost === 0) continue;
    const isEverywhere = EVERY_ADDRESS.has(ip);
    const isLoopback = ip === '127.0.0.1' || ip === '::1';
    const seesLoopback = vantage.publishingHost === '127.0.0.1';
    if (isEverywhere) addresses.push(hostPort(vantage.publishingHost, onHost));
    else if (!isLoopback || seesLoopback) addresses.push(hostPort(ip, onHost));
  }
  return addresses;
}

function withoutOwn(addresses: readonly string[], { ownAddress }: Vantage): string[] {
  return addresses.filter((address) => address !== ownAddress);
}
