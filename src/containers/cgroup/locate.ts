import type { CgroupMount } from './mounts.ts';

/** Directories of one container's control groups. */
export interface CgroupLocation {
  /** Of version 1, by controller. */
  readonly v1: ReadonlyMap<string, string>;
  /** Of version 2; undefined where that is not mounted or the container has none there. */
  readonly unified: string | undefined;
  /** As the kernel names it: `/docker/<id>`, `/system.slice/docker-<id>.scope`. */
  readonly path: string;
  /** The numbers of the host's processes hold in the /proc that was read. */
  readonly isPidKnown: boolean;
}

export interface LocateInput {
  readonly id: string;
  /** `HostConfig.CgroupParent`; '' for the driver's own. */
  readonly cgroupParent: string;
  /** Content of /proc/<pid>/cgroup; undefined where it cannot be read. */
  readonly procCgroup: string | undefined;
  readonly mounts: readonly CgroupMount[];
  readonly exists: (path: string) => boolean;
}

/**
 * Where a container's control groups are: as its first process says, else where the engines put them. Undefined:
 * none can be seen from here. The process is believed only where its group bears the container's id, because with
 * another namespace of processes, or an engine of another machine, the number means another process.
 */
export function locateCgroup(input: LocateInput): CgroupLocation | undefined {
  const groups = parseProcCgroup(input.procCgroup ?? '');
  const isPidKnown = [...groups.values()].some((path) => path.includes(input.id));
  const told = isPidKnown ? locateBy(input, (mount) => pathsOf(groups, mount)) : undefined;
  if (told !== undefined) return { ...told, isPidKnown };
  const candidates = usualPaths(input.id, input.cgroupParent);
  // These are counted from the top of all groups; a mount that begins elsewhere has none of them.
  const mounts = input.mounts.map((mount) => ({ ...mount, root: '/' }));
  const found = locateBy({ ...input, mounts }, () => candidates);
  return found === undefined ? undefined : { ...found, isPidKnown };
}

/** `4:memory:/docker/0123` or `0::/docker/0123`, by `memory` or ''. */
export function parseProcCgroup(text: string): Map<string, string> {
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, controllers, ...path] = line.split(':');
    if (controllers === undefined || path.length === 0) continue;
    for (const controller of controllers.split(',')) paths.set(controller, path.join(':'));
  }
  return paths;
}

function pathsOf(groups: ReadonlyMap<string, string>, mount: CgroupMount): readonly string[] {
  const names = mount.version === 2 ? [''] : mount.controllers;
  for (const name of names) {
    const path = groups.get(name);
    if (path !== undefined) return [path];
  }
  return [];
}

function locateBy(
  { mounts, exists, id }: LocateInput,
  pathsFor: (mount: CgroupMount) => readonly string[],
): Omit<CgroupLocation, 'isPidKnown'> | undefined {
  const v1 = new Map<string, string>();
  let unified: string | undefined;
  let path = '';
  for (const mount of mounts) {
    for (const group of pathsFor(mount)) {
      const directory = directoryOf(mount, group);
      // A hierarchy in which the container has no group of its own would tell of its parent, or of the host.
      if (directory === undefined || !directory.includes(id) || !exists(directory)) continue;
      if (mount.version === 2) unified = directory;
      else for (const controller of mount.controllers) v1.set(controller, directory);
      if (path === '' || mount.controllers.includes('memory')) path = group;
      break;
    }
  }
  if (v1.size === 0 && unified === undefined) return undefined;
  return { v1, unified, path };
}

/** Where a group is to be found below a mount; undefined where it is not below it. */
export function directoryOf(mount: CgroupMount, group: string): string | undefined {
  const root = parts(mount.root);
  const wanted = parts(group);
  for (const [i, part] of root.entries()) if (wanted[i] !== part) return undefined;
  const rest = wanted.slice(root.length);
  return rest.includes('..') ? undefined : [mount.path, ...rest].join('/');
}

function parts(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

/** Where Docker (drivers cgroupfs and systemd) and Podman put a container's group. */
function usualPaths(id: string, cgroupParent: string): string[] {
  const parent = parts(cgroupParent).filter((part) => part !== '..');
  if (parent.length > 0) {
    const slice = parent.at(-1) ?? '';
    const base = slice.endsWith('.slice') ? slicePath(slice) : `/${parent.join('/')}`;
    return [`${base}/${id}`, `${base}/docker-${id}.scope`, `${base}/libpod-${id}.scope`];
  }
  return [
    `/docker/${id}`,
    `/system.slice/docker-${id}.scope`,
    `/machine.slice/libpod-${id}.scope`,
    `/libpod_parent/libpod-${id}`,
  ];
}

/** systemd names a slice after its parents: `a-b.slice` is `/a.slice/a-b.slice`. */
function slicePath(slice: string): string {
  const names = slice.slice(0, -'.slice'.length).split('-');
  return names.map((_, i) => `/${names.slice(0, i + 1).join('-')}.slice`).join('');
}
