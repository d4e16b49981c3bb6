import type { ByteReader } from '#bytes';
import { PlaceReader } from './histogram-records.ts';

/** Handed over at once: their columns stay in the processor's cache. */
const SAMPLES_MAX = 4096;

/** What one fast step may read: two varints of four bytes and a value. */
const STEP_BYTES = 16;

/** Samples as a record has them, in columns that are used again. */
export class LoggedSamples {
  /** The log's numbers of their series. */
  readonly refs: Float64Array = new Float64Array(SAMPLES_MAX);
  readonly times: Float64Array = new Float64Array(SAMPLES_MAX);
  /** The values' halves, the low one first. */
  readonly words: Int32Array = new Int32Array(SAMPLES_MAX * 2);
  count = 0;

  get isFull(): boolean {
    return this.count === SAMPLES_MAX;
  }

  /** Takes the value from where the reader stands. */
  add(ref: number, timeMs: number, reader: ByteReader): void {
    reader.readFloat64Bits();
    const i = this.count++;
    this.refs[i] = ref;
    this.times[i] = timeMs;
    this.words[i * 2] = reader.low;
    this.words[i * 2 + 1] = reader.high;
  }

  /** Leaves out what `isKept` does not want. */
  filter(isKept: (timeMs: number) => boolean): void {
    const { refs, times, words, count } = this;
    this.count = 0;
    for (let i = 0; i < count; i++) {
      if (!isKept(times[i])) continue;
      const to = this.count++;
      refs[to] = refs[i];
      times[to] = times[i];
      words[to * 2] = words[i * 2];
      words[to * 2 + 1] = words[i * 2 + 1];
    }
  }
}

/** Reads what follows the type of a record of samples, in portions. Throws DecodeError; what came before is handed over. */
export function decodeSamples(
  reader: ByteReader,
  samples: LoggedSamples,
  handOver: (samples: LoggedSamples) => void,
): void {
  if (!reader.hasMore) return;
  const firstRef = reader.readInt64();
  const firstTimeMs = reader.readInt64();
  const { bytes } = reader;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  samples.count = 0;
  try {
    while (reader.hasMore) {
      decodeShort(reader, view, samples, { firstRef, firstTimeMs });
      if (reader.hasMore && !samples.isFull) {
        const ref = firstRef + reader.readVarint();
        samples.add(ref, firstTimeMs + reader.readVarint(), reader);
      }
      if (samples.isFull) {
        handOver(samples);
        samples.count = 0;
      }
    }
  } finally {
    if (samples.count > 0) handOver(samples);
  }
}

/** Reads samples as long as their varints are short, no end is near and there is room: nearly all of them. */
function decodeShort(
  reader: ByteReader,
  view: DataView,
  samples: LoggedSamples,
  { firstRef, firstTimeMs }: { readonly firstRef: number; readonly firstTimeMs: number },
): void {
  const { bytes } = reader;
  const { refs, times, words } = samples;
  const last = reader.end - STEP_BYTES;
  let { count } = samples;
  let at = reader.position;
  while (count < SAMPLES_MAX && at <= last) {
    let to = at;
    let byte = bytes[to++];
    let ref = byte & 0x7f;
    for (let shift = 7; byte > 0x7f && shift < 28; shift += 7) {
      byte = bytes[to++];
      ref |= (byte & 0x7f) << shift;
    }
    if (byte > 0x7f) break;
    byte = bytes[to++];
    let time = byte & 0x7f;
    for (let shift = 7; byte > 0x7f && shift < 28; shift += 7) {
      byte = bytes[to++];
      time |= (byte & 0x7f) << shift;
    }
    if (byte > 0x7f) break;
    refs[count] = firstRef + ((ref >>> 1) ^ -(ref & 1));
    times[count] = firstTimeMs + ((time >>> 1) ^ -(time & 1));
    words[count * 2 + 1] = view.getInt32(to);
    words[count * 2] = view.getInt32(to + 4);
    count++;
    at = to + 8;
  }
  samples.count = count;
  reader.position = at;
}

/** As `decodeSamples`. Start times, which this version may hold, are not kept. */
export function decodeSamplesV2(
  reader: ByteReader,
  samples: LoggedSamples,
  handOver: (samples: LoggedSamples) => void,
): void {
  const place = new PlaceReader(reader);
  samples.count = 0;
  try {
    while (reader.hasMore) {
      place.next();
      samples.add(place.ref, place.timeMs, reader);
      if (!samples.isFull) continue;
      handOver(samples);
      samples.count = 0;
    }
  } finally {
    if (samples.count > 0) handOver(samples);
  }
}
