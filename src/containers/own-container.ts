import type { ContainerRegistry } from './container.ts';

/** What tells us in which container we run. */
export interface OwnTraces {
  /** `/proc/self/mountinfo`; '' where there is none. */
  readonly mountInfo: string;
  /** `/proc/self/cgroup` */
  readonly cgroup: string;
  readonly hostName: string;
}

const ID = /[/-]([0-9a-f]{64})\b/g;

/** Files that an engine mounts over those of the image, out of its folder of the container. */
const OWN_FILES = new Set(['/etc/hostname', '/etc/hosts', '/etc/resolv.conf']);

/**
 * Tells our own container among those of an engine: by what is mounted, by our group, by the host name. On a host there
 * are mounts of containers, too, but not over these files.
 */
export class OwnContainer {
  readonly #ids: readonly string[];
  readonly #hostName: string;
  #found: string | undefined;

  constructor({ mountInfo, cgroup, hostName }: OwnTraces) {
    const traces = `${ownMounts(mountInfo)}\n${cgroup}`;
    this.#ids = [...new Set(Array.from(traces.matchAll(ID), ([, id = '']) => id))];
    this.#hostName = /^[0-9a-f]{12}$/.test(hostName) ? hostName : '';
  }

  /** Undefined: we run in none of these. */
  among(registry: Pick<ContainerRegistry, 'byId' | 'containers'>): string | undefined {
    if (this.#found !== undefined) return this.#found;
    this.#found = this.#ids.find((id) => registry.byId(id) !== undefined);
    if (this.#found === undefined && this.#hostName !== '') {
      const own = registry.containers().find(({ id }) => id.startsWith(this.#hostName));
      this.#found = own?.id;
    }
    return this.#found;
  }
}

/** The fourth field is where it is from, the fifth where it is mounted (proc(5)). */
function ownMounts(mountInfo: string): string {
  return mountInfo
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => OWN_FILES.has(fields[4] ?? ''))
    .map((fields) => fields[3] ?? '')
    .join('\n');
}
