import { errorText } from '#platform';
import type { Clock, Disk, Log, Timer } from '#platform';
import type { Registry } from '#instrument';
import { compareNewestFirst, isAsked } from './event.ts';
import type { EventPage, EventQuery, NewEvent, StoredEvent } from './event.ts';
import { cutEvent, encodeRecord } from './event-record.ts';
import { EventFolding, FOLD_WINDOW_MS } from './event-folding.ts';
import type { FoldedEvents } from './event-folding.ts';
import { registerEventMetrics } from './event-metrics.ts';
import type { EventCounts } from './event-metrics.ts';
import { SEGMENT_BYTES_MAX, SegmentFiles } from './segment-files.ts';
import type { Segment } from './segment-files.ts';

/** All segments together: some 150,000 events. */
const BYTES_MAX = 64 << 20;
/** Of the newest from before the start: so many are known when they are told again. */
const RECOGNIZED_MAX = 2000;
/** Kept in memory, and then what their segment has beside them. */
const EVENTS_IN_MEMORY = 10_000;
/** That wait for a disk with room. */
const UNWRITTEN_MAX = 2000;

/** What the death of the machine may cost. */
const SYNC_DELAY_MS = 1000;
const RETRY_DELAY_MS = 10_000;
const RETENTION_INTERVAL_MS = 3_600_000;

export interface EventStoreOptions {
  readonly disk: Disk;
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly dir: string;
  /** Infinity: only the size counts. */
  readonly retentionMs: number;
  readonly bytesMax?: number;
  readonly segmentBytesMax?: number;
}

/** Events on disk, in segments that are only appended to: docs/formats/events.md. */
export class EventStore {
  readonly #options: EventStoreOptions;
  readonly #files: SegmentFiles;
  readonly #folding = new EventFolding();
  /** Oldest first. */
  readonly #unwritten: StoredEvent[] = [];
  readonly #timers = new Map<string, Timer>();
  readonly #counts = { stored: 0, folded: 0, cut: 0, lost: 0, writeFailures: 0 };
  readonly #removeMetrics: () => void;
  /** What a crash kept others from noting that it was told: they tell it again after the start. */
  readonly #recognized: ReadonlySet<string>;
  #lastId: number;
  /** The last write failed. */
  #isRefused = false;
  #isClosed = false;

  constructor(options: EventStoreOptions) {
    this.#options = options;
    const { disk, dir, log, segmentBytesMax = SEGMENT_BYTES_MAX } = options;
    this.#files = new SegmentFiles({ disk, dir, log, segmentBytesMax });
    this.#lastId = this.#loadNewest();
    const before = this.#files.segments.flatMap(({ events = [] }) => events);
    this.#recognized = new Set(before.slice(-RECOGNIZED_MAX).map(keyOf));
    this.#retain();
    this.#removeMetrics = registerEventMetrics(options.registry, () => this.counts);
  }

  get counts(): EventCounts {
    const { damaged, bytes } = this.#files;
    return { ...this.#counts, damaged, bytes, unwritten: this.#unwritten.length };
  }

  /** What cannot be written stays in memory and is tried again. */
  add(event: NewEvent): void {
    if (this.#isClosed || this.#recognized.has(keyOf(event))) return;
    const within = cutEvent(event);
    if (within !== event) this.#counts.cut++;
    const nowMs = this.#options.clock.nowMs();
    if (this.#folding.passes(within, nowMs, () => ++this.#lastId)) {
      this.#keep({ ...within, id: ++this.#lastId, untilMs: within.timeMs });
    } else this.#counts.folded += event.count;
    this.#after('fold', FOLD_WINDOW_MS, () => this.#endWindows());
  }

  /** Newest first. Old segments are read one at a time, with other work between them. */
  async read(query: EventQuery): Promise<EventPage> {
    const segments = this.#files.segments.toReversed();
    // All that is in memory at one instant, so that nothing is seen twice or not at all.
    let found = [
      ...this.#unwritten,
      ...this.#folding.pending().map(eventOfFold),
      ...segments.flatMap(({ events = [] }) => events),
    ].filter((event) => isAsked(event, query));
    for (const segment of segments.filter(({ events }) => events === undefined)) {
      found = newest(found, query.limit + 1);
      const floorMs = found.length > query.limit ? (found.at(-1)?.timeMs ?? 0) : -Infinity;
      if (!mayHold(segment, Math.max(query.startMs, floorMs), query.endMs)) continue;
      await new Promise((resolve) => void setImmediate(resolve));
      found.push(...this.#files.scan(segment, query).filter((event) => isAsked(event, query)));
    }
    const isTruncated = found.length > query.limit;
    return { events: newest(found, query.limit), isTruncated };
  }

  /** Writes what waits and flushes it. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
    for (const folded of this.#folding.takeEnded(Infinity))
      this.#unwritten.push(eventOfFold(folded));
    this.#write();
    try {
      this.#files.close();
    } catch (error) {
      this.#options.log.warn('cannot flush events to disk', { err: errorText(error) });
    }
    this.#removeMetrics();
  }

  /** The newest segments into memory; the answer is the highest id. */
  #loadNewest(): number {
    let count = 0;
    let lastId = 0;
    for (const segment of this.#files.segments.toReversed()) {
      if (count >= EVENTS_IN_MEMORY && lastId > 0) break;
      const events = this.#files.load(segment);
      count += events.length;
      for (const { id } of events) lastId = Math.max(lastId, id);
    }
    return lastId;
  }

  #keep(event: StoredEvent): void {
    this.#unwritten.push(event);
    // While the disk is known to refuse, it is not asked for each event.
    if (!this.#isRefused) this.#write();
    if (this.#unwritten.length <= UNWRITTEN_MAX) return;
    this.#unwritten.shift();
    this.#counts.lost++;
  }

  #write(): void {
    const segmentCount = this.#files.segments.length;
    let written = 0;
    try {
      for (const event of this.#unwritten) {
        this.#files.append(encodeRecord(event), event);
        written++;
      }
      this.#isRefused = false;
    } catch (error) {
      this.#writeFailed(error);
    }
    this.#unwritten.splice(0, written);
    this.#counts.stored += written;
    if (written > 0) this.#after('sync', SYNC_DELAY_MS, () => this.#sync());
    if (this.#files.segments.length > segmentCount) this.#retain();
  }

  #writeFailed(error: unknown): void {
    const isNew = !this.#isRefused;
    this.#isRefused = true;
    this.#counts.writeFailures++;
    if (isNew) {
      const err = errorText(error);
      this.#options.log.error('cannot write events, they wait in memory', { err });
    }
    this.#after('retry', RETRY_DELAY_MS, () => this.#write());
  }

  #sync(): void {
    this.#files.sync().catch((error: unknown) => {
      this.#options.log.warn('cannot flush events to disk', { err: errorText(error) });
      this.#after('sync', RETRY_DELAY_MS, () => this.#sync());
    });
  }

  #endWindows(): void {
    const { clock } = this.#options;
    for (const folded of this.#folding.takeEnded(clock.nowMs())) this.#keep(eventOfFold(folded));
    if (this.#folding.isWatching) this.#after('fold', FOLD_WINDOW_MS, () => this.#endWindows());
  }

  #retain(): void {
    const { clock, retentionMs, bytesMax = BYTES_MAX } = this.#options;
    this.#files.retain({ oldestMs: clock.nowMs() - retentionMs, bytesMax });
    this.#letGo();
    this.#after('retention', RETENTION_INTERVAL_MS, () => this.#retain());
  }

  /** Of the oldest segments in memory those that are not needed for the newest events. */
  #letGo(): void {
    let count = 0;
    for (const segment of this.#files.segments.toReversed()) {
      if (count >= EVENTS_IN_MEMORY) segment.events = undefined;
      count += segment.events?.length ?? 0;
    }
  }

  /** One call of each name waits at a time. */
  #after(name: string, delayMs: number, run: () => void): void {
    if (this.#isClosed || this.#timers.has(name)) return;
    const timer = this.#options.clock.setTimer(delayMs, () => {
      this.#timers.delete(name);
      run();
    });
    this.#timers.set(name, timer);
  }
}

function keyOf({ timeMs, kind, containerId, name }: NewEvent): string {
  return `${timeMs} ${kind} ${containerId} ${name}`;
}

function newest(events: readonly StoredEvent[], count: number): StoredEvent[] {
  return events.toSorted(compareNewestFirst).slice(0, count);
}

function mayHold({ bounds }: Segment, startMs: number, endMs: number): boolean {
  return bounds === undefined || (bounds.minMs <= endMs && bounds.maxMs >= startMs);
}

function eventOfFold({ id, firstMs, last, count }: FoldedEvents): StoredEvent {
  const text = count === 1 ? last.text : `${count} times more within a minute: ${last.text}`;
  return { ...last, id, count, timeMs: firstMs, untilMs: Math.max(firstMs, last.timeMs), text };
}
