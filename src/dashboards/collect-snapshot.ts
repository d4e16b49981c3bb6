import type { Dashboard } from './dashboard.ts';
import {
  type PanelPlan,
  type PanelRequest,
  type PlanContext,
  planPanel,
} from './panel-requests.ts';
import { noDatasource } from './read-datasource.ts';
import { type ExpandedPanel, expandRepeats } from './repeats.ts';
import { isSecretName } from './shareable-json.ts';
import {
  SNAPSHOT_SAMPLES_MAX,
  type SnapshotAnswer,
  type SnapshotPanel,
  SnapshotSizeError,
} from './snapshot.ts';
import type { VariableOption, VariableValues } from './variable.ts';

export interface CollectAsked extends Omit<PlanContext, 'widthPx' | 'dashboard'> {
  readonly dashboard: Dashboard;
  readonly options: Readonly<Record<string, readonly VariableOption[]>>;
  /** The answer of the API, or why there is none; rejects to end all of it. */
  readonly ask: (request: PanelRequest) => Promise<Omit<SnapshotAnswer, 'request'>>;
  readonly onProgress: (answered: number, total: number) => void;
}

/** A page as wide as most people's, so that a file has the same values whoever makes it. */
const PAGE_PX = 1400;
const COLUMNS = 24;
const PADDING_PX = 30;

/** As many panels are asked for at a time. */
const PARALLEL_MAX = 4;

/** Asks what all panels need, those of collapsed rows too. Throws SnapshotSizeError, and what `ask` throws. */
export async function collectPanels(
  asked: CollectAsked,
): Promise<Readonly<Record<string, SnapshotPanel>>> {
  const { dashboard, values, options, onProgress } = asked;
  const waiting = expandRepeats(dashboard, { values, options }).rows.flatMap(
    ({ panels }) => panels,
  );
  const total = waiting.length;
  const count = { samples: 0, panels: 0 };
  const found: [string, SnapshotPanel][] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      found.push([next.key, await collectPanel(next, asked, count)]);
      onProgress(++count.panels, total);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_MAX }, work));
  return Object.fromEntries(found);
}

async function collectPanel(
  { panel, scoped }: ExpandedPanel,
  asked: CollectAsked,
  count: { samples: number },
): Promise<SnapshotPanel> {
  const { uid, title } = asked.dashboard;
  const values = { ...asked.values, ...scoped };
  const context = {
    ...asked,
    dashboard: { uid, title },
    widthPx: Math.round((PAGE_PX * panel.grid.w) / COLUMNS) - PADDING_PX,
  };
  const { requests } = planPanel(panel, { ...context, values });
  const plan = sourceless(planPanel(panel, { ...context, values: withoutSecrets(values) }));
  const answers: SnapshotAnswer[] = [];
  for (const [index, request] of requests.entries()) {
    const answer = request.problem === '' ? await asked.ask(request) : { failure: request.problem };
    count.samples += samplesIn(answer.data);
    if (count.samples > SNAPSHOT_SAMPLES_MAX) throw new SnapshotSizeError();
    const shown = plan.requests[index];
    if (shown !== undefined) answers.push({ ...answer, request: shown });
  }
  return { plan, answers };
}

/** Values of variables that are named like a secret are not written down, in queries neither. */
export function withoutSecrets(values: VariableValues): VariableValues {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !isSecretName(name)));
}

/** The names of data sources are nobody's but the server's. */
function sourceless(plan: PanelPlan): PanelPlan {
  const requests = plan.requests.map((request) => {
    const query = { ...request.query, datasource: noDatasource };
    return Object.assign({}, request, { query });
  });
  return { ...plan, requests };
}

/** A histogram counts as its buckets. */
function samplesIn(data: unknown): number {
  const { result } = (data ?? {}) as { readonly result?: unknown };
  if (!Array.isArray(result)) return 0;
  let samples = 0;
  for (const series of result as readonly { values?: unknown[]; histograms?: unknown[] }[]) {
    samples += (series.values?.length ?? 1) + (series.histograms?.length ?? 0) * 20;
  }
  return samples;
}
