import { Annotations, type PlainAnnotations } from '../evaluate/annotations.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { ABSENT, FLOAT, type Series, type SeriesBuilder } from '../evaluate/matrix.ts';
import type { SeriesStream } from '../evaluate/series-stream.ts';

/** The rows of series that follow one another, and what making them did beside. Crosses threads. */
export interface PortionRows {
  /** How many series, from the first one on. Those that are missing are to be made by who asked. */
  readonly count: number;
  /** By series: `EMPTY`, `SPARSE` or `DENSE`. */
  readonly states: Uint8Array<ArrayBuffer>;
  /** Row after row, a slot for each step. */
  readonly values: Float64Array<ArrayBuffer>;
  /** The same; what it has for dense rows means nothing. Empty where all are. */
  readonly kinds: Uint8Array<ArrayBuffer>;
  /** As Evaluation counts them, from 0. */
  readonly heldSamples: number;
  readonly peakSamples: number;
  readonly stepSamples: Float64Array;
  readonly annotations: PlainAnnotations;
}

/** Nothing comes out of the series. */
const EMPTY = 0;
const SPARSE = 1;
/** Each step has a float. */
const DENSE = 2;

/** So many series are taken back where one of them cannot be made here. */
const BATCH_SERIES = 16;

/** Histograms are objects: handing them over would cost more than it brings. */
class HistogramFound extends Error {}

/** Makes rows of a stream for another thread, or for later. `evaluation` is that of the stream, and no one else's. */
export class PortionMaker {
  readonly #stream: SeriesStream;
  readonly #evaluation: Evaluation;
  /** What was told when series were selected. */
  readonly #selected: Annotations;
  readonly #steps: number;
  /** Asked every few series; then the rest is left to who asked. */
  readonly #isStopped: () => boolean;
  /** After a failure the stream has counted what nobody gets. */
  #isSpent = false;

  constructor(
    stream: SeriesStream,
    evaluation: Evaluation,
    { steps, isStopped }: { readonly steps: number; readonly isStopped: () => boolean },
  ) {
    this.#stream = stream;
    this.#evaluation = evaluation;
    this.#selected = evaluation.annotations;
    this.#steps = steps;
    this.#isStopped = isStopped;
  }

  /**
   * The series from `from` up to, not including, `to`, or the first of them. Once something went wrong with
   * one there are none any more.
   */
  make(from: number, to: number): PortionRows {
    const evaluation = this.#evaluation;
    evaluation.heldSamples = 0;
    evaluation.peakSamples = 0;
    evaluation.memory.releaseTo(0);
    const rows = new Rows(to - from, this.#steps);
    const annotations = new Annotations();
    const stepSamples = new Float64Array(this.#steps);
    let done = from;
    let held = { heldSamples: 0, peakSamples: 0 };
    while (done < to && !this.#isSpent && !this.#isStopped()) {
      const end = Math.min(to, done + BATCH_SERIES);
      if (!this.#makeBatch(rows, { from, done, end })) break;
      annotations.absorb(evaluation.annotations);
      for (let step = 0; step < this.#steps; step++) {
        stepSamples[step] += evaluation.stepSamples[step];
      }
      const { heldSamples, peakSamples } = evaluation;
      held = { heldSamples, peakSamples };
      done = end;
    }
    const count = done - from;
    annotations.absorb(this.#selected);
    return { ...rows.take(count), count, ...held, stepSamples, annotations: annotations.plain() };
  }

  #makeBatch(
    rows: Rows,
    { from, done, end }: { readonly from: number; readonly done: number; readonly end: number },
  ): boolean {
    const evaluation = this.#evaluation;
    evaluation.annotations = new Annotations();
    evaluation.stepSamples = new Float64Array(this.#steps);
    try {
      this.#stream.visit(done, end, (series, index) => {
        if (series.histograms !== undefined) throw new HistogramFound();
        rows.put(index - from, series);
        evaluation.releaseRow(this.#steps);
      });
      return true;
    } catch {
      // Who asked meets the same, and tells of it at the right moment.
      this.#isSpent = true;
      return false;
    }
  }
}

class Rows {
  readonly #steps: number;
  readonly #size: number;
  readonly #states: Uint8Array<ArrayBuffer>;
  readonly #values: Float64Array<ArrayBuffer>;
  #kinds: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  constructor(size: number, steps: number) {
    this.#size = size;
    this.#steps = steps;
    this.#states = new Uint8Array(size);
    this.#values = new Float64Array(size * steps);
  }

  put(row: number, series: Series): void {
    const at = row * this.#steps;
    this.#values.set(series.values, at);
    if (series.isDense === true) {
      this.#states[row] = DENSE;
      return;
    }
    if (this.#kinds.length === 0) this.#kinds = new Uint8Array(this.#size * this.#steps);
    this.#kinds.set(series.kinds, at);
    this.#states[row] = SPARSE;
  }

  /** Rows of a batch that failed must not show. */
  take(count: number): Pick<PortionRows, 'states' | 'values' | 'kinds'> {
    this.#states.fill(EMPTY, count);
    return { states: this.#states, values: this.#values, kinds: this.#kinds };
  }
}

/** Puts one row of a portion into a builder, which is new or was begun anew. False: nothing comes out of that series. */
export function showRow(rows: PortionRows, row: number, builder: SeriesBuilder): boolean {
  const state = rows.states[row];
  if (state === EMPTY) return false;
  const steps = builder.kinds.length;
  const at = row * steps;
  copyDoubles(rows.values, at, builder.values);
  if (state === DENSE) builder.fillFloats();
  else copyKinds(rows.kinds, at, builder);
  return true;
}

/** Bytes, so that NaN bits survive. */
function copyDoubles(from: Float64Array, at: number, to: Float64Array): void {
  to.set(from.subarray(at, at + to.length));
}

function copyKinds(from: Uint8Array, at: number, builder: SeriesBuilder): void {
  const { kinds } = builder;
  for (let step = 0; step < kinds.length; step++) {
    kinds[step] = from[at + step] === ABSENT ? ABSENT : FLOAT;
  }
  builder.isEmpty = false;
}

/** The buffers that cross threads without a copy. */
export function buffersOf(rows: PortionRows): ArrayBuffer[] {
  return [rows.states.buffer, rows.values.buffer, rows.kinds.buffer];
}
