import type { Answer } from '#contract';
import type { AnsweredData } from '#dashboards';
import { ApiError } from '../api/client.ts';
import { mergeSteps } from '../live/merge-steps.ts';
import type { RangeResult } from './run-query.ts';

/** As the contract has it, with columns. */
export type LiveAnswer = Answer<AnsweredData> & {
  readonly start: number;
  readonly end: number;
  readonly step: number;
};

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
  const [freshMs = 0, lastMs = 0, stepMs = 0] = [start, end, step].map((s) => Math.round(s * 1000));
  const endMs = Math.max(before?.endMs ?? 0, lastMs);
  const startMs = endMs - Math.floor(rangeMs / stepMs) * stepMs;
  const fresh = { startMs: freshMs, endMs: lastMs, series: data.result };
  return {
    expr,
    series: mergeSteps(before?.series ?? [], fresh, startMs),
    startMs,
    endMs,
    stepMs,
    stats: undefined,
    warnings,
    infos,
    loadMs: 0,
  };
}
