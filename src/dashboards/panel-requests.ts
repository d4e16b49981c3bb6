import { applyFilters } from '#filters';
import type { BuiltInScope } from './built-in-variables.ts';
import type { Panel, PanelQuery } from './dashboard.ts';
import { interpolate } from './interpolate.ts';
import { queryIntervals } from './intervals.ts';
import { scrapeIntervalOf } from './scrape-interval.ts';
import {
  applyPanelTime,
  type TimeContext,
  type TimeRangeText,
  type TimeSpan,
} from './time-range.ts';
import { zoneOffsetMs } from './time-zone.ts';
import type { AdHocFilter, VariableValues } from './variable.ts';

/** What a panel asks the API once. */
export interface PanelRequest {
  readonly query: PanelQuery;
  readonly kind: 'range' | 'instant';
  /** PromQL as it is sent. */
  readonly expr: string;
  /** Why it is not sent; '' where it is. */
  readonly problem: string;
  /** Of an instant query `startMs` equals `endMs`. */
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export interface PanelRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

export interface PanelPlan {
  readonly requests: readonly PanelRequest[];
  readonly range: PanelRange;
  /** What built-in variables stand for in this panel's titles, links and texts. */
  readonly scope: BuiltInScope;
}

export interface PlanContext extends TimeContext {
  readonly dashboard: { readonly uid: string; readonly title: string };
  readonly range: TimeRangeText;
  readonly span: TimeSpan;
  readonly values: VariableValues;
  /** Ad hoc ones, which every selector gets. */
  readonly filters: readonly AdHocFilter[];
  readonly scrapeIntervalMs: number;
  /** Of jobs that are scraped more or less often. */
  readonly jobIntervalsMs?: ReadonlyMap<string, number> | undefined;
  /** Of the area that is drawn into. */
  readonly widthPx: number;
}

/** More queries in one panel are a mistake, or worse. */
const REQUESTS_MAX = 50;
/** Of one point each; so that a few pixels more do not ask for another step. */
const WIDTH_STEP_PX = 50;
const POINTS_MIN = 100;

/** What a panel has to ask, with its own time, step and the values of the variables. */
export function planPanel(panel: Panel, context: PlanContext): PanelPlan {
  const { range, dashboard } = context;
  const span = applyPanelTime(range, writtenTime(panel, context), context) ?? context.span;
  const base: BuiltInScope = { time: { ...span, text: range }, dashboard };
  const asked = panel.queries
    .filter((query) => !query.isHidden && query.expr.trim() !== '')
    .slice(0, REQUESTS_MAX);
  const requests: PanelRequest[] = [];
  let scope = base;
  let stepMs = 0;
  for (const query of asked) {
    const intervals = intervalsOf(panel, query, { ...context, span });
    const queryScope: BuiltInScope = { ...base, intervals };
    if (stepMs === 0) scope = queryScope;
    stepMs = Math.max(stepMs, intervals.intervalMs);
    const written = writeExpr(query.expr, context, queryScope);
    const filtered = applyFilters(written, context.filters);
    const expr = filtered.ok ? filtered.expr : written;
    const problem = filtered.ok ? '' : filtered.message;
    const { startMs, endMs, intervalMs } = intervals;
    if (query.isRange || !query.isInstant) {
      requests.push({ query, kind: 'range', expr, problem, startMs, endMs, stepMs: intervalMs });
    }
    if (query.isInstant) {
      const timeMs = span.toMs;
      requests.push({
        query,
        kind: 'instant',
        expr,
        problem,
        startMs: timeMs,
        endMs: timeMs,
        stepMs: 0,
      });
    }
  }
  return { requests, range: { ...span, stepMs: stepMs === 0 ? 1000 : stepMs }, scope };
}

function writeExpr(expr: string, context: PlanContext, scope: BuiltInScope = {}): string {
  const { values, timeZone } = context;
  return interpolate(expr, values, scope, { format: 'promql', timeZone });
}

/** A panel's own time may be that of a variable. */
function writtenTime(
  { timeFrom, timeShift }: Pick<Panel, 'timeFrom' | 'timeShift'>,
  { values, timeZone }: Pick<PlanContext, 'values' | 'timeZone'>,
): Pick<Panel, 'timeFrom' | 'timeShift'> {
  const write = (text: string): string =>
    interpolate(text, values, {}, { format: 'raw', timeZone }).trim();
  return { timeFrom: write(timeFrom), timeShift: write(timeShift) };
}

function intervalsOf(
  panel: Panel,
  query: PanelQuery,
  context: PlanContext,
): ReturnType<typeof queryIntervals> {
  const { span, timeZone, values, jobIntervalsMs, widthPx } = context;
  const jobMs = jobIntervalsMs && scrapeIntervalOf(writeExpr(query.expr, context), jobIntervalsMs);
  const points = panel.maxDataPoints ?? Math.ceil(widthPx / WIDTH_STEP_PX) * WIDTH_STEP_PX;
  const write = (text: string): string =>
    interpolate(text, values, {}, { format: 'raw', timeZone });
  return queryIntervals({
    ...span,
    points: panel.maxDataPoints === undefined ? Math.max(points, POINTS_MIN) : points,
    panelMinInterval: write(panel.minInterval),
    queryMinInterval: write(query.minInterval),
    intervalFactor: query.intervalFactor,
    scrapeIntervalMs: jobMs ?? context.scrapeIntervalMs,
    zoneOffsetMs: zoneOffsetMs(span.fromMs, timeZone),
  });
}

/** Equal for requests that get equal answers. */
export function keyOfRequest({ kind, expr, startMs, endMs, stepMs }: PanelRequest): string {
  return [kind, startMs, endMs, stepMs, expr].join(' ');
}
