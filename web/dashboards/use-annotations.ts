import { useQueries, type UseQueryResult } from '@tanstack/react-query';
import { useMemo, useRef } from 'react';
import type { AnnotationData, AnnotationsData, QueryData } from '#contract';
import {
  ANNOTATION_MARKS_MAX,
  ANNOTATION_SERIES_MAX,
  type AnnotationMark,
  annotationMarks,
  type AnnotationQuery,
  annotationStepMs,
  type AdHocFilter,
  cssColour,
  type Dashboard,
  interpolate,
  rateInterval,
  type VariableValues,
} from '#dashboards';
import { applyFilters } from '#filters';
import { fetchApi } from '../api/client.ts';
import type { GraphEvent } from '../events/graph-event.ts';
import { useSettings } from '../settings/settings.ts';
import { isAnnotationOn } from './annotation-params.ts';
import type { DashboardTime } from './use-dashboard-time.ts';

/** One annotation of the dashboard: its marks, and what is to be told of them. */
export interface ShownAnnotation {
  readonly query: AnnotationQuery;
  readonly name: string;
  readonly isOn: boolean;
  readonly isLoading: boolean;
  readonly colour: string | undefined;
  /** The same array as long as nothing new came; empty while it is off. */
  readonly events: readonly GraphEvent[];
  /** There are older ones than these. */
  readonly isCut: boolean;
  /** '' for none. */
  readonly problem: string;
}

interface AnnotationsAsked {
  readonly dashboard: Dashboard;
  readonly time: DashboardTime;
  /** Of the URL. */
  readonly search: string;
  readonly values: VariableValues;
  readonly filters: readonly AdHocFilter[];
  /** False while variables are being asked for. */
  readonly isReady: boolean;
  readonly scrapeIntervalMs: number;
  readonly isDark: boolean;
}

/** What the dashboard's annotations find: PromQL, and what happened to containers. Those that are off ask nothing. */
export function useAnnotations(asked: AnnotationsAsked): readonly ShownAnnotation[] {
  const { dashboard, search, isReady, isDark } = asked;
  const settings = useSettings();
  const switched = useMemo(() => {
    const params = new URLSearchParams(search);
    return dashboard.annotations
      .filter(({ expr }) => expr !== '' || settings.events)
      .map((query) => ({ query, isOn: isAnnotationOn(params, query) }));
  }, [dashboard, search, settings.events]);
  const results = useQueries({
    queries: switched.map(({ query, isOn }) => ({
      ...(query.expr === '' ? askEvents(query, asked) : askQuery(query, asked)),
      enabled: isOn && isReady,
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: KEPT_MS,
      retry: false,
    })),
    combine: combineResults,
  });
  const last = useRef(new Map<string, Found>());
  return useMemo(
    () =>
      switched.map((one, i) => {
        const result = results[i];
        const found = keepLast(last.current, one, result);
        return shownOf(one, { found, result, isDark });
      }),
    [switched, results, isDark],
  );
}

/** What was found for another time stays until the new answer is there. */
function keepLast(
  last: Map<string, Found>,
  { query: { index, expr }, isOn }: Switched,
  result: FoundResult | undefined,
): Found | undefined {
  const key = `${index} ${expr}`;
  if (result?.data !== undefined) last.set(key, result.data);
  else if (!isOn || result?.error != null) last.delete(key);
  return isOn ? last.get(key) : undefined;
}

interface Switched {
  readonly query: AnnotationQuery;
  readonly isOn: boolean;
}

interface Found {
  readonly marks: readonly (AnnotationMark | AnnotationData)[];
  readonly isCut: boolean;
  /** '' for none. */
  readonly problem: string;
}

const KEPT_MS = 60_000;

interface FoundResult {
  readonly data: Found | undefined;
  readonly error: Error | null;
  readonly isFetching: boolean;
}

/** Kept equal by the library while nothing of it changes. */
function combineResults(results: readonly UseQueryResult<Found>[]): readonly FoundResult[] {
  return results.map(({ data, error, isFetching }) => ({ data, error, isFetching }));
}

interface Question {
  readonly queryKey: readonly unknown[];
  readonly queryFn: (context: { readonly signal: AbortSignal }) => Promise<Found>;
}

function askEvents(
  { index, tags, matchesAnyTag }: AnnotationQuery,
  asked: AnnotationsAsked,
): Question {
  const { time, values } = asked;
  const { fromMs, toMs } = time.span;
  const options = { format: 'raw', timeZone: time.zone } as const;
  const wanted = tags.map((tag) => interpolate(tag, values, {}, options));
  return {
    queryKey: ['dashboard-events', index, fromMs, toMs, matchesAnyTag, wanted],
    queryFn: async ({ signal }) => {
      const params = {
        start: String(Math.floor(fromMs / 1000)),
        end: String(Math.ceil(toMs / 1000)),
        limit: String(ANNOTATION_MARKS_MAX),
        tag: matchesAnyTag ? [] : wanted,
      };
      const { data } = await fetchApi<AnnotationsData>('/annotations', params, signal);
      const marks = matchesAnyTag
        ? data.annotations.filter((event) => event.tags.some((tag) => wanted.includes(tag)))
        : data.annotations;
      return { marks, isCut: data.truncated, problem: '' };
    },
  };
}

function askQuery(query: AnnotationQuery, asked: AnnotationsAsked): Question {
  const { time, values, filters, scrapeIntervalMs, dashboard } = asked;
  const stepMs = annotationStepMs(interpolateStep(query.step, asked), time.span);
  const scope = {
    time: { ...time.span, text: time.range },
    intervals: { intervalMs: stepMs, rateIntervalMs: rateInterval(stepMs, scrapeIntervalMs) },
    dashboard: { uid: dashboard.uid, title: dashboard.title },
  };
  const options = { format: 'promql', timeZone: time.zone } as const;
  const filtered = applyFilters(interpolate(query.expr, values, scope, options), filters);
  const fromMs = Math.floor(time.span.fromMs / stepMs) * stepMs;
  const toMs = Math.floor(time.span.toMs / stepMs) * stepMs;
  const { titleFormat, textFormat, tagKeys, usesValueForTime } = query;
  const words = { titleFormat, textFormat, tagKeys, usesValueForTime };
  return {
    queryKey: ['annotation', query.index, filtered, fromMs, toMs, stepMs, words],
    queryFn: async ({ signal }) => {
      if (!filtered.ok) throw new Error(filtered.message);
      const params = {
        query: filtered.expr,
        start: String(fromMs / 1000),
        end: String(toMs / 1000),
        step: String(stepMs / 1000),
        limit: String(ANNOTATION_SERIES_MAX),
      };
      const { data, warnings } = await fetchApi<QueryData>('/query_range', params, signal);
      const { marks, leftOut } = annotationMarks(words, data, stepMs);
      return { marks, isCut: leftOut > 0, problem: warnings[0] ?? '' };
    },
  };
}

function interpolateStep(step: string, { values, time }: AnnotationsAsked): string {
  return interpolate(step, values, {}, { format: 'raw', timeZone: time.zone });
}

const NO_EVENTS: readonly GraphEvent[] = [];
const COLOUR_DEFAULT = '#00d3ff';

interface Shown {
  readonly found: Found | undefined;
  readonly result: FoundResult | undefined;
  readonly isDark: boolean;
}

function shownOf({ query, isOn }: Switched, { found, result, isDark }: Shown): ShownAnnotation {
  const isOwn = query.expr === '';
  const colour = isOwn ? undefined : cssColour(query.colour, isDark, COLOUR_DEFAULT);
  return {
    query,
    name: isOwn && query.tags.length === 0 ? 'Container events' : query.name || 'Annotations',
    isOn,
    isLoading: isOn && result?.isFetching === true,
    colour,
    events:
      found === undefined ? NO_EVENTS : found.marks.map((mark) => eventOf(mark, query, colour)),
    isCut: found?.isCut ?? false,
    problem: isOn ? (result?.error?.message ?? found?.problem ?? '') : '',
  };
}

function eventOf(
  mark: AnnotationMark | AnnotationData,
  { index, name }: AnnotationQuery,
  colour: string | undefined,
): GraphEvent {
  if (!('timeMs' in mark)) return mark;
  const { id, timeMs, endMs, title, text, tags } = mark;
  return {
    id: `${index} ${id}`,
    time: timeMs,
    timeEnd: endMs,
    severity: 'info',
    // Where neither format says anything, its name does.
    title: title === '' && text === '' ? name : title,
    text,
    shownTags: tags,
    ...(colour === undefined ? {} : { colour }),
  };
}

/** The events that a panel of the file shows, in no order. */
export function eventsOfPanel(
  annotations: readonly ShownAnnotation[],
  panelId: number,
): readonly GraphEvent[] {
  const shown = annotations.filter(({ query: { panels }, events }) => {
    const isNamed = panels?.ids.includes(panelId) === true;
    return events.length > 0 && (panels === undefined || isNamed !== panels.areExcluded);
  });
  const [first] = shown;
  if (first === undefined) return NO_EVENTS;
  return shown.length === 1 ? first.events : shown.flatMap(({ events }) => events);
}
