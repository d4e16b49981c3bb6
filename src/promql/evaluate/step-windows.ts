import type { Evaluation } from './evaluation.ts';
import { type Grid, stepTimeMs } from './matrix.ts';

/** Where windows lie in time, whatever they find there. */
export interface WindowPlan {
  /** The end of the window of a step; never earlier than that of the step before. */
  readonly endMs: (stepTimeMs: number) => number;
  readonly rangeMs: number;
}

/** Twice as much, as long as that is little. */
function roomFor(count: number): number {
  return count < 1_000_000 ? count * 2 : count;
}

/** Sorted timestamps, the first `count` of an array. */
export interface Timestamps {
  readonly timesMs: Float64Array;
  readonly count: number;
  /** As SampleColumns have it. */
  readonly spacingMs: number;
}

/**
 * For each step the rows of a column of timestamps that lie in its window. Series of one scrape share their
 * timestamps, so that most find everything computed already: by the series before.
 */
export class StepWindows {
  readonly grid: Grid;
  readonly steps: number;
  readonly rangeMs: number;
  /** The range of a step is (endsMs - rangeMs, endsMs]. */
  readonly endsMs: Float64Array;
  /** Rows from `from` up to, not including, `to`. */
  readonly from: Int32Array;
  readonly to: Int32Array;
  /** Grows when rows change: what was derived from them is to be made anew. */
  version = 0;
  /** Of the largest and of the smallest window. */
  samplesMax = 0;
  samplesMin = 0;
  #timesMs: Float64Array = new Float64Array(0);
  #count = -1;
  #spacingMs = 0;
  /** Series that were counted, but are not yet told of, since rows changed. */
  #uncounted = 0;

  constructor(grid: Grid, plan: WindowPlan) {
    this.grid = grid;
    this.steps = grid.steps;
    this.rangeMs = plan.rangeMs;
    this.endsMs = new Float64Array(grid.steps);
    this.from = new Int32Array(grid.steps);
    this.to = new Int32Array(grid.steps);
    for (let step = 0; step < grid.steps; step++) {
      this.endsMs[step] = plan.endMs(stepTimeMs(grid, step));
    }
  }

  /** Looks at another series. Its samples count as looked at. */
  fitCounted(times: Timestamps, evaluation: Evaluation): void {
    if (!this.#isSame(times)) {
      this.flush(evaluation);
      this.#move(times);
    }
    this.#uncounted++;
  }

  /** The same, where the caller counts. */
  fit(times: Timestamps): void {
    if (!this.#isSame(times)) this.#move(times);
  }

  /** Counts the samples of all series so far. To be called when the last one is done. */
  flush(evaluation: Evaluation): void {
    const { from, to } = this;
    const { stepSamples } = evaluation;
    const series = this.#uncounted;
    this.#uncounted = 0;
    if (series === 0) return;
    for (let step = 0; step < from.length; step++) {
      stepSamples[step] += series * (to[step] - from[step]);
    }
  }

  #isSame({ timesMs, count, spacingMs }: Timestamps): boolean {
    if (count !== this.#count) return false;
    const known = this.#timesMs;
    if (spacingMs > 0 && spacingMs === this.#spacingMs) return known[0] === timesMs[0];
    for (let row = 0; row < count; row++) {
      if (known[row] !== timesMs[row]) return false;
    }
    this.#spacingMs = spacingMs;
    return true;
  }

  #move({ timesMs, count, spacingMs }: Timestamps): void {
    const { from, to, endsMs, rangeMs } = this;
    if (this.#timesMs.length < count) this.#timesMs = new Float64Array(roomFor(count));
    this.#timesMs.set(timesMs.subarray(0, count));
    this.#count = count;
    this.#spacingMs = spacingMs;
    this.version++;
    let first = 0;
    let end = 0;
    let most = 0;
    let least = Infinity;
    for (let step = 0; step < endsMs.length; step++) {
      const endMs = endsMs[step];
      const startMs = endMs - rangeMs;
      while (end < count && timesMs[end] <= endMs) end++;
      while (first < end && timesMs[first] <= startMs) first++;
      from[step] = first;
      to[step] = end;
      if (end - first > most) most = end - first;
      if (end - first < least) least = end - first;
    }
    this.samplesMax = most;
    this.samplesMin = least;
  }
}
