import { Annotations, type PlainAnnotations } from '../evaluate/annotations.ts';
import type { Evaluation } from '../evaluate/evaluation.ts';
import { FLOAT, type Series, type SeriesBuilder } from '../evaluate/matrix.ts';
import type { SeriesStream } from '../evaluate/series-stream.ts';

/** The rows of series that follow one another, and what making them did beside. */
export interface PortionRows {
  /** How many series, from the first one on. Those that are missing are to be made by who asked. */
  readonly count: number;
  /** By series: `EMPTY`, `SPARSE` or `DENSE`. */
  readonly states: Uint8Array;
  /** Of a row, a slot for each step. */
  readonly values: (row: number) => Float64Array;
  /** The same; what it has for dense rows means nothing. */
  readonly kinds: (row: number) => Uint8Array;
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
 *   4 doubles               count, held samples, peak samples, 1 where there are annotations
 *   steps doubles           samples looked at
 *   series x steps doubles  values
 *   series x steps bytes    kinds
 *   series bytes            states
 */
export class RowMemory {
  readonly #head: Float64Array;
  readonly #rows: RowViews;

  /** For at most so many series. What was there before stays. */
  constructor(buffer: SharedArrayBuffer, series: number, steps: number) {
    const slots = series * steps;
    const valuesAt = HEAD_BYTES + steps * 8;
    const kindsAt = valuesAt + slots * 8;
    this.#head = new Float64Array(buffer, 0, HEAD_BYTES / 8);
    this.#rows = {
      stepSamples: new Float64Array(buffer, HEAD_BYTES, steps),
      values: viewsOf(series, (row) => new Float64Array(buffer, valuesAt + row * steps * 8, steps)),
      kinds: viewsOf(series, (row) => new Uint8Array(buffer, kindsAt + row * steps, steps)),
      states: new Uint8Array(buffer, kindsAt + slots, series),
    };
  }

  static bytesFor(series: number, steps: number): number {
    return HEAD_BYTES + steps * 8 + series * steps * 9 + series;
  }

  /** Without rows. */
  clear(): RowViews {
    this.#rows.stepSamples.fill(0);
    this.#rows.states.fill(EMPTY);
    return this.#rows;
  }

  /** Puts down what is not in the views. False: annotations are to be handed over otherwise. */
  finish({ count, heldSamples, peakSamples, annotations }: PortionRows): boolean {
    const isSilent = isEmpty(annotations);
    this.#head.set([count, heldSamples, peakSamples, isSilent ? 0 : 1]);
    return isSilent;
  }

  /** What was made here in another thread; `annotations` is asked for them where there are any. */
  rows(annotations: () => PlainAnnotations): PortionRows {
    const [count, heldSamples, peakSamples, hasTexts] = this.#head;
    return {
      ...this.#rows,
      count,
      heldSamples,
      peakSamples,
      annotations: hasTexts === 0 ? NO_ANNOTATIONS : annotations(),
    };
  }
}

/** Each is made when it is needed first. */
function viewsOf<T>(count: number, make: (row: number) => T): (row: number) => T {
  const views: T[] = [];
  return (row) => {
    const known: T | undefined = views[row];
    if (known !== undefined) return known;
    if (row >= count) throw new RangeError(`cannot make row ${row} of ${count}`);
    const view = make(row);
    views[row] = view;
    return view;
  };
}

const HEAD_BYTES = 4 * 8;

const NO_ANNOTATIONS: PlainAnnotations = { storage: [], warnings: [], infos: [], monotonicity: [] };

function isEmpty({ storage, warnings, infos, monotonicity }: PlainAnnotations): boolean {
  return storage.length + warnings.length + infos.length + monotonicity.length === 0;
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
    const views = memory.clear();
    const { stepSamples } = views;
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
  values(row).set(series.values);
  if (series.isDense === true) {
    states[row] = DENSE;
    return;
  }
  kinds(row).set(series.kinds);
  states[row] = SPARSE;
}

/** Shows rows of portions as series, without a copy. */
export class RowShow {
  readonly #floats: Uint8Array;

  constructor(steps: number) {
    this.#floats = new Uint8Array(steps).fill(FLOAT);
  }

  /** False: nothing comes out of that series. Otherwise the builder lends the row until it shows another. */
  show(rows: PortionRows, row: number, builder: SeriesBuilder): boolean {
    const state = rows.states[row];
    if (state === EMPTY) return false;
    const isDense = state === DENSE;
    builder.lend(rows.values(row), isDense ? this.#floats : rows.kinds(row), isDense);
    return true;
  }
}
