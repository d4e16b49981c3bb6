import { readFileSync, readlinkSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Disk, Log } from '#platform';

/** Another process has the data directory open. */
export class DirectoryLockedError extends Error {
  readonly code = 'directory-locked';
  constructor(dir: string, owner: string) {
    super(`cannot open ${dir}: it is in use by ${owner}`);
    this.name = 'DirectoryLockedError';
  }
}

/** Who holds a lock. A process is the same one only if its number, start and namespace are the same. */
interface Owner {
  readonly pid: number;
  /** Clock ticks after the machine's start. */
  readonly startTicks: string;
  readonly pidNamespace: string;
  readonly host: string;
}

const LOCK_BYTES_MAX = 4096;

/**
 * Takes the file `lock` of a directory; the answer gives it back. A lock that a dead process left is
 * taken over, of which `onLeft` is told. Throws DirectoryLockedError. Node cannot hold a lock of the kernel, so another
 * program does not see ours; one that Prometheus holds is seen in /proc/locks.
 */
// eslint-disable-next-line max-params -- one caller
export function lockDirectory(
  disk: Disk,
  dir: string,
  log: Log,
  onLeft: () => void = () => {},
): () => void {
  const path = join(dir, 'lock');
  if (isKernelLocked(path)) throw new DirectoryLockedError(dir, 'another program (Prometheus?)');
  const before = readOwner(disk, path);
  const self = ownerOf(process.pid);
  if (before !== undefined) {
    if (isAlive(before, self)) throw new DirectoryLockedError(dir, `process ${before.pid}`);
    onLeft();
    log.warn('taking over the lock that another process left', {
      pid: before.pid,
      host: before.host,
    });
  }
  try {
    writeOwner(disk, path, self);
  } catch (error) {
    // On a full disk what there is can still be read.
    if ((error as { code?: unknown }).code !== 'ENOSPC') throw error;
    log.error('cannot write the lock: nothing keeps others out', { path, error });
  }
  return () => disk.remove(path);
}

function writeOwner(disk: Disk, path: string, owner: Owner): void {
  disk.remove(path);
  const file = disk.open(path, 'append');
  try {
    file.append(Buffer.from(JSON.stringify(owner)));
  } finally {
    file.close();
  }
}

function readOwner(disk: Disk, path: string): Owner | undefined {
  if (!disk.exists(path)) return undefined;
  const file = disk.open(path, 'read');
  try {
    const bytes = Buffer.alloc(Math.min(LOCK_BYTES_MAX, file.bytes));
    file.readAt(0, bytes);
    const owner = JSON.parse(bytes.toString()) as Partial<Owner> | null;
    return typeof owner?.pid === 'number' ? (owner as Owner) : undefined;
  } catch {
    // Empty, as Prometheus leaves it, or torn.
    return undefined;
  } finally {
    file.close();
  }
}

function isAlive(owner: Owner, self: Owner): boolean {
  // Processes of another container cannot be asked.
  if (owner.pidNamespace !== self.pidNamespace || owner.host !== self.host) return false;
  return ownerOf(owner.pid).startTicks === owner.startTicks && owner.startTicks !== '';
}

function ownerOf(pid: number): Owner {
  return {
    pid,
    startTicks: attempt(() => {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // The name in parentheses may hold spaces; the start is the 22nd field, the 20th after it.
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    }),
    pidNamespace: attempt(() => readlinkSync('/proc/self/ns/pid')),
    host: hostname(),
  };
}

function isKernelLocked(path: string): boolean {
  const file = attempt(() => deviceAndInode(path));
  if (file === '') return false;
  return attempt(() => readFileSync('/proc/locks', 'utf8'))
    .split('\n')
    .some((line) => line.includes('WRITE') && line.includes(` ${file} `));
}

/** As /proc/locks writes it: major and minor number of the device in hexadecimal, then the inode. */
function deviceAndInode(path: string): string {
  const { dev, ino } = statSync(path);
  const major = Math.floor(dev / 256) & 0xfff;
  const minor = (dev & 0xff) | (Math.floor(dev / 4096) & 0xfff00);
  return `${hex(major)}:${hex(minor)}:${ino}`;
}

function hex(number: number): string {
  return number.toString(16).padStart(2, '0');
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
