import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { readText } from './environment.ts';
import type { CgroupSettings } from './settings.ts';

/** How much of the host's disks is used. Bytes, and numbers of files. */
export interface FileSystem {
  /** `/dev/vda1` */
  readonly device: string;
  readonly bytes: number;
  readonly usedBytes: number;
  readonly files: number;
  readonly freeFiles: number;
}

const INTERVAL_MS = 30_000;
const FILE_SYSTEMS_MAX = 64;

/**
 * File systems on devices of the host. Asked in another thread, since a sick disk may let it wait: pages get what
 * was known before.
 */
export class FileSystems {
  readonly #settings: CgroupSettings;
  #known: readonly FileSystem[] = [];
  #readMs = -Infinity;
  #running: Promise<void> | undefined;

  constructor(settings: CgroupSettings) {
    this.#settings = settings;
  }

  get known(): readonly FileSystem[] {
    return this.#known;
  }

  /** Asks again where it is time. Resolves when what is known is as new as it can be without waiting. */
  async refresh(nowMs: number): Promise<void> {
    const isFirst = this.#readMs === -Infinity;
    if (this.#running === undefined && Math.abs(nowMs - this.#readMs) >= INTERVAL_MS) {
      this.#readMs = nowMs;
      this.#running = this.#read().finally(() => {
        this.#running = undefined;
      });
    }
    if (isFirst) await this.#running;
  }

  async #read(): Promise<void> {
    const { procPath, rootPath } = this.#settings;
    const text = readText(`${procPath}/1/mountinfo`) ?? readText('/proc/self/mountinfo') ?? '';
    const mounted = [...parseDeviceMounts(text)].slice(0, FILE_SYSTEMS_MAX);
    const read = mounted.map(async ([device, path]) => await readOne(device, join(rootPath, path)));
    this.#known = (await Promise.all(read)).filter((found) => found !== undefined);
  }
}

async function readOne(device: string, path: string): Promise<FileSystem | undefined> {
  try {
    const { bsize, blocks, bfree, files, ffree } = await statfs(path);
    const usedBytes = (blocks - bfree) * bsize;
    return { device, bytes: blocks * bsize, usedBytes, files, freeFiles: ffree };
  } catch {
    return undefined;
  }
}

/** Where each device is mounted first, from a mountinfo file. */
export function parseDeviceMounts(mountinfo: string): Map<string, string> {
  const mounted = new Map<string, string>();
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ', 2);
    const path = before.split(' ')[4];
    const device = after.split(' ')[1] ?? '';
    if (path === undefined || !device.startsWith('/dev/') || device.startsWith('/dev/loop'))
      continue;
    if (!mounted.has(device)) mounted.set(device, path.replaceAll(String.raw`\040`, ' '));
  }
  return mounted;
}
