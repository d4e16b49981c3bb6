import { existsSync, readFileSync } from 'node:fs';
import { KeptFiles } from './kept-files.ts';
import { parseMounts, probeMounts } from './mounts.ts';
import type { CgroupMount } from './mounts.ts';
import type { CgroupSettings } from './settings.ts';

/** What all readers share. */
export interface CgroupEnvironment {
  readonly settings: CgroupSettings;
  readonly files: KeptFiles;
  readonly mounts: readonly CgroupMount[];
}

/** Looks where control groups are mounted. No mounts: none are to be seen from here. */
export function createEnvironment(settings: CgroupSettings): CgroupEnvironment {
  const cgroupPath = settings.cgroupPath ?? `${settings.sysPath}/fs/cgroup`;
  // Our own list of mounts, not the host's: it tells where things are for us.
  const mounted = parseMounts(readText('/proc/self/mountinfo') ?? '', cgroupPath);
  const mounts = mounted.length > 0 ? mounted : probeMounts(cgroupPath, existsSync);
  return { settings, files: new KeptFiles(settings.openFilesMax), mounts };
}

/** Undefined where it cannot be read. */
export function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
