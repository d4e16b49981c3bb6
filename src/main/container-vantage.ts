import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { OwnContainer } from '#containers';
import type { ContainerRegistry, Vantage } from '#containers';

/** Made where Docker and Podman run a container. */
const MARKS = ['/.dockerenv', '/run/.containerenv'];

/** From where this process looks at containers: read once, but for which of them it runs in. */
export class ContainerVantage {
  readonly #registry: ContainerRegistry;
  readonly #ownAddress: string;
  readonly #own: OwnContainer;
  readonly #isContainer: boolean;
  /** The host, as a container sees it. */
  readonly gateway: string | undefined;

  constructor(registry: ContainerRegistry, ownAddress: string) {
    this.#registry = registry;
    this.#ownAddress = ownAddress.replace(/^localhost:/, '127.0.0.1:');
    this.#own = new OwnContainer({
      mountInfo: textOf('/proc/self/mountinfo'),
      cgroup: textOf('/proc/self/cgroup'),
      hostName: hostname(),
    });
    this.#isContainer = MARKS.some((path) => existsSync(path));
    this.gateway = this.#isContainer ? defaultGateway(textOf('/proc/net/route')) : undefined;
  }

  /** The container that we run in, where the engine knows it. */
  ownId(): string | undefined {
    return this.#own.among(this.#registry);
  }

  now(): Vantage {
    const ownId = this.ownId();
    const own = ownId === undefined ? undefined : this.#registry.byId(ownId);
    const engineHost = hostOf(this.#registry.engine.address);
    // A proxy of the socket is reached by TCP, but it is of this machine if it knows our container.
    const isRemote = engineHost !== undefined && own === undefined && !isLoopback(engineHost);
    const isInside = this.#isContainer && own?.networkMode !== 'host';
    return {
      seesContainerNetworks: process.platform === 'linux' && !isRemote,
      publishingHost: isRemote ? engineHost : this.#publishingHost(isInside),
      ownNetworks:
        own === undefined || own.networkMode === 'host'
          ? undefined
          : new Set(own.addresses.map(({ network }) => network)),
      ownAddress: this.#ownAddress,
    };
  }

  #publishingHost(isInside: boolean): string {
    return isInside ? (this.gateway ?? 'host.docker.internal') : '127.0.0.1';
  }
}

/** Of a socket there is none. */
function hostOf(address: string): string | undefined {
  if (!/^(?:tcp|https?):/.test(address) || !URL.canParse(address)) return undefined;
  return new URL(address).hostname;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || host.startsWith('127.');
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Of `/proc/net/route`: destination 0, the gateway as hexadecimal digits in the order of the machine. */
export function defaultGateway(routes: string): string | undefined {
  for (const line of routes.split('\n').slice(1)) {
    const [, destination, gateway = ''] = line.split('\t');
    if (destination !== '00000000' || !/^[0-9A-F]{8}$/.test(gateway)) continue;
    const bytes = gateway.match(/../g) ?? [];
    return bytes
      .toReversed()
      .map((byte) => Number.parseInt(byte, 16))
      .join('.');
  }
  return undefined;
}
