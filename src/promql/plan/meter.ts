import type { Evaluation } from '../evaluate/evaluation.ts';
import { sampleCount, type Value } from '../evaluate/matrix.ts';
import type { SeriesStream } from '../evaluate/series-stream.ts';
import type { Labels } from '#model';
import type { LabelChoice, SampleColumns, SeriesGroups, SeriesSet } from '#storage';
import type { Operator } from './operator.ts';

/** What one operator has done. */
export interface Measurement {
  /** Its own time, without that of its inputs. */
  ownMs: number;
  /** What came out of it, counted once; histograms count by their size. */
  resultSeries: number;
  resultSamples: number;
  /** What it read from the storage. */
  seriesRead: number;
  samplesRead: number;
  /** What the whole query held at most while it was at work. */
  peakSamples: number;
  peakBytes: number;
}

/** An operator at work, and what the query had held at most before. */
export interface Measuring {
  readonly operator: Operator;
  readonly measurement: Measurement;
  readonly peakSamples: number;
  readonly peakBytes: number;
}

/** Follows a query from operator to operator. Asking the clock at each turn makes it somewhat slower. */
export class Meter {
  readonly #nowMs: () => number;
  readonly #measurements = new Map<Operator, Measurement>();
  readonly #counted = new Set<Operator>();
  /** Those at work, the innermost last. */
  readonly #working: Measurement[] = [];
  #sinceMs = 0;

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Undefined for an operator that never had anything to do. */
  measurementOf(operator: Operator): Measurement | undefined {
    return this.#measurements.get(operator);
  }

  enter(operator: Operator): Measurement {
    const measurement = this.#measurement(operator);
    this.#charge();
    this.#working.push(measurement);
    return measurement;
  }

  leave(): void {
    this.#charge();
    this.#working.pop();
  }

  /** An operator begins that makes its value as a whole. What it gives goes to `end`. */
  begin(evaluation: Evaluation, operator: Operator): Measuring {
    const { memory, peakSamples } = evaluation;
    const { peakBytes } = memory;
    evaluation.peakSamples = evaluation.heldSamples;
    memory.peakBytes = memory.heldBytes;
    return { operator, measurement: this.enter(operator), peakSamples, peakBytes };
  }

  end(evaluation: Evaluation, measuring: Measuring, value: Value): void {
    this.leave();
    const { memory } = evaluation;
    const { measurement, operator } = measuring;
    measurement.peakSamples = Math.max(measurement.peakSamples, evaluation.peakSamples);
    measurement.peakBytes = Math.max(measurement.peakBytes, memory.peakBytes);
    evaluation.peakSamples = Math.max(measuring.peakSamples, evaluation.peakSamples);
    memory.peakBytes = Math.max(measuring.peakBytes, memory.peakBytes);
    this.countResult(operator, value);
  }

  /** For an operator whose series come one by one, while another one takes them. */
  measureStream(
    operator: Operator,
    open: () => SeriesStream | undefined,
  ): SeriesStream | undefined {
    const measurement = this.enter(operator);
    const stream = open();
    this.leave();
    if (stream === undefined) return undefined;
    this.#counted.add(operator);
    return {
      count: stream.count,
      groups: (choice) => stream.groups?.(choice),
      visit: (from, to, visitor) => {
        this.enter(operator);
        stream.visit(from, to, (series, index) => {
          measurement.resultSeries++;
          measurement.resultSamples += sampleCount(series);
          this.leave();
          visitor(series, index);
          this.enter(operator);
        });
        this.leave();
      },
    };
  }

  /** Selects series for an operator, and counts what is read of them. */
  measureSelect(operator: Operator | undefined, select: () => SeriesSet): SeriesSet {
    if (operator === undefined) return select();
    const measurement = this.enter(operator);
    const set = select();
    this.leave();
    measurement.seriesRead += set.count;
    return new MeasuredSet(this, operator, set);
  }

  get depth(): number {
    return this.#working.length;
  }

  /** Those that were at work have failed, and it is done another way. */
  unwindTo(depth: number): void {
    while (this.depth > depth) this.leave();
  }

  #measurement(operator: Operator): Measurement {
    let measurement = this.#measurements.get(operator);
    if (measurement === undefined) {
      measurement = {
        ownMs: 0,
        resultSeries: 0,
        resultSamples: 0,
        seriesRead: 0,
        samplesRead: 0,
        peakSamples: 0,
        peakBytes: 0,
      };
      this.#measurements.set(operator, measurement);
    }
    return measurement;
  }

  /** The time since the last turn belongs to whoever was at work. */
  #charge(): void {
    const nowMs = this.#nowMs();
    const working = this.#working.at(-1);
    if (working !== undefined) working.ownMs += nowMs - this.#sinceMs;
    this.#sinceMs = nowMs;
  }

  /** Counts what came out of an operator, the first time. */
  countResult(operator: Operator, value: Value): void {
    if (this.#counted.has(operator)) return;
    this.#counted.add(operator);
    const measurement = this.#measurement(operator);
    if (value.kind === 'vector') {
      measurement.resultSeries = value.series.length;
      for (const one of value.series) measurement.resultSamples += sampleCount(one);
    } else if (value.kind === 'matrix') {
      measurement.resultSeries = value.series.length;
      for (const { values } of value.series) measurement.resultSamples += values.length;
    } else if (value.kind === 'scalar') measurement.resultSamples = value.values.length;
  }
}

/** Of one thread only: others would not be measured. */
class MeasuredSet implements SeriesSet {
  readonly count: number;
  readonly #meter: Meter;
  readonly #operator: Operator;
  readonly #set: SeriesSet;
  readonly key?: (index: number) => string;
  readonly groups?: (choice: LabelChoice) => SeriesGroups;

  constructor(meter: Meter, operator: Operator, set: SeriesSet) {
    this.count = set.count;
    const key = set.key?.bind(set);
    if (key !== undefined) this.key = key;
    const group = set.groups?.bind(set);
    if (group !== undefined) {
      this.groups = (choice) => {
        meter.enter(operator);
        const groups = group(choice);
        meter.leave();
        return groups;
      };
    }
    this.#meter = meter;
    this.#operator = operator;
    this.#set = set;
  }

  get warnings(): readonly string[] {
    return this.#set.warnings;
  }

  labels(index: number): Labels {
    return this.#set.labels(index);
  }

  // oxlint-disable-next-line max-params -- the interface of a storage
  read(index: number, startMs: number, endMs: number, columns: SampleColumns): void {
    const before = columns.length;
    const measurement = this.#meter.enter(this.#operator);
    this.#set.read(index, startMs, endMs, columns);
    this.#meter.leave();
    measurement.samplesRead += columns.length - before;
  }
}
