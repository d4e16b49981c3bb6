/** A hierarchy of control groups, as it is mounted where we can see it. */
export interface CgroupMount {
  readonly version: 1 | 2;
  /** Of version 1: `memory`, `cpu`, ...; `name=systemd` for one without a controller. */
  readonly controllers: readonly string[];
  /** The group that stands at the mount's top, as /proc/<pid>/cgroup names groups: `/`, `/docker/0123`, `/../..`. */
  readonly root: string;
  /** Where it is mounted. */
  readonly path: string;
}

/**
 * The hierarchies of a mountinfo file (proc(5)), those that are mounted at `below` or under it; the first where
 * one is mounted several times.
 */
export function parseMounts(mountinfo: string, below: string): CgroupMount[] {
  const mounts: CgroupMount[] = [];
  for (const line of mountinfo.split('\n')) {
    const mount = parseMount(line);
    if (mount === undefined || !isBelow(mount.path, below)) continue;
    const isKnown = mounts.some((other) => isSameHierarchy(other, mount));
    if (!isKnown) mounts.push(mount);
  }
  return mounts;
}

/** `36 31 0:33 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory` */
function parseMount(line: string): CgroupMount | undefined {
  const [before = '', after] = line.split(' - ', 2);
  if (after === undefined) return undefined;
  const [, , , root = '', path = ''] = before.split(' ');
  const [type, , options = ''] = after.split(' ');
  if (type !== 'cgroup' && type !== 'cgroup2') return undefined;
  const controllers = type === 'cgroup2' ? [] : options.split(',').filter(isController);
  return { version: type === 'cgroup2' ? 2 : 1, controllers, root: plain(root), path: plain(path) };
}

const OPTIONS = new Set([
  'rw',
  'ro',
  'noprefix',
  'clone_children',
  'xattr',
  'cpuset_v2_mode',
  'all',
]);

function isController(option: string): boolean {
  return !OPTIONS.has(option) && !option.startsWith('release_agent=');
}

/** The kernel writes blanks and backslashes in paths as octal numbers. */
function plain(path: string): string {
  return path.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

function isBelow(path: string, below: string): boolean {
  return path === below || path.startsWith(below.endsWith('/') ? below : `${below}/`);
}

function isSameHierarchy(one: CgroupMount, other: CgroupMount): boolean {
  return one.version === other.version && one.controllers.join(',') === other.controllers.join(',');
}

/** Controllers of version 1 that are read. */
const V1_CONTROLLERS = ['cpu', 'cpuacct', 'memory', 'blkio', 'pids', 'hugetlb'];

/**
 * The hierarchies by what stands there, for a directory that no mountinfo of ours tells of (copied or recorded
 * trees, a host's /sys that was mounted without what is mounted below it).
 */
export function probeMounts(cgroupPath: string, exists: (path: string) => boolean): CgroupMount[] {
  if (exists(`${cgroupPath}/cgroup.controllers`)) {
    return [{ version: 2, controllers: [], root: '/', path: cgroupPath }];
  }
  const mounts: CgroupMount[] = [];
  for (const controller of V1_CONTROLLERS) {
    const path = `${cgroupPath}/${controller}`;
    if (exists(path)) mounts.push({ version: 1, controllers: [controller], root: '/', path });
  }
  const unified = `${cgroupPath}/unified`;
  if (exists(`${unified}/cgroup.controllers`)) {
    mounts.push({ version: 2, controllers: [], root: '/', path: unified });
  }
  return mounts;
}
