import type { LiveAnswer } from '#contract';
import { ApiError } from '../api/client.ts';
import { mergeSteps } from '../live/merge-steps.ts';
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
  const fresh = { start, end, series: data.result };
  return {
    expr,
    series: mergeSteps(before?.series ?? [], fresh, startMs / 1000),
    startMs,
    endMs,
    stepMs,
    stats: undefined,
    warnings,
    infos,
    loadMs: 0,
  };
}
