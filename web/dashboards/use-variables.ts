import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import {
  type AdHocFilter,
  type Dashboard,
  orderVariables,
  readVariableParameters,
  type ResolvedVariables,
  resolveVariables,
  type VariableAnswer,
  type VariableRequest,
  type VariableValues,
  writeFilter,
} from '#dashboards';
import { fetchApi } from '../api/client.ts';
import type { PanelProps } from './panels/panel-props.ts';
import type { DashboardTime } from './use-dashboard-time.ts';
import type { ChangeSearch } from './use-page-search.ts';

export interface Variables {
  readonly resolved: ResolvedVariables;
  /** The same object as long as they are equal. */
  readonly values: VariableValues;
  readonly filters: readonly AdHocFilter[];
  readonly isReady: boolean;
  /** `$__all` for all. */
  readonly choose: (name: string, values: readonly string[]) => void;
  readonly onFilter: PanelProps['onFilter'];
}

interface VariablesAsked {
  readonly dashboard: Dashboard;
  readonly time: DashboardTime;
  readonly search: string;
  readonly change: ChangeSearch;
}

/** What is chosen of each variable, asked one after the other as they hang on each other. */
export function useVariables({ dashboard, time, search, change }: VariablesAsked): Variables {
  const order = useMemo(() => orderVariables(dashboard.variables), [dashboard]);
  const { answers, askAll } = useAnswers();
  const [loadSpan] = useState(time.span);
  const { span, range, zone } = time;
  const previous = useRef<ResolvedVariables | undefined>(undefined);
  const resolved = useMemo(
    () =>
      resolveVariables({
        order,
        chosen: readVariableParameters(new URLSearchParams(search)),
        answers,
        span,
        loadSpan,
        scope: {
          time: { ...span, text: range },
          dashboard: { uid: dashboard.uid, title: dashboard.title },
        },
        timeZone: zone,
        previous: previous.current,
      }),
    [order, search, answers, span, loadSpan, range, dashboard, zone],
  );
  useEffect(() => askAll(resolved.questions), [askAll, resolved.questions]);
  const { isReady } = resolved;
  if (isReady) previous.current = resolved;
  const values = useEqual(resolved.values, isReady);
  const filters = useEqual(resolved.filters, isReady);
  const choose = useMemo(() => chooser(change), [change]);
  const onFilter = useFilter(dashboard, resolved, choose);
  return { resolved, values, filters, isReady, choose, onFilter };
}

function chooser(change: ChangeSearch): Variables['choose'] {
  return (name, values) => {
    change((params) => {
      params.delete(`var-${name}`);
      // An empty one says that nothing is chosen, where none at all would mean the file's own.
      for (const value of values.length === 0 ? [''] : values) params.append(`var-${name}`, value);
      return params;
    }, 'push');
  };
}

/** Of a range that moves each answer is asked for again; older ones go. */
const ANSWERS_MAX = 500;

interface Answers {
  readonly answers: ReadonlyMap<string, VariableAnswer>;
  readonly askAll: (questions: ResolvedVariables['questions']) => void;
}

function useAnswers(): Answers {
  const [answers, setAnswers] = useState<ReadonlyMap<string, VariableAnswer>>(() => new Map());
  const asked = useRef(new Set<string>());
  const controller = useRef<AbortController | undefined>(undefined);
  useEffect(() => {
    const abort = new AbortController();
    controller.current = abort;
    const { current } = asked;
    return () => {
      current.clear();
      abort.abort();
    };
  }, []);
  const askOne = useCallback(async (key: string, request: VariableRequest): Promise<void> => {
    const signal = controller.current?.signal;
    if (asked.current.has(key) || signal === undefined) return;
    asked.current.add(key);
    const answer = await ask(request, signal);
    asked.current.delete(key);
    if (signal.aborted) return;
    setAnswers((before) => new Map([...[...before].slice(-ANSWERS_MAX + 1), [key, answer]]));
  }, []);
  const askAll = useCallback(
    (questions: ResolvedVariables['questions']): void => {
      for (const { key, request } of questions) void askOne(key, request);
    },
    [askOne],
  );
  return { answers, askAll };
}

const API_PREFIX = '/api/v1';

async function ask(request: VariableRequest, signal: AbortSignal): Promise<VariableAnswer> {
  const params: Record<string, string[]> = {};
  for (const [name, value] of request.parameters) (params[name] ??= []).push(value);
  try {
    const path = request.path.slice(API_PREFIX.length);
    const { data } = await fetchApi<unknown>(path, params, signal);
    return { ok: true, data };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** The value as it was before, as long as it is equal or what is new is not complete. */
function useEqual<T>(value: T, isComplete: boolean): T {
  const text = useMemo(() => JSON.stringify(value), [value]);
  const kept = useRef({ value, text });
  if (isComplete && kept.current.text !== text) kept.current = { value, text };
  return kept.current.value;
}

function useFilter(
  dashboard: Dashboard,
  { filters }: ResolvedVariables,
  choose: Variables['choose'],
): PanelProps['onFilter'] {
  const name = dashboard.variables.find(({ kind }) => kind === 'adhoc')?.name;
  const text = JSON.stringify(filters);
  return useMemo(() => {
    if (name === undefined) return undefined;
    const before = JSON.parse(text) as readonly AdHocFilter[];
    return (key, operator, value) => {
      const others = before.filter((filter) => filter.key !== key || filter.value !== value);
      choose(name, [...others, { key, operator, value }].map(writeFilter));
    };
  }, [name, text, choose]);
}
