import type { WatchedDisk } from '#platform';

/** The whole file. Throws the system's error. */
export function readWhole(disk: WatchedDisk, path: string): Uint8Array {
  const file = disk.open(path, 'read');
  try {
    const bytes = new Uint8Array(file.bytes);
    return bytes.subarray(0, file.readAt(0, bytes));
  } finally {
    file.close();
  }
}

/** A reader finds the old content or the new one, whatever happens meanwhile. Throws the system's error. */
export function writeWhole(disk: WatchedDisk, path: string, content: Uint8Array): void {
  const slash = path.lastIndexOf('/');
  const dir = path.slice(0, slash);
  // A name that no scan looks at, and that the next attempt takes again.
  const draft = `${dir}/.${path.slice(slash + 1)}.new`;
  disk.makeDir(dir);
  disk.remove(draft);
  try {
    const file = disk.open(draft, 'append');
    try {
      file.append(content);
      file.sync();
    } finally {
      file.close();
    }
    disk.rename(draft, path);
  } catch (error) {
    disk.remove(draft);
    throw error;
  }
  disk.syncDir(dir);
}
