import type { Panel, TimeRangeText, PanelPlan, PanelRequest } from '#dashboards';
import type { LiveQuestion, LiveState } from '../live/live-connection.ts';
import type { RequestAnswer } from './use-panel-answers.ts';

export interface LiveContext {
  readonly range: TimeRangeText;
  /** See TimeContext. */
  readonly nowDelayMs: number;
  readonly scrapeIntervalMs: number;
}

/** The server takes no shorter steps. */
const STEP_MS_MIN = 1000;
/** Of an instant query, however long the range is that it looks back over. */
const INSTANT_STEP_MS_MAX = 60_000;
/** An instant query over a long range is asked less often than one over a short one. */
const INSTANT_STEPS_A_RANGE = 1000;

/**
 * What the server is to continue for a panel; undefined where it cannot, and the panel has to be asked for again and
 * again: the time does not end now, or the answer is more than its steps one by one.
 */
export function liveQuestions(
  panel: Panel,
  plan: PanelPlan,
  context: LiveContext,
): readonly LiveQuestion[] | undefined {
  const { requests } = plan;
  if (requests.length === 0 || !movesOn(panel, context)) return undefined;
  if (!requests.every(isContinuable)) return undefined;
  return requests.map((request) => questionOf(request, plan, context));
}

/** `now-6h` to `now`, of the panel's own time too. */
function movesOn({ timeFrom, timeShift }: Panel, { range, nowDelayMs }: LiveContext): boolean {
  const { from, to } = range;
  if (nowDelayMs > 0 || timeShift !== '' || timeFrom.includes('/')) return false;
  return to === 'now' && (timeFrom !== '' || /^now-\d+[a-zA-Z]+$/.test(from));
}

/** Ends of the range, in the text itself or as PromQL: each step alone would be evaluated as another query. */
const RANGE_ENDS = /@\s*(?:start|end)\s*\(|__from\b|__to\b|__timeFrom|__timeTo/;
/** Looks ahead: what it finds changes after the step. */
const AHEAD = /\boffset\s*-/;

function isContinuable({ query, kind, expr, problem, stepMs }: PanelRequest): boolean {
  if (problem !== '' || (kind === 'range' && stepMs < STEP_MS_MIN)) return false;
  return !RANGE_ENDS.test(query.expr) && !RANGE_ENDS.test(expr) && !AHEAD.test(expr);
}

function questionOf(
  { kind, expr, startMs, stepMs }: PanelRequest,
  { range }: PanelPlan,
  { scrapeIntervalMs }: LiveContext,
): LiveQuestion {
  const rangeMs = range.toMs - range.fromMs;
  if (kind === 'range') {
    const phaseMs = ((startMs % stepMs) + stepMs) % stepMs;
    return { type: kind, query: expr, stepMs, phaseMs, rangeMs };
  }
  const wantedMs = Math.max(STEP_MS_MIN, scrapeIntervalMs, rangeMs / INSTANT_STEPS_A_RANGE);
  const wholeMs = Math.ceil(Math.min(wantedMs, INSTANT_STEP_MS_MAX) / 1000) * 1000;
  return { type: kind, query: expr, stepMs: wholeMs, phaseMs: 0, rangeMs: 0 };
}

export interface LiveAnswers {
  readonly answers: readonly RequestAnswer[];
  readonly plan: PanelPlan;
}

/** What there is by now, in the form of answers to what was planned; undefined while one of them is missing. */
export function liveAnswers(
  plan: PanelPlan,
  states: readonly LiveState[],
): LiveAnswers | undefined {
  const answers: RequestAnswer[] = [];
  let endMs = 0;
  for (const [i, request] of plan.requests.entries()) {
    const { result, error } = states[i] ?? {};
    if (result === undefined) {
      if (error === undefined) return undefined;
      answers.push({ request, answer: undefined, error });
      continue;
    }
    endMs = Math.max(endMs, result.endMs);
    const { data, startMs, warnings, infos } = result;
    answers.push({
      request: { ...request, startMs, endMs: result.endMs },
      answer: { data, warnings, infos, loadMs: 0 },
      error,
    });
  }
  if (endMs === 0) return { answers, plan };
  const { fromMs, toMs, stepMs } = plan.range;
  const range = { fromMs: endMs - (toMs - fromMs), toMs: endMs, stepMs };
  return { answers, plan: { ...plan, range } };
}
