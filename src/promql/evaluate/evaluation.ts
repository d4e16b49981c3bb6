import { type Labels, labelValue, METRIC_NAME } from '#model';
import type { Querier } from '#storage';
import type { RowHelpers } from '../parallel/row-work.ts';
import type { Meter } from '../plan/meter.ts';
import type { Plan } from '../plan/operator.ts';
import { SharedValues, type SideEffects, type Weight } from '../plan/shared-values.ts';
import type { Prepared } from './prepare.ts';
import { QueryError } from '../result.ts';
import { Annotations } from './annotations.ts';
import { MemoryAccount, rowBytes } from './memory-account.ts';
import {
  type Grid,
  histogramBytes,
  mergeSameLabels,
  sampleCount,
  type Series,
  SeriesBuilder,
  withoutMetadata,
} from './matrix.ts';

/** What holds for a whole query, with all defaults filled in. */
export interface Settings {
  readonly lookbackMs: number;
  /** 0: no limit. */
  readonly maxSamples: number;
  /** 0: no limit. */
  readonly maxMemoryBytes: number;
  readonly defaultSubqueryStepMs: (rangeMs: number) => number;
  readonly delayedNameRemoval: boolean;
  readonly startTimestamps: boolean;
  readonly typeAndUnitLabels: boolean;
  readonly isCancelled: () => boolean;
  readonly isTimedOut: () => boolean;
  /** What several operators need is evaluated once. */
  readonly sharesOperators: boolean;
  /** Other threads that may do a part; undefined: there are none. */
  readonly helpers: RowHelpers | undefined;
  /** 0 for an instant query. */
  readonly stepMs: number;
  /** The instants of the query itself. */
  readonly grid: Grid;
}

/** Turns of a loop that go by between two looks at the clock; each takes a microsecond or less. */
const TURNS_UNCHECKED_MAX = 10_000;

/** A query that is ready to run. */
export interface Planned {
  readonly prepared: Prepared;
  readonly plan: Plan;
  readonly meter: Meter | undefined;
}

/** One run of one query: what its operators share. */
export class Evaluation {
  readonly settings: Settings;
  readonly querier: Querier;
  readonly prepared: Prepared;
  readonly plan: Plan;
  readonly shared: SharedValues;
  /** Only where a query is to be measured. */
  readonly meter: Meter | undefined;
  /** Those of what is being recorded, if anything is. */
  annotations: Annotations = new Annotations();
  /** Samples in memory now, and at most so far. */
  heldSamples = 0;
  peakSamples = 0;
  /** Part of what is held: it stays when the operator at work is done. */
  #keptSamples = 0;
  readonly memory: MemoryAccount;
  #turns = 0;
  /** Samples looked at, for each step of the query. */
  stepSamples: Float64Array;

  constructor(settings: Settings, querier: Querier, planned: Planned) {
    this.settings = settings;
    this.querier = querier;
    this.prepared = planned.prepared;
    this.plan = planned.plan;
    this.meter = planned.meter;
    this.shared = new SharedValues({
      moveToKept: (weight) => this.#moveToKept(weight),
      dropKept: (weight) => this.#dropKept(weight),
    });
    this.memory = new MemoryAccount(settings.maxMemoryBytes, () => this.shared.giveWay());
    this.stepSamples = new Float64Array(settings.grid.steps);
  }

  /** Accounts for samples that are now in memory. Throws where they are too many. */
  hold(samples: number): void {
    this.heldSamples += samples;
    if (this.heldSamples > this.peakSamples) this.peakSamples = this.heldSamples;
    const { maxSamples } = this.settings;
    if (maxSamples === 0 || this.heldSamples <= maxSamples) return;
    this.shared.giveWay();
    if (this.heldSamples <= maxSamples) return;
    throw new QueryError(
      'execution',
      'query processing would load too many samples into memory in query execution',
      { limit: 'samples' },
    );
  }

  release(samples: number): void {
    this.heldSamples -= samples;
  }

  /**
   * Accounts for a row of a matrix, before it is made: gaps take memory too, so that sparse series over very
   * many steps must be stopped before samples are counted. Throws where rows are too many, or too long.
   */
  holdRow(steps: number): void {
    this.memory.hold(rowBytes(steps));
  }

  /** A row that is accounted for, with nothing in it. */
  newRow(labels: Labels, dropName: boolean, steps: number): SeriesBuilder {
    this.holdRow(steps);
    return new SeriesBuilder(labels, dropName, steps);
  }

  releaseRow(steps: number): void {
    this.memory.release(rowBytes(steps));
  }

  /** Throws if the query was cancelled or has run out of time. Cheap enough for each series. */
  checkTime(): void {
    if (this.settings.isCancelled()) {
      throw new QueryError('canceled', 'query was canceled in expression evaluation');
    }
    if (this.settings.isTimedOut()) {
      throw new QueryError('timeout', 'query timed out in expression evaluation');
    }
  }

  /** The same for loops whose turns are short: looks at the clock only every so often. */
  passTurns(turns: number): void {
    this.#turns += turns;
    if (this.#turns < TURNS_UNCHECKED_MAX) return;
    this.#turns = 0;
    this.checkTime();
  }

  /** Labels of a result that is no longer the metric: the name goes, now or at the end. */
  namelessLabels(labels: Labels): Labels {
    return this.settings.delayedNameRemoval ? labels : withoutMetadata(labels);
  }

  /** The name for a text about a result whose name may be gone already. */
  remainingName(labels: Labels): string {
    return this.settings.delayedNameRemoval ? labelValue(labels, METRIC_NAME) : '';
  }

  /**
   * Ends an operator that may have made series with equal labels: they become one, unless names go later
   * and a single instant is evaluated, where the end of the query decides.
   */
  unique(series: readonly Series[], grid: Grid): readonly Series[] {
    if (this.settings.delayedNameRemoval && grid.steps === 1) return series;
    return mergeSameLabels(series, this);
  }

  /** What operators hold now, beside what is kept; to be handed to `settle` when the one that begins is done. */
  heldByOperators(): Weight {
    return {
      samples: this.heldSamples - this.#keptSamples,
      bytes: this.memory.operatorBytes,
    };
  }

  /** Replaces what was held since the mark by the result. */
  settle(mark: Weight, series: readonly Series[]): void {
    this.heldSamples = mark.samples + this.#keptSamples;
    this.memory.releaseTo(mark.bytes);
    this.holdSeries(series);
  }

  /** Accounts for series that have been made. Gives what they weigh. */
  holdSeries(series: readonly Series[]): Weight {
    let samples = 0;
    let bytes = 0;
    for (const one of series) {
      samples += sampleCount(one);
      bytes += rowBytes(one.kinds.length) + histogramBytes(one);
    }
    this.memory.hold(bytes);
    this.hold(samples);
    return { samples, bytes };
  }

  /** Runs something and keeps apart what it does beside giving a value; `tell` makes it known. */
  record<T>(run: () => T): SideEffects & { readonly result: T } {
    const { annotations, stepSamples } = this;
    this.annotations = new Annotations();
    this.stepSamples = new Float64Array(stepSamples.length);
    try {
      const result = run();
      return { result, annotations: this.annotations, stepSamples: this.stepSamples };
    } finally {
      this.annotations = annotations;
      this.stepSamples = stepSamples;
    }
  }

  /** Makes known what was recorded; again wherever a shared value is used. */
  tell({ annotations, stepSamples }: SideEffects): void {
    this.annotations.absorb(annotations);
    for (let step = 0; step < stepSamples.length; step++) {
      this.stepSamples[step] += stepSamples[step];
    }
  }

  /** Runs something that can be done another way. Undefined, and as if it had not been tried, where a limit ended it. */
  attempt<T>(run: () => T): T | undefined {
    const before = this.heldByOperators();
    const { textBytes } = this.memory;
    const { depth } = this.shared;
    const working = this.meter?.depth ?? 0;
    try {
      return run();
    } catch (error) {
      if (!(error instanceof QueryError) || error.limit === undefined) throw error;
      this.shared.unwindTo(depth);
      this.meter?.unwindTo(working);
      this.memory.forgetTexts(textBytes);
      this.settle(before, []);
      return undefined;
    }
  }

  #moveToKept({ samples, bytes }: Weight): void {
    this.#keptSamples += samples;
    this.memory.moveToKept(bytes);
  }

  #dropKept({ samples, bytes }: Weight): void {
    this.#keptSamples -= samples;
    this.heldSamples -= samples;
    this.memory.dropKept(bytes);
  }

  /** Counts looked-at samples at a step of the query; steps of subqueries have their own counter. */
  countAtStep(step: number, samples: number): void {
    this.stepSamples[step] += samples;
  }
}

export function execution(message: string, cause?: unknown): QueryError {
  return new QueryError('execution', message, cause === undefined ? undefined : { cause });
}
