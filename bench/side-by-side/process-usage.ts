import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Linux counts CPU time in these on every machine that Node runs on. */
const TICKS_PER_SECOND = 100;

/** User and system time of all threads of a process so far, in seconds; steps of 10 ms. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name in parentheses may contain anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Bytes in memory; shared memory of threads is `anonymous`, mapped files are `file`. */
export interface Resident {
  readonly anonymous: number;
  readonly shared: number;
  readonly file: number;
  /** The most that all three together were so far. */
  readonly peak: number;
}

export function residentBytes(pid: number): Resident {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? NaN) * 1024;
  return {
    anonymous: bytes('RssAnon'),
    shared: bytes('RssShmem'),
    file: bytes('RssFile'),
    peak: bytes('VmHWM'),
  };
}

/** What the process holds of its own: mapped files, which the kernel may drop, are left out. */
export function ownBytes(pid: number): number {
  const { anonymous, shared } = residentBytes(pid);
  return anonymous + shared;
}

/** The sizes of all files below a folder; 0 where it is missing. */
export function bytesBelow(folder: string): number {
  let bytes = 0;
  try {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      bytes += entry.isDirectory() ? bytesBelow(path) : statSync(path).size;
    }
  } catch (error) {
    // A file that the server took away meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return bytes;
}
