import type { LiveAnswer, MatrixSeries } from '#contract';
import { ApiError } from '../api/client.ts';
import type { RangeResult } from './run-query.ts';

export interface LiveWindow {
  readonly expr: string;
  readonly rangeMs: number;
}

/** Takes a live answer into what was there before: its steps take the place of those, and old ones go. */
export function withLiveAnswer(
  before: RangeResult | undefined,
  answer: LiveAnswer,
  { expr, rangeMs }: LiveWindow,
): RangeResult {
  if (answer.status === 'error') throw new ApiError(answer.errorType, answer.error, 200);
  const { data, start, end, step, warnings = [], infos = [] } = answer;
  if (data.resultType !== 'matrix') {
    throw new ApiError('internal', `cannot draw a result of type ${data.resultType}`, 200);
  }
  const endMs = Math.max(before?.endMs ?? 0, end * 1000);
  const stepMs = step * 1000;
  const startMs = endMs - Math.floor(rangeMs / stepMs) * stepMs;
  const kept = { isKept: (time: number) => time * 1000 >= startMs && (time < start || time > end) };
  return {
    expr,
    series: joined(before?.series ?? [], data.result, kept),
    startMs,
    endMs,
    stepMs,
    stats: undefined,
    warnings,
    infos,
    loadMs: 0,
  };
}

interface Kept {
  /** Of what was there before, by seconds. */
  readonly isKept: (time: number) => boolean;
}

/** Series that are there stay in their place; new ones follow. */
function joined(
  before: readonly MatrixSeries[],
  fresh: readonly MatrixSeries[],
  { isKept }: Kept,
): MatrixSeries[] {
  const found = new Map<string, MatrixSeries>();
  for (const { metric, values = [], histograms = [] } of before) {
    found.set(JSON.stringify(metric), {
      metric,
      values: values.filter(([time]) => isKept(time)),
      histograms: histograms.filter(([time]) => isKept(time)),
    });
  }
  for (const { metric, values = [], histograms = [] } of fresh) {
    const key = JSON.stringify(metric);
    const old = found.get(key);
    found.set(key, {
      metric,
      values: inOrder([...(old?.values ?? []), ...values]),
      histograms: inOrder([...(old?.histograms ?? []), ...histograms]),
    });
  }
  return [...found.values()].filter(
    ({ values = [], histograms = [] }) => values.length > 0 || histograms.length > 0,
  );
}

function inOrder<Point extends readonly [number, unknown]>(points: readonly Point[]): Point[] {
  return points.toSorted(([a], [b]) => a - b);
}
