import { errorText } from '#platform';
import type { Disk, DiskFile, Log } from '#platform';
import type { StoredEvent } from './event.ts';
import { scanSegment } from './event-record.ts';
import type { ScannedSegment } from './event-record.ts';

const SEGMENT_NAME = /^(\d{8})\.jsonl$/;

/** One read of one segment holds up the thread for a few milliseconds at most. */
export const SEGMENT_BYTES_MAX: number = 1 << 20;

/** A file larger than this is not ours; what is behind it is not read. */
const READ_BYTES_MAX = 4 * SEGMENT_BYTES_MAX;

const ALL_TIMES = { startMs: -Infinity, endMs: Infinity };

export interface Segment {
  readonly number: number;
  bytes: number;
  /** Of what it holds; undefined before it was read. Empty: minMs is above maxMs. */
  bounds: { readonly minMs: number; readonly maxMs: number } | undefined;
  /** In the order of the file, where it is kept in memory; that of the last one always is. */
  events: StoredEvent[] | undefined;
  damaged: number;
}

export interface SegmentFilesOptions {
  readonly disk: Disk;
  readonly dir: string;
  readonly log: Log;
  readonly segmentBytesMax: number;
}

/** The files of the events, oldest first. Only the last is written. */
export class SegmentFiles {
  readonly #disk: Disk;
  readonly #dir: string;
  readonly #log: Log;
  readonly #segmentBytesMax: number;
  readonly segments: Segment[];
  /** Of the last segment; undefined until something is written to it. */
  #file: DiskFile | undefined;
  /** The last one cannot be continued: what stands at its end could not be taken back. */
  #isLastClosed = false;
  #isDirDurable = true;

  constructor(options: SegmentFilesOptions) {
    this.#disk = options.disk;
    this.#dir = options.dir;
    this.#log = options.log;
    this.#segmentBytesMax = options.segmentBytesMax;
    this.segments = this.#disk
      .list(this.#dir)
      .flatMap((name) => SEGMENT_NAME.exec(name)?.[1] ?? [])
      .map((digits) => newSegment(Number(digits)));
    for (const segment of this.segments) segment.bytes = this.#bytesOf(segment);
    this.#repairLast();
  }

  get bytes(): number {
    return this.segments.reduce((bytes, segment) => bytes + segment.bytes, 0);
  }

  /** Lines that could not be read so far. */
  get damaged(): number {
    return this.segments.reduce((count, segment) => count + segment.damaged, 0);
  }

  /** Keeps the events of a segment in memory. */
  load(segment: Segment): StoredEvent[] {
    segment.events ??= this.scan(segment, ALL_TIMES);
    return segment.events;
  }

  /** The events of a time, from the file. None where it cannot be read, which the log says. */
  scan(
    segment: Segment,
    span: { readonly startMs: number; readonly endMs: number },
  ): StoredEvent[] {
    if (!this.segments.includes(segment)) return [];
    try {
      return this.#scan(segment, span).events;
    } catch (error) {
      this.#log.warn('cannot read events', { file: this.#path(segment), err: errorText(error) });
      return [];
    }
  }

  #scan(
    segment: Segment,
    span: { readonly startMs: number; readonly endMs: number },
  ): ScannedSegment {
    const scanned = scanSegment(this.#read(segment), span);
    segment.bounds = { minMs: scanned.minMs, maxMs: scanned.maxMs };
    segment.damaged = Math.max(segment.damaged, scanned.damaged);
    return scanned;
  }

  #read(segment: Segment): Uint8Array {
    const file = this.#disk.open(this.#path(segment), 'read');
    try {
      const bytes = new Uint8Array(Math.min(file.bytes, READ_BYTES_MAX));
      return bytes.subarray(0, file.readAt(0, bytes));
    } finally {
      file.close();
    }
  }

  /** Cuts what a crash left half written. */
  #repairLast(): void {
    const last = this.segments.at(-1);
    if (last === undefined) return;
    try {
      const scanned = this.#scan(last, ALL_TIMES);
      last.events = scanned.events;
      if (scanned.wholeBytes === last.bytes) return;
      const file = this.#disk.open(this.#path(last), 'append');
      this.#file = file;
      this.#log.warn('cutting an event that was not written whole', {
        file: this.#path(last),
        bytes: last.bytes - scanned.wholeBytes,
      });
      file.truncate(scanned.wholeBytes);
      last.bytes = scanned.wholeBytes;
    } catch (error) {
      this.#abandonLast();
      this.#log.warn('cannot continue a file of events, the next one begins', {
        file: this.#path(last),
        err: errorText(error),
      });
    }
  }

  /** Appends whole lines of one event. Throws the system's error; then nothing of it is there. */
  append(line: Uint8Array, event: StoredEvent): void {
    const segment = this.#segmentFor(line.length);
    const file = (this.#file ??= this.#disk.open(this.#path(segment), 'append'));
    try {
      file.append(line);
    } catch (error) {
      this.#takeBack(file, segment);
      throw error;
    }
    segment.bytes += line.length;
    const { minMs, maxMs } = segment.bounds ?? EMPTY_BOUNDS;
    segment.bounds = {
      minMs: Math.min(minMs, event.timeMs),
      maxMs: Math.max(maxMs, event.untilMs),
    };
    segment.events?.push(event);
  }

  #takeBack(file: DiskFile, segment: Segment): void {
    try {
      if (file.bytes > segment.bytes) file.truncate(segment.bytes);
    } catch {
      this.#abandonLast();
    }
  }

  #segmentFor(lineBytes: number): Segment {
    const last = this.segments.at(-1);
    const isFull = last !== undefined && last.bytes + lineBytes > this.#segmentBytesMax;
    if (last !== undefined && !isFull && !this.#isLastClosed) return last;
    const next = newSegment((last?.number ?? 0) + 1);
    next.events = [];
    if (this.segments.length === 0) this.#disk.makeDir(this.#dir);
    // Opened before the other is let go: where the disk refuses, all stays as it is.
    const file = this.#disk.open(this.#path(next), 'append');
    this.#syncAndClose();
    this.#file = file;
    this.#isLastClosed = false;
    this.#isDirDurable = false;
    this.segments.push(next);
    return next;
  }

  #abandonLast(): void {
    this.#isLastClosed = true;
    this.#syncAndClose();
  }

  #syncAndClose(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    const failed = (error: unknown): void => {
      this.#log.warn('cannot flush events to disk', { err: errorText(error) });
    };
    file
      .syncLater()
      .catch(failed)
      .finally(() => file.close());
  }

  /** Resolves when all that was appended survives a power failure. Rejects with the system's error. */
  async sync(): Promise<void> {
    if (!this.#isDirDurable) this.#disk.syncDir(this.#dir);
    this.#isDirDurable = true;
    await this.#file?.syncLater();
  }

  /** The same at once; then nothing more is appended. */
  close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file === undefined) return;
    try {
      if (!this.#isDirDurable) this.#disk.syncDir(this.#dir);
      file.sync();
    } finally {
      file.close();
    }
  }

  /** Removes the oldest segments: those whose events are all older, and what is too much. Never the last. */
  retain(limits: { readonly oldestMs: number; readonly bytesMax: number }): void {
    while (this.segments.length > 1) {
      const [oldest] = this.segments;
      if (oldest === undefined) return;
      if (this.bytes <= limits.bytesMax && !this.#isOlder(oldest, limits.oldestMs)) return;
      try {
        this.#disk.remove(this.#path(oldest));
      } catch (error) {
        this.#log.warn('cannot remove events', { file: this.#path(oldest), err: errorText(error) });
        return;
      }
      this.segments.shift();
    }
  }

  #isOlder(segment: Segment, oldestMs: number): boolean {
    if (segment.bounds === undefined) this.scan(segment, { startMs: Infinity, endMs: -Infinity });
    return segment.bounds !== undefined && segment.bounds.maxMs < oldestMs;
  }

  #bytesOf(segment: Segment): number {
    try {
      const file = this.#disk.open(this.#path(segment), 'read');
      const { bytes } = file;
      file.close();
      return bytes;
    } catch {
      return 0;
    }
  }

  #path({ number }: Segment): string {
    return `${this.#dir}/${String(number).padStart(8, '0')}.jsonl`;
  }
}

const EMPTY_BOUNDS = { minMs: Infinity, maxMs: -Infinity };

function newSegment(number: number): Segment {
  return { number, bytes: 0, bounds: undefined, events: undefined, damaged: 0 };
}
