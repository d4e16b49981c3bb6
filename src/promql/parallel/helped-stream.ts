import type { LabelChoice, SeriesGroups } from '#storage';
import { Evaluation } from '../evaluate/evaluation.ts';
import { SeriesBuilder } from '../evaluate/matrix.ts';
import type { SeriesStream, SeriesVisitor } from '../evaluate/series-stream.ts';
import { PortionMaker, type PortionRows, RowShow } from './portion-rows.ts';
import type { Portions, RowOffer, RowWork, WorkStream } from './row-work.ts';

/*
 * Costs are counted in slots: what it takes to read a sample, or to make the value of one step, some tens
 * of nanoseconds. Samples are taken to be 15 seconds apart, as nearly everywhere.
 */

/** Finding a series and its labels, beginning a row. */
const SERIES_COST = 32;
const SAMPLE_INTERVAL_MS = 15_000;
/** Some milliseconds, so that handing rows over is not felt, and no thread is long alone at the end. */
const PORTION_COST = 64_000;
const PORTIONS_MIN = 8;

/** The stream itself where it is small or nobody could help, otherwise one that is made by several threads. */
export function helpedStream(
  stream: WorkStream,
  evaluation: Evaluation,
  reuses: boolean,
): SeriesStream {
  const { helpers } = evaluation.settings;
  if (helpers === undefined || stream.set === undefined) return stream;
  const seriesCost = SERIES_COST + stream.grid.steps + stream.spanMs / SAMPLE_INTERVAL_MS;
  const cost = seriesCost * stream.count;
  if (cost < helpers.costMin || stream.count < PORTIONS_MIN) return stream;
  const portionCost = Math.min(PORTION_COST, cost / PORTIONS_MIN);
  const size = Math.max(1, Math.floor(portionCost / seriesCost));
  const portions = { count: stream.count, size, steps: stream.grid.steps };
  const work = (): RowWork | undefined => workOf(stream, evaluation);
  const offer = helpers.offer({ ...portions, cost, work });
  return offer === undefined
    ? stream
    : new HelpedStream(stream, evaluation, { portions, offer, reuses });
}

/** For a stream that is not looked at in the end. */
export function closeStream(stream: SeriesStream): void {
  if (stream instanceof HelpedStream) stream.close();
}

function workOf(stream: WorkStream, { settings }: Evaluation): RowWork | undefined {
  const series = stream.set?.share?.();
  if (series === undefined) return undefined;
  return {
    ...stream.describe(),
    series,
    grid: stream.grid,
    settings: {
      lookbackMs: settings.lookbackMs,
      maxSamples: settings.maxSamples,
      maxMemoryBytes: settings.maxMemoryBytes,
      delayedNameRemoval: settings.delayedNameRemoval,
      startTimestamps: settings.startTimestamps,
      typeAndUnitLabels: settings.typeAndUnitLabels,
      stepMs: settings.stepMs,
    },
  };
}

interface Help {
  readonly portions: Portions;
  readonly offer: RowOffer;
  /** Rows are filled anew for the next series. */
  readonly reuses: boolean;
}

/** Shows all series of a stream in order, whoever made them: the same as the stream alone would show. */
class HelpedStream implements SeriesStream {
  readonly count: number;
  readonly #stream: WorkStream;
  readonly #evaluation: Evaluation;
  readonly #help: Help;
  /** Portions that this thread made while it waited. */
  readonly #ahead = new Map<number, PortionRows>();
  #maker: PortionMaker | undefined = undefined;
  readonly #shown: SeriesBuilder;
  readonly #show: RowShow;
  #isDone = false;

  constructor(stream: WorkStream, evaluation: Evaluation, help: Help) {
    this.count = stream.count;
    this.#stream = stream;
    this.#evaluation = evaluation;
    this.#help = help;
    this.#shown = new SeriesBuilder([], stream.dropName, 0);
    this.#show = new RowShow(stream.grid.steps);
  }

  visit(from: number, to: number, visitor: SeriesVisitor): void {
    if (this.#isDone || from > 0 || to < this.count) {
      this.#stream.visit(from, to, visitor);
      return;
    }
    this.#isDone = true;
    const { offer, portions } = this.#help;
    try {
      for (let portion = 0; portion * portions.size < this.count; portion++) {
        this.#visitPortion(portion, visitor);
        offer.pass(portion);
      }
    } finally {
      this.close();
    }
  }

  groups(choice: LabelChoice): SeriesGroups | undefined {
    return this.#stream.groups?.(choice);
  }

  close(): void {
    this.#isDone = true;
    this.#help.offer.close();
    this.#ahead.clear();
  }

  #visitPortion(portion: number, visitor: SeriesVisitor): void {
    const [from, to] = this.#bounds(portion);
    const rows = this.#help.offer.claim(portion) ? undefined : this.#rowsOf(portion);
    if (rows !== undefined) this.#showAll(rows, from, visitor);
    this.#ahead.delete(portion);
    const done = from + (rows?.count ?? 0);
    // What other threads leave is made here, and fails here if it must.
    if (done < to) this.#stream.visit(done, to, visitor);
  }

  #bounds(portion: number): readonly [from: number, to: number] {
    const { size } = this.#help.portions;
    return [portion * size, Math.min(this.count, (portion + 1) * size)];
  }

  /** Those of a portion that another thread has, or this one has made before. Undefined: that one does not do it. */
  #rowsOf(portion: number): PortionRows | undefined {
    const { offer } = this.#help;
    const own = this.#ahead.get(portion);
    if (own !== undefined) return own;
    for (;;) {
      const rows = offer.take(portion);
      if (rows !== undefined) return rows;
      const next = offer.claimNext();
      if (next >= 0) this.#make(next);
      else if (!offer.wait(portion)) return undefined;
      this.#evaluation.checkTime();
    }
  }

  #make(portion: number): void {
    const [from, to] = this.#bounds(portion);
    this.#maker ??= this.#newMaker();
    const rows = this.#maker.make(from, to, this.#help.offer.memory(portion));
    // It was stopped in the middle of a series.
    if (rows.count < to - from) this.#maker = undefined;
    this.#ahead.set(portion, rows);
  }

  /** On an account of its own: what it tells must come when its rows do. */
  #newMaker(): PortionMaker {
    const { settings, querier, prepared, plan } = this.#evaluation;
    const apart = { ...settings, grid: this.#stream.grid, helpers: undefined };
    const evaluation = new Evaluation(apart, querier, { prepared, plan, meter: undefined });
    const isStopped = (): boolean => settings.isCancelled() || settings.isTimedOut();
    const { steps } = this.#stream.grid;
    return new PortionMaker(this.#stream.again(evaluation), evaluation, { steps, isStopped });
  }

  #showAll(rows: PortionRows, from: number, visitor: SeriesVisitor): void {
    const evaluation = this.#evaluation;
    const { steps } = this.#stream.grid;
    evaluation.checkTime();
    evaluation.annotations.absorbPlain(rows.annotations);
    for (let step = 0; step < steps; step++) evaluation.countAtStep(step, rows.stepSamples[step]);
    evaluation.hold(rows.peakSamples);
    evaluation.release(rows.peakSamples - rows.heldSamples);
    const shown = this.#shown;
    for (let i = 0; i < rows.count; i++) {
      if (!this.#show.show(rows, i, shown)) continue;
      evaluation.holdRow(steps);
      const series = this.#help.reuses ? shown : shown.copied();
      series.labelLater(this.#stream, from + i);
      visitor(series, from + i);
    }
  }
}
