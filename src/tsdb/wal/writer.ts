import { join } from 'node:path';
import { ByteWriter, crc32c, snappyCompressInto } from '#bytes';
import type { Disk, DiskFile } from '#platform';
import { StorageError } from '#storage';
import { FRAGMENT_HEADER_BYTES, Fragment, PAGE_BYTES, SNAPPY_FLAG, segmentName } from './layout.ts';

export interface WalWriterOptions {
  readonly disk: Disk;
  readonly dir: string;
  /** The number of the segment to make first. It must not exist. */
  readonly segment: number;
  /** From there on a batch goes to the next segment. A batch is never divided. */
  readonly segmentBytes: number;
  readonly compression: 'none' | 'snappy';
  /** Learns of a sync in the background that failed. */
  readonly onSyncError: (error: unknown) => void;
  /** Learns how long each sync took. */
  readonly onSynced?: (seconds: number) => void;
}

/** As it will be written: where it stands among those of the batch. */
interface PendingRecord {
  readonly start: number;
  readonly end: number;
  readonly flag: number;
}

/** Shorter records hardly get shorter. Bytes. */
const COMPRESS_BYTES_MIN = 64;

/** Of memory for a batch, between batches. */
const KEPT_BYTES_MAX = 4 << 20;

/** Appends batches of records to segments: all of a batch is in the file, or nothing of it. */
export class WalWriter {
  readonly #options: WalWriterOptions;
  readonly #out = new ByteWriter(PAGE_BYTES * 2);
  #pending: PendingRecord[] = [];
  /** Their bytes. */
  #bytes = new ByteWriter(PAGE_BYTES);
  #segment: number;
  #file: DiskFile | undefined;
  /** What a failed write may have left behind the last good batch; undefined: nothing. */
  #tornAt: number | undefined;
  /** Where the last batch begins. */
  #batchAt = 0;
  #dirty = false;
  /** Syncs that run. */
  readonly #syncs = new Set<Promise<void>>();
  /** Ended segments that could not be made durable yet. */
  #unsynced: DiskFile[] = [];
  pagesCompleted = 0;
  writesFailed = 0;
  flushes = 0;

  /** Makes the first segment at the first commit, or when `open` is called. */
  constructor(options: WalWriterOptions) {
    this.#options = options;
    this.#segment = options.segment;
  }

  get segment(): number {
    return this.#segment;
  }

  get segmentBytesUsed(): number {
    return this.#file?.bytes ?? 0;
  }

  /** Makes the segment's file. Throws the disk's error. */
  open(): void {
    this.#current();
  }

  /** Adds a record to the batch; its bytes are copied. */
  add(record: Uint8Array): void {
    const bytes = this.#bytes;
    const start = bytes.length;
    let flag = 0;
    if (this.#options.compression === 'snappy' && record.length >= COMPRESS_BYTES_MIN) {
      snappyCompressInto(record, bytes);
      if (bytes.length - start < record.length) flag = SNAPPY_FLAG;
      else bytes.length = start;
    }
    if (flag === 0) bytes.writeBytes(record);
    this.#pending.push({ start, end: bytes.length, flag });
  }

  /** Gives up the batch. */
  discard(): void {
    this.#pending = [];
    // What one large batch needed is not kept.
    if (this.#bytes.buffer.length > KEPT_BYTES_MAX) this.#bytes = new ByteWriter(PAGE_BYTES);
    this.#bytes.clear();
  }

  /** Takes the last batch back; nothing may have been written since. What cannot be cut off is cut off before the next. */
  revoke(): void {
    const file = this.#file;
    if (file === undefined) return;
    this.#tornAt = this.#batchAt;
    this.#tryCutTorn(file);
  }

  /** Writes the batch; false where it is empty. Throws StorageError `log-write`; then the log is as before. */
  commit(): boolean {
    if (this.#pending.length === 0) return false;
    try {
      this.#write(this.#pending);
      return true;
    } catch (error) {
      this.writesFailed++;
      const path = join(this.#options.dir, segmentName(this.#segment));
      const message = `cannot write the log to ${path}`;
      throw new StorageError('log-write', message, { cause: error });
    } finally {
      this.discard();
    }
  }

  /**
   * Ends the segment; the next batch begins another. Does nothing while it holds no batch, or a part of
   * a refused one that cannot be cut off.
   */
  roll(): void {
    const file = this.#file;
    if (file !== undefined) this.#tryCutTorn(file);
    if (file?.bytes === 0 || this.#tornAt !== undefined) return;
    this.#file = undefined;
    this.#segment++;
    if (file !== undefined) this.#finish(file);
  }

  /** Begins to make durable what was written. Failures go to `onSyncError`; the next call tries again. */
  sync(): void {
    if (this.#syncs.size > 0) return;
    const file = this.#file;
    for (const ended of this.#unsynced.splice(0)) this.#syncEnded(ended);
    if (!this.#dirty || file === undefined) return;
    this.#dirty = false;
    const onFailure = (): void => {
      if (this.#file === file) this.#dirty = true;
    };
    this.#track(file.syncLater(), () => {}, onFailure);
  }

  /** Waits until all is durable. */
  async close(): Promise<void> {
    const file = this.#file;
    if (file !== undefined) this.#tryCutTorn(file);
    this.#file = undefined;
    if (file !== undefined) this.#finish(file);
    await Promise.all(this.#syncs);
    for (const unsynced of this.#unsynced.splice(0)) unsynced.close();
  }

  #write(batch: readonly PendingRecord[]): void {
    let file = this.#current();
    this.#cutTorn(file);
    if (file.bytes > 0 && file.bytes + bytesMax(batch) > this.#options.segmentBytes) {
      this.roll();
      file = this.#current();
    }
    const start = file.bytes;
    this.#batchAt = start;
    this.#out.clear();
    for (const record of batch) this.#fragment(record, start);
    try {
      file.append(this.#out.view());
    } catch (error) {
      this.#tornAt = start;
      this.#tryCutTorn(file);
      throw error;
    }
    this.#dirty = true;
    this.flushes++;
    this.pagesCompleted += Math.floor(file.bytes / PAGE_BYTES) - Math.floor(start / PAGE_BYTES);
  }

  #current(): DiskFile {
    this.#file ??= this.#make();
    return this.#file;
  }

  #make(): DiskFile {
    const { disk, dir } = this.#options;
    const file = disk.open(join(dir, segmentName(this.#segment)), 'append');
    try {
      disk.syncDir(dir);
    } catch (error) {
      // Under a name that a power failure may take away nothing is written.
      file.close();
      throw error;
    }
    return file;
  }

  #cutTorn(file: DiskFile): void {
    if (this.#tornAt === undefined) return;
    file.truncate(this.#tornAt);
    this.#tornAt = undefined;
  }

  #tryCutTorn(file: DiskFile): void {
    try {
      this.#cutTorn(file);
    } catch {
      // The next batch tries again before it writes, and fails where that is not possible.
    }
  }

  /** Divides a record at page ends. `start`: the position in the file where the batch begins. */
  #fragment(record: PendingRecord, start: number): void {
    const out = this.#out;
    const { buffer } = this.#bytes;
    let at = record.start;
    do {
      let room = PAGE_BYTES - ((start + out.length) % PAGE_BYTES);
      if (room <= FRAGMENT_HEADER_BYTES) {
        out.writeZeros(room);
        room = PAGE_BYTES;
      }
      const end = Math.min(record.end, at + room - FRAGMENT_HEADER_BYTES);
      out.writeByte(fragmentType(at === record.start, end === record.end) | record.flag);
      out.writeUint16(end - at);
      out.writeUint32(crc32c(buffer, at, end));
      out.writeBytes(buffer.subarray(at, end));
      at = end;
    } while (at < record.end);
  }

  /** Fills the page, syncs and closes in the background. */
  #finish(file: DiskFile): void {
    this.#dirty = false;
    try {
      const rest = (PAGE_BYTES - (file.bytes % PAGE_BYTES)) % PAGE_BYTES;
      if (rest > 0 && this.#tornAt === undefined) file.append(new Uint8Array(rest));
    } catch {
      // Readers take the missing end of a page for zeros.
    }
    this.#syncEnded(file);
  }

  #syncEnded(file: DiskFile): void {
    this.#track(
      file.syncLater(),
      () => file.close(),
      () => void this.#unsynced.push(file),
    );
  }

  #track(sync: Promise<void>, onSuccess: () => void, onFailure: () => void): void {
    const startedMs = performance.now();
    const note = (): void => this.#options.onSynced?.((performance.now() - startedMs) / 1000);
    const tracked = sync
      .then(note)
      .then(onSuccess, (error: unknown) => {
        this.#options.onSyncError(error);
        onFailure();
      })
      .finally(() => this.#syncs.delete(tracked));
    this.#syncs.add(tracked);
  }
}

function fragmentType(isFirst: boolean, isLast: boolean): number {
  if (isFirst) return isLast ? Fragment.full : Fragment.first;
  return isLast ? Fragment.last : Fragment.middle;
}

/** An upper bound of what a batch takes in a segment. */
function bytesMax(batch: readonly PendingRecord[]): number {
  let bytes = FRAGMENT_HEADER_BYTES;
  for (const { start, end } of batch) {
    const fragments = Math.floor((end - start) / (PAGE_BYTES - FRAGMENT_HEADER_BYTES)) + 2;
    bytes += end - start + fragments * FRAGMENT_HEADER_BYTES;
  }
  return bytes;
}
