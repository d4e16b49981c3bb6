import { type PositionRange, positionOf } from '#promql';
import type { StoredSeries } from './values.ts';

/** What a query says beside its result: each text once. */
export class Notes {
  readonly texts = new Set<string>();
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  warn(text: string, position: PositionRange): void {
    this.#add(`PromQL warning: ${text}`, position);
  }

  info(text: string, position: PositionRange): void {
    this.#add(`PromQL info: ${text}`, position);
  }

  #add(text: string, { start }: PositionRange): void {
    const { line, column } = positionOf(this.#text, start);
    this.texts.add(`${text} (${line}:${column})`);
  }
}

/** What is the other way round. */
export interface Reversed {
  /** The series that subqueries give. */
  readonly subqueries: boolean;
  /** Which of equal samples `topk` and `bottomk` take. */
  readonly ties: boolean;
}

/** One query over plain arrays of samples. */
export interface TwinQuery {
  readonly series: readonly StoredSeries[];
  /** Of the whole query; an instant one starts and ends at the same time, with a step of 0. */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly lookbackMs: number;
  /** Of subqueries that have none. */
  readonly subqueryStepMs: number;
  readonly notes: Notes;
  /** For seeing what depends on an order that nobody promises. */
  readonly reversed: Reversed;
}
