import type { LabelObject, MatrixSeries, QueryData } from '#contract';
import type { AnnotationQuery } from './dashboard.ts';
import { parseInterval, POINTS_MAX } from './intervals.ts';
import { expandLegend } from './legend.ts';
import type { TimeSpan } from './time-range.ts';

/** What an annotation query found: an instant, or what lasted from one to another. */
export interface AnnotationMark {
  readonly id: string;
  readonly timeMs: number;
  /** The same as `timeMs` for an instant. */
  readonly endMs: number;
  readonly title: string;
  readonly text: string;
  readonly tags: readonly string[];
}

export interface AnnotationMarks {
  /** In the order of time, the newest `ANNOTATION_MARKS_MAX`. */
  readonly marks: readonly AnnotationMark[];
  /** How many older ones there are. */
  readonly leftOut: number;
}

/** More marks than a graph has columns help nobody. */
export const ANNOTATION_MARKS_MAX = 500;
/** A query that finds more than this is a mistake: its answer is cut. */
export const ANNOTATION_SERIES_MAX = 1000;

const STEP_DEFAULT_MS = 60_000;
const TEXT_CHARACTERS_MAX = 1000;
const TAGS_MAX = 20;

/** How far apart an annotation query is asked: a minute unless it says; more where a range would have too many points. */
export function annotationStepMs(step: string, { fromMs, toMs }: TimeSpan): number {
  const least = Math.ceil((toMs - fromMs) / (POINTS_MAX - 1));
  return Math.max(parseInterval(step) ?? STEP_DEFAULT_MS, least, 1);
}

/**
 * A mark where a series is above zero, one for as long as it stays so from step to step. With `usesValueForTime` the
 * values are the instants, in milliseconds.
 */
export function annotationMarks(
  query: Pick<AnnotationQuery, 'titleFormat' | 'textFormat' | 'tagKeys' | 'usesValueForTime'>,
  data: QueryData,
  stepMs: number,
): AnnotationMarks {
  if (data.resultType !== 'matrix') return { marks: [], leftOut: 0 };
  const tagKeys = new Set(query.tagKeys.split(',').map((key) => key.trim()));
  const found: AnnotationMark[] = [];
  for (const [i, { metric, ...series }] of data.result.entries()) {
    const words = {
      title: textOf(query.titleFormat, metric),
      text: textOf(query.textFormat, metric),
      tags: tagsOf(metric, tagKeys),
    };
    for (const { fromMs, toMs } of spansOf(instantsOf(series, query.usesValueForTime), stepMs)) {
      found.push({ id: `${i} ${fromMs}`, timeMs: fromMs, endMs: toMs, ...words });
    }
  }
  found.sort((a, b) => a.timeMs - b.timeMs);
  const leftOut = Math.max(0, found.length - ANNOTATION_MARKS_MAX);
  return { marks: found.slice(leftOut), leftOut };
}

function textOf(format: string, labels: LabelObject): string {
  return expandLegend(format, labels).slice(0, TEXT_CHARACTERS_MAX);
}

function tagsOf(labels: LabelObject, keys: ReadonlySet<string>): string[] {
  return Object.entries(labels)
    .filter(([name, value]) => keys.has(name) && value !== '')
    .slice(0, TAGS_MAX)
    .map(([, value]) => value);
}

function instantsOf({ values }: Omit<MatrixSeries, 'metric'>, areValues: boolean): number[] {
  const instants: number[] = [];
  for (const [seconds, text] of values ?? []) {
    const value = Number(text);
    if (areValues && Number.isFinite(value)) instants.push(Math.floor(value));
    else if (!areValues && value > 0) instants.push(Math.floor(seconds * 1000));
  }
  return areValues ? instants.toSorted((a, b) => a - b) : instants;
}

function spansOf(instants: readonly number[], stepMs: number): TimeSpan[] {
  const spans: { fromMs: number; toMs: number }[] = [];
  for (const timeMs of instants) {
    const last = spans.at(-1);
    if (last !== undefined && timeMs - last.toMs <= stepMs) last.toMs = timeMs;
    else spans.push({ fromMs: timeMs, toMs: timeMs });
  }
  return spans;
}
