import { isStaleNaN } from '#model';
import type { FloatHistogram } from '#model';

/** A label set as pairs, sorted by name. */
export type LabelPairs = readonly (readonly [name: string, value: string])[];

export interface NaiveMatcher {
  readonly type: '=' | '!=' | '=~' | '!~';
  readonly name: string;
  readonly value: string;
}

export function labelsText(labels: LabelPairs): string {
  return JSON.stringify(labels);
}

/** Of one series, ascending by time. */
export interface NaiveSeries {
  readonly labels: LabelPairs;
  readonly times: number[];
  /** As `valueText` has it. */
  readonly values: string[];
}

/** Tells apart what must be told apart: each float by its bits, the stale marker from another NaN. */
export function valueText(value: number | FloatHistogram): string {
  if (typeof value !== 'number') return histogramText(value);
  if (value === value) return Object.is(value, -0) ? '-0' : String(value);
  return isStaleNaN(value) ? 'stale' : 'NaN';
}

/** All but the hint on resets, which says something of the sample before. */
function histogramText(histogram: FloatHistogram): string {
  const { sum } = histogram;
  if (isStaleNaN(sum)) return 'stale histogram';
  const { counterResetHint: _, ...content } = histogram;
  return JSON.stringify(content);
}

/**
 * The slow twin of a database: keeps every sample in a list and looks at each series of each question. Knows
 * nothing of chunks, logs and blocks.
 */
export class NaiveStorage {
  readonly #series = new Map<string, NaiveSeries>();

  get seriesCount(): number {
    return this.#series.size;
  }

  /** The series of a label set, made where it is absent. */
  series(labels: LabelPairs): NaiveSeries {
    const key = labelsText(labels);
    let series = this.#series.get(key);
    if (series === undefined) {
      series = { labels, times: [], values: [] };
      this.#series.set(key, series);
    }
    return series;
  }

  append(series: NaiveSeries, timeMs: number, value: string): void {
    const lastMs = series.times.at(-1) ?? -Infinity;
    if (timeMs <= lastMs) throw new Error(`the twin is given ${timeMs} after ${lastMs}`);
    series.times.push(timeMs);
    series.values.push(value);
  }

  /** The samples of a range (inclusive), each as `time value`, by the text of their series' labels. */
  select(
    matchers: readonly NaiveMatcher[],
    startMs: number,
    endMs: number,
  ): Map<string, readonly string[]> {
    const found = new Map<string, readonly string[]>();
    for (const [key, { labels, times, values }] of this.#series) {
      if (times[0] > endMs || (times.at(-1) ?? 0) < startMs) continue;
      if (!matchers.every((matcher) => matchesLabels(matcher, labels))) continue;
      const samples: string[] = [];
      for (const [i, timeMs] of times.entries()) {
        if (timeMs >= startMs && timeMs <= endMs) samples.push(`${timeMs} ${values[i]}`);
      }
      if (samples.length > 0) found.set(key, samples);
    }
    return found;
  }

  /** How many samples lie from a time up to another, and how many series they belong to. */
  count(startMs: number, endMs: number): { samples: number; series: number } {
    let samples = 0;
    let series = 0;
    for (const { times } of this.#series.values()) {
      const before = samples;
      for (const timeMs of times) if (timeMs >= startMs && timeMs < endMs) samples++;
      if (samples > before) series++;
    }
    return { samples, series };
  }

  /** Forgets series without a sample since, so that long runs stay within memory. They must not come back. */
  forgetBefore(timeMs: number): void {
    for (const [key, { times }] of this.#series) {
      if ((times.at(-1) ?? 0) < timeMs) this.#series.delete(key);
    }
  }
}

function matchesLabels({ type, name, value }: NaiveMatcher, labels: LabelPairs): boolean {
  const actual = labels.find(([other]) => other === name)?.[1] ?? '';
  switch (type) {
    case '=':
      return actual === value;
    case '!=':
      return actual !== value;
    case '=~':
      return new RegExp(`^(?:${value})$`, 's').test(actual);
    case '!~':
      return !new RegExp(`^(?:${value})$`, 's').test(actual);
  }
}
