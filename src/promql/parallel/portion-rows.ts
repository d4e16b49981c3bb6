import { Annotations, type PlainAnnotations } from '../evaluate/annotations.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { ABSENT, FLOAT, type Series, type SeriesBuilder } from '../evaluate/matrix.ts';
import type { SeriesStream } from '../evaluate/series-stream.ts';

/** The rows of series that follow one another, and what making them did beside. Crosses threads. */
export interface PortionRows {
  /** How many series, from the first one on. Those that are missing are to be made by who asked. */
  readonly count: number;
  /** By series: `EMPTY`, `SPARSE` or `DENSE`. */
  readonly states: Uint8Array;
  /** Row after row, a slot for each step. */
  readonly values: Float64Array;
  /** The same; what it has for dense rows means nothing. */
  readonly kinds: Uint8Array;
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

/**
 * Memory for the rows of one portion, which other threads see in place. It is used again and again: memory
 * that is made for each portion keeps the collector busy longer than the rows take.
 *
 *   steps doubles          samples looked at
 *   series x steps doubles values
 *   series x steps bytes   kinds
 *   series bytes           states
 */
export class RowMemory {
  #buffer: SharedArrayBuffer = new SharedArrayBuffer(0);

  /** Views for so many series, with what was there before. */
  views(series: number, steps: number): RowViews {
    const slots = series * steps;
    const bytes = (steps + slots) * 8 + slots + series;
    if (this.#buffer.byteLength < bytes) this.#buffer = new SharedArrayBuffer(bytes);
    const buffer = this.#buffer;
    const valuesAt = steps * 8;
    const kindsAt = valuesAt + slots * 8;
    return {
      stepSamples: new Float64Array(buffer, 0, steps),
      values: new Float64Array(buffer, valuesAt, slots),
      kinds: new Uint8Array(buffer, kindsAt, slots),
      states: new Uint8Array(buffer, kindsAt + slots, series),
    };
  }
}

type RowViews = Pick<PortionRows, 'stepSamples' | 'values' | 'kinds' | 'states'>;

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
  readonly #batchSamples: Float64Array;
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
    this.#batchSamples = new Float64Array(steps);
  }

  /**
   * The series from `from` up to, not including, `to`, or the first of them. Once something went wrong with
   * one there are none any more. They are in the memory that is given.
   */
  make(from: number, to: number, memory: RowMemory): PortionRows {
    const evaluation = this.#evaluation;
    evaluation.heldSamples = 0;
    evaluation.peakSamples = 0;
    evaluation.memory.releaseTo(0);
    const views = memory.views(to - from, this.#steps);
    const { stepSamples } = views;
    stepSamples.fill(0);
    views.states.fill(EMPTY);
    const annotations = new Annotations();
    let done = from;
    let held = { heldSamples: 0, peakSamples: 0 };
    while (done < to && !this.#isSpent && !this.#isStopped()) {
      const end = Math.min(to, done + BATCH_SERIES);
      if (!this.#makeBatch(views, { from, done, end })) break;
      annotations.absorb(evaluation.annotations);
      for (let step = 0; step < this.#steps; step++) {
        stepSamples[step] += this.#batchSamples[step];
      }
      const { heldSamples, peakSamples } = evaluation;
      held = { heldSamples, peakSamples };
      done = end;
    }
    const count = done - from;
    annotations.absorb(this.#selected);
    return { ...views, count, ...held, annotations: annotations.plain() };
  }

  #makeBatch(
    rows: RowViews,
    { from, done, end }: { readonly from: number; readonly done: number; readonly end: number },
  ): boolean {
    const evaluation = this.#evaluation;
    evaluation.annotations = new Annotations();
    this.#batchSamples.fill(0);
    evaluation.stepSamples = this.#batchSamples;
    try {
      this.#stream.visit(done, end, (series, index) => {
        if (series.histograms !== undefined) throw new HistogramFound();
        putRow(rows, index - from, series);
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

function putRow({ values, kinds, states }: RowViews, row: number, series: Series): void {
  const at = row * series.kinds.length;
  values.set(series.values, at);
  if (series.isDense === true) {
    states[row] = DENSE;
    return;
  }
  kinds.set(series.kinds, at);
  states[row] = SPARSE;
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
