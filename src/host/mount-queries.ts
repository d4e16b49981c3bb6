import type { Host } from './host.ts';
import type { FileSystemUse } from './host-files.ts';

export interface Mount {
  readonly device: string;
  /** As the machine has it, wherever this process sees it. */
  readonly mountPoint: string;
  readonly type: string;
  readonly isReadOnly: boolean;
}

export type MountAnswer = FileSystemUse | { readonly error: string };

/** A page is worth more than one file system that does not answer. */
const ANSWER_MS = 2000;

/**
 * Questions that wait for a server that is away keep a thread of the process each, of which there are four for all
 * of its files: so many at most.
 */
const WAITING_MAX = 2;

/** These answer out of the kernel's memory. All others may wait for a server or another process. */
const LOCAL_TYPES: ReadonlySet<string> = new Set([
  'bcachefs',
  'btrfs',
  'exfat',
  'ext2',
  'ext3',
  'ext4',
  'f2fs',
  'jfs',
  'msdos',
  'ntfs3',
  'ramfs',
  'reiserfs',
  'rootfs',
  'tmpfs',
  'udf',
  'vfat',
  'xfs',
  'zfs',
]);

/** Asks mounted file systems for their use, so that one that hangs holds up neither the page nor the process. */
export class MountQueries {
  readonly #host: Host;
  /** Mount points whose answer is awaited, perhaps since an earlier page: not asked again until it comes. */
  readonly #awaited = new Set<string>();
  /** Those of them that may wait for others. */
  #lanesTaken = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Resolves within two seconds, with an answer for each mount. */
  async ask(mounts: readonly Mount[]): Promise<readonly MountAnswer[]> {
    const answers: MountAnswer[] = mounts.map(() => ({ error: 'timeout' }));
    const remote = mounts.filter(({ type }) => !LOCAL_TYPES.has(type));
    const store = async (mount: Mount): Promise<void> => {
      if (this.#awaited.has(mount.mountPoint)) return;
      answers[mounts.indexOf(mount)] = await this.#askOne(mount.mountPoint);
    };
    // The way to a local one may lead through a remote one.
    const queue = mounts.filter((mount) =>
      remote.some((one) => one === mount || mount.mountPoint.startsWith(`${one.mountPoint}/`)),
    );
    const work = mounts.filter((mount) => !queue.includes(mount)).map(store);
    for (let lane = this.#lanesTaken; lane < WAITING_MAX; lane++) {
      work.push(this.#drain(queue, store));
    }
    await this.#within(Promise.all(work));
    // Who answers later finds nothing more to ask for this page.
    queue.length = 0;
    return [...answers];
  }

  async #drain(queue: Mount[], store: (mount: Mount) => Promise<void>): Promise<void> {
    this.#lanesTaken++;
    try {
      for (let mount = queue.shift(); mount !== undefined; mount = queue.shift()) {
        await store(mount);
      }
    } finally {
      this.#lanesTaken--;
    }
  }

  async #askOne(mountPoint: string): Promise<MountAnswer> {
    const { files, root } = this.#host;
    this.#awaited.add(mountPoint);
    try {
      return await files.statfs(root.path(mountPoint.slice(1)));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      return { error: code ?? message };
    } finally {
      this.#awaited.delete(mountPoint);
    }
  }

  async #within(work: Promise<unknown>): Promise<void> {
    const { clock } = this.#host;
    let timer: { cancel(): void } | undefined;
    const late = new Promise<void>((resolve) => {
      timer = clock.setTimer(ANSWER_MS, resolve);
    });
    await Promise.race([work, late]);
    timer?.cancel();
  }
}
