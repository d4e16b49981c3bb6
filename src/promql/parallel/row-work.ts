import { type Labels, METRIC_NAME } from '#model';
import type { SeriesSet, SharedSeries } from '#storage';
import type { Evaluation, Settings } from '../evaluate/evaluation.ts';
import type { LabelSource } from '../evaluate/later-labels.ts';
import type { Grid } from '../evaluate/matrix.ts';
import type { SeriesStream } from '../evaluate/series-stream.ts';
import type { Call, VectorSelector } from '../parse/ast.ts';
import type { PortionRows, RowMemory } from './portion-rows.ts';

/**
 * A range function over a selector, or a selector, with all that another thread needs to make the very same
 * rows of it. Crosses threads.
 */
export interface RowWork {
  /** Durations and `@` are resolved; matchers and arguments beside the selector have gone. */
  readonly expr: Call | VectorSelector;
  readonly grid: Grid;
  readonly settings: WorkSettings;
  /** The other arguments of the function, step by step. */
  readonly scalars: readonly Float64Array[];
  /** Whether resets of histograms are looked for; see `statisticsSelectors`. */
  readonly detectsResets: boolean;
  /** The name of the metric, where all series have the same and texts need it. */
  readonly metricName: string | undefined;
  readonly series: SharedSeries;
}

export type WorkSettings = Pick<
  Settings,
  | 'lookbackMs'
  | 'maxSamples'
  | 'maxMemoryBytes'
  | 'delayedNameRemoval'
  | 'startTimestamps'
  | 'typeAndUnitLabels'
  | 'stepMs'
>;

/** A selector as another thread needs it: its series are known. */
export function sharedSelector(selector: VectorSelector): VectorSelector {
  return { ...selector, matchers: [] };
}

/** The name that all series have, if the selector says so, and texts need no other label. */
export function metricNameOf(selector: VectorSelector, settings: WorkSettings): string | undefined {
  if (settings.typeAndUnitLabels) return undefined;
  const matcher = selector.matchers.find(({ name, type }) => name === METRIC_NAME && type === '=');
  return matcher?.value || undefined;
}

/** What is known of the series of a selector that another thread, or another account, reads again. */
export interface KnownSeries {
  /** Undefined: to be selected. */
  readonly set: SeriesSet | undefined;
  /** Undefined: their labels are decoded. */
  readonly metricName: string | undefined;
}

/** For texts, which only name the metric: other labels are the business of who shows the rows, and dear. */
export class NamedLabels implements LabelSource {
  readonly #labels: Labels;

  constructor(metricName: string) {
    this.#labels = [METRIC_NAME, metricName];
  }

  labels(): Labels {
    return this.#labels;
  }
}

/** A stream whose rows can be made elsewhere, too. */
export interface WorkStream extends SeriesStream {
  readonly grid: Grid;
  /** Undefined where its series are not those of a storage: then it stays in this thread. */
  readonly set: SeriesSet | undefined;
  /** How long samples are read for each series. Milliseconds. */
  readonly spanMs: number;
  /** As its rows have them. */
  labels(index: number): Labels;
  readonly dropName: boolean;
  /** The same rows, made on another account. */
  again(evaluation: Evaluation): SeriesStream;
  /** All but the series. */
  describe(): Omit<RowWork, 'series' | 'settings' | 'grid'>;
}

/** Portions of a stream: each of `size` series, the last one of what is left of `count`. */
export interface Portions {
  readonly count: number;
  readonly size: number;
  /** Of each row. */
  readonly steps: number;
}

/** What other threads are asked for. */
export interface RowRequest extends Portions {
  /** How much there is to do, in the unit of `seriesCost`. */
  readonly cost: number;
  /** Made when somebody is there to take it. Undefined where the series cannot be shared. */
  readonly work: () => RowWork | undefined;
}

/** Other threads, which may make some rows of a wide query. */
export interface RowHelpers {
  /** For less nobody is asked. In the unit of `RowRequest.cost`. */
  readonly costMin: number;
  /** Undefined where nobody could help. Close the answer. */
  offer(request: RowRequest): RowOffer | undefined;
}

/** Portions of a stream, which several threads take in order until none is left. */
export interface RowOffer {
  /** Takes a portion for this thread. False: another one has it. All before it must be taken. */
  claim(portion: number): boolean;
  /** Takes the next free portion for this thread; -1: there is none, or it is too far ahead. */
  claimNext(): number;
  /** Where this thread may make the rows of a portion that it claimed ahead. */
  memory(portion: number): RowMemory;
  /**
   * What another thread has made of a portion: all of its series or only the first ones. Undefined: nothing
   * yet. Valid until the portion is passed.
   */
  take(portion: number): PortionRows | undefined;
  /**
   * Waits a while for another thread. False where a portion has been waited for long enough: who has it may
   * be gone, and no one is asked for more.
   */
  wait(portion: number): boolean;
  /** Tells that portions up to this one have been used. */
  pass(portion: number): void;
  /** Nothing more is needed. */
  close(): void;
}
