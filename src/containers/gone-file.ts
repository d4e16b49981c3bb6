import { join } from 'node:path';
import type { Disk } from '#platform';
import type { Container } from './container.ts';
import type { GoneContainer } from './gone.ts';

/** What survives the process: who was there, who has gone, and what was counted. */
export interface KnownContainers {
  /** Of the engine that they are of; of another nothing is taken over. */
  readonly address: string;
  /** When it was written. */
  readonly savedMs: number;
  /** The engine's last event that was heard; 0: none. */
  readonly eventMs: number;
  readonly existing: readonly Container[];
  readonly gone: readonly GoneContainer[];
  readonly totals: readonly (readonly [name: string, totals: LifeTotals])[];
}

/** Of one identity, over all its containers. */
export interface LifeTotals {
  readonly starts: number;
  readonly deaths: number;
  readonly oomKills: number;
  /** Undefined: it never ended. */
  readonly end?: LastEnd | undefined;
}

/** How the container ended that ended last. */
export interface LastEnd {
  /** Of the container. */
  readonly id: string;
  readonly finishedMs: number;
  /** Undefined: nobody saw it. */
  readonly exitCode?: number | undefined;
  readonly isOomKilled: boolean;
  /** The engine was asked for it: to stop, kill, restart or remove it. */
  readonly isRequested: boolean;
}

const VERSION = 1;
const FILE_NAME = 'known.json';

/** A larger file is not ours. 3,000 containers with many labels take a third of that. */
const FILE_BYTES_MAX = 64 << 20;

/** `<dir>/known.json`: written beside itself and renamed, so that one whole version is always there. */
export class GoneFile {
  readonly #disk: Disk;
  readonly #dir: string;

  constructor(disk: Disk, dir: string) {
    this.#disk = disk;
    this.#dir = dir;
  }

  /** Undefined where there is none. Throws where it cannot be read or is not ours. */
  read(): KnownContainers | undefined {
    const path = join(this.#dir, FILE_NAME);
    if (!this.#disk.exists(path)) return undefined;
    const file = this.#disk.open(path, 'read');
    try {
      if (file.bytes > FILE_BYTES_MAX) throw new Error(`cannot read ${path}: it is too large`);
      const bytes = new Uint8Array(file.bytes);
      const count = file.readAt(0, bytes);
      return parseKnown(new TextDecoder().decode(bytes.subarray(0, count)), path);
    } finally {
      file.close();
    }
  }

  /** Rejects with the system's error; the version before stays then. */
  async write(known: KnownContainers): Promise<void> {
    const path = join(this.#dir, FILE_NAME);
    const draft = `${path}.tmp`;
    this.#disk.makeDir(this.#dir);
    this.#disk.remove(draft);
    const file = this.#disk.open(draft, 'append');
    try {
      file.append(new TextEncoder().encode(JSON.stringify({ version: VERSION, ...known })));
      await file.syncLater();
    } finally {
      file.close();
    }
    this.#disk.rename(draft, path);
    this.#disk.syncDir(this.#dir);
  }
}

function parseKnown(text: string, path: string): KnownContainers {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`cannot read ${path}: it is no JSON`, { cause: error });
  }
  if (!isKnown(value)) throw new Error(`cannot read ${path}: it is of another version`);
  return value;
}

function isKnown(value: unknown): value is KnownContainers {
  if (!isObject(value) || value['version'] !== VERSION) return false;
  const { address, savedMs, eventMs, existing, gone, totals } = value;
  return (
    typeof address === 'string' &&
    typeof savedMs === 'number' &&
    typeof eventMs === 'number' &&
    Array.isArray(existing) &&
    existing.every(isContainer) &&
    Array.isArray(gone) &&
    gone.every((one) => isObject(one) && isContainer(one['container'])) &&
    Array.isArray(totals) &&
    totals.every((pair) => Array.isArray(pair) && isObject(pair[1]))
  );
}

/** As far as damage by hand would end the process. */
function isContainer(value: unknown): boolean {
  return (
    isObject(value) &&
    typeof value['id'] === 'string' &&
    typeof value['line'] === 'string' &&
    isObject(value['identity']) &&
    typeof value['identity']['name'] === 'string' &&
    isObject(value['labels']) &&
    isObject(value['limits']) &&
    Array.isArray(value['addresses']) &&
    Array.isArray(value['exposedPorts']) &&
    Array.isArray(value['publishedPorts'])
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
