import type { ProtobufReader } from '#bytes';
import type { Exemplar, FloatHistogram, Metadata } from '#model';
import { LabelSpans } from '#storage';

export interface WriteHistogram {
  readonly timestampMs: number;
  readonly histogram: FloatHistogram;
  /** Why it cannot be taken. */
  readonly problem: string | undefined;
}

/** What few series of a request have. */
export interface WriteRest {
  histograms: readonly WriteHistogram[];
  exemplars: readonly Exemplar[];
  /** Remote write 2.0 only. */
  metadata: Metadata | undefined;
  /** Why the series cannot be taken, whatever its labels are. */
  problem: string | undefined;
}

const SERIES_START = 1024;
const NOTHING = new Uint8Array(0);

/**
 * A request as columns, so that a million samples are two arrays. Labels stay the bytes of the message:
 * series `i` has those from `labelStarts[i]` to before `labelStarts[i + 1]`, as they were sent, and the
 * float samples from `sampleStarts[i]` to before `sampleStarts[i + 1]`.
 */
export class WriteRequest {
  readonly labels: LabelSpans = new LabelSpans(NOTHING, SERIES_START * 8);
  seriesCount = 0;
  sampleCount = 0;
  labelStarts: Int32Array = new Int32Array(SERIES_START + 1);
  sampleStarts: Int32Array = new Int32Array(SERIES_START + 1);
  timestampsMs: Float64Array = new Float64Array(SERIES_START);
  /** The stale marker with its exact bits. */
  values: Float64Array = new Float64Array(SERIES_START);
  /** By series. */
  readonly rest: Map<number, WriteRest> = new Map();

  /** Begins with another message. The columns are used again; what they hold is void. */
  begin(message: Uint8Array): void {
    this.labels.turnTo(message);
    this.seriesCount = 0;
    this.sampleCount = 0;
    this.rest.clear();
  }

  /** What the columns take, about. */
  get bytes(): number {
    const { labels, labelStarts, values } = this;
    return labels.spans.byteLength + labelStarts.byteLength * 2 + values.byteLength * 2;
  }

  /** Labels and samples that were added since the last call are a series. */
  endSeries(): void {
    const next = ++this.seriesCount;
    if (next === this.labelStarts.length) {
      this.labelStarts = grown(this.labelStarts, new Int32Array(next * 2));
      this.sampleStarts = grown(this.sampleStarts, new Int32Array(next * 2));
    }
    this.labelStarts[next] = this.labels.length;
    this.sampleStarts[next] = this.sampleCount;
  }

  /** Reads a Sample message (value = 1, timestamp = 2; the same in both versions). */
  readSample(reader: ProtobufReader): void {
    const row = this.sampleCount++;
    if (row === this.values.length) {
      this.timestampsMs = grown(this.timestampsMs, new Float64Array(row * 2));
      this.values = grown(this.values, new Float64Array(row * 2));
    }
    this.timestampsMs[row] = 0;
    this.values[row] = 0;
    const outerEnd = reader.enter();
    while (reader.next()) {
      if (reader.field === 1) reader.doubleInto(this.values, row);
      else if (reader.field === 2) this.timestampsMs[row] = reader.int64();
      else reader.skip();
    }
    reader.leave(outerEnd);
  }
}

function grown<T extends Int32Array | Float64Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** The two messages of remote write, 1.0 and 2.0, as a Content-Type names them. */
export type WriteMessage = 'prometheus.WriteRequest' | 'io.prometheus.write.v2.Request';

export const WRITE_MESSAGES: readonly WriteMessage[] = [
  'prometheus.WriteRequest',
  'io.prometheus.write.v2.Request',
];
