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
 * Our own container, where we run in one of these: by what is mounted, by our group, by the host name. On a host
 * there are mounts of containers, too, but not over these files.
 */
export function findOwnContainer(traces: OwnTraces, ids: readonly string[]): string | undefined {
  const known = new Set(ids);
  for (const text of [ownMounts(traces.mountInfo), traces.cgroup]) {
    for (const [, id = ''] of text.matchAll(ID)) {
      if (known.has(id)) return id;
    }
  }
  if (!/^[0-9a-f]{12}$/.test(traces.hostName)) return undefined;
  return ids.find((id) => id.startsWith(traces.hostName));
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
