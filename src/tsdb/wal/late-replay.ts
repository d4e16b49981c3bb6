import { DecodeError } from '#bytes';
import type { FloatHistogram } from '#model';
import type { Head } from '../head.ts';
import { LoggedSamples } from './logged-samples.ts';
import { decodeRecord } from './records.ts';
import type { RecordSink } from './records.ts';
import type { Replay, SeriesAlias } from './replay.ts';

/** Puts the records of the out-of-order log into a head, after those of the log that names the series. */
export class LateReplay implements RecordSink {
  readonly #head: Head;
  readonly #named: Replay;
  readonly samples: LoggedSamples = new LoggedSamples();
  /** Newest sample of the segment. */
  segmentMaxTimeMs: number = -Infinity;
  sampleCount = 0;
  samplesRefused = 0;
  unknownRefs = 0;
  undecodable = 0;

  constructor(head: Head, named: Replay) {
    this.#head = head;
    this.#named = named;
  }

  get aliases(): Map<number, SeriesAlias> {
    return this.#named.aliases;
  }

  record(record: Uint8Array): void {
    try {
      decodeRecord(record, this);
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error;
      this.undecodable++;
    }
  }

  beginSegment(): void {
    this.segmentMaxTimeMs = -Infinity;
  }

  /** No number is given to a series here. */
  skipRefs(): void {}

  end(): void {}

  addSamples({ refs, times, words, count }: LoggedSamples): void {
    const { late } = this.#head;
    for (let i = 0; i < count; i++) {
      const timeMs = times[i];
      const row = this.#rowOf(refs[i], timeMs);
      if (row === 0 || late.has(row, timeMs)) continue;
      this.#count(late.append(row, timeMs, words[i * 2 + 1], words[i * 2]));
    }
  }

  histogram(ref: number, timeMs: number, histogram: FloatHistogram): void {
    const row = this.#rowOf(ref, timeMs);
    if (row === 0 || this.#head.late.has(row, timeMs)) return;
    this.#count(this.#head.late.appendHistogram(row, timeMs, histogram));
  }

  // Neither we nor Prometheus write these here; markers of what Prometheus has mapped are of no use to us.
  series(): void {}
  exemplar(): void {}
  metadata(): void {}
  tombstone(): void {}
  other(): void {}

  #rowOf(ref: number, timeMs: number): number {
    if (timeMs > this.segmentMaxTimeMs) this.segmentMaxTimeMs = timeMs;
    const row = this.#named.rowOf(ref);
    if (row === 0) {
      this.unknownRefs++;
      // A new series under its number would get its samples at the next start.
      this.#head.series.reserveWalRef(ref);
    }
    // Checkpoints know the number for as long as this process lives.
    const alias = this.aliases.get(ref);
    if (alias !== undefined) alias.segment = Infinity;
    return row;
  }

  #count(isStored: boolean): void {
    if (isStored) this.sampleCount++;
    else this.samplesRefused++;
  }
}
