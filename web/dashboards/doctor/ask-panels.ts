import { type Panel, type PlanContext, planPanel } from '#dashboards';
import { fetchApi } from '../../api/client.ts';

export interface PanelsAsked {
  readonly done: number;
  readonly total: number;
  /** Panels one of whose queries has an answer. */
  readonly withData: number;
  /** Ids of those without. */
  readonly empty: readonly number[];
}

/** Whether there is anything, not what: few points are enough. */
const POINTS = 10;
const AT_ONCE = 4;
const PANELS_MAX = 500;

/** Asks panels' queries with the values of the variables as they are chosen, some at a time. Throws the signal's reason. */
export async function askPanels(
  panels: readonly Panel[],
  context: PlanContext,
  how: { readonly signal: AbortSignal; readonly onProgress: (asked: PanelsAsked) => void },
): Promise<PanelsAsked> {
  const asking = panels
    .map((panel) => ({ panel, plan: planPanel(panel, context) }))
    .filter(({ plan }) => plan.requests.length > 0)
    .slice(0, PANELS_MAX);
  const empty: number[] = [];
  let done = 0;
  const progress = (): PanelsAsked => ({
    done,
    total: asking.length,
    withData: done - empty.length,
    empty: [...empty],
  });
  how.onProgress(progress());
  const next = asking.values();
  const work = async (): Promise<void> => {
    for (const { panel, plan } of next) {
      // oxlint-disable-next-line no-await-in-loop
      const hasData = await anyAnswers(plan.requests, how.signal);
      done++;
      if (!hasData) empty.push(panel.id);
      how.onProgress(progress());
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return progress();
}

async function anyAnswers(
  requests: ReturnType<typeof planPanel>['requests'],
  signal: AbortSignal,
): Promise<boolean> {
  for (const { kind, expr, problem, startMs, endMs, stepMs } of requests) {
    if (problem !== '') continue;
    const step = Math.max(stepMs, Math.ceil((endMs - startMs) / POINTS));
    const params =
      kind === 'instant'
        ? { query: expr, time: String(endMs / 1000) }
        : {
            query: expr,
            start: String(startMs / 1000),
            end: String(endMs / 1000),
            step: String(Math.max(1, step) / 1000),
          };
    const path = kind === 'instant' ? '/query' : '/query_range';
    try {
      // oxlint-disable-next-line no-await-in-loop
      const { data } = await fetchApi<{ readonly result: readonly unknown[] }>(
        path,
        params,
        signal,
      );
      if (data.result.length > 0) return true;
    } catch (error) {
      if (signal.aborted) throw error;
    }
  }
  return false;
}
