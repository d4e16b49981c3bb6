import type { FastifyInstance } from 'fastify';
import type { DashboardDoctorData, DashboardPanelReport } from '#contract';
import { isRecord } from '#dashboard-files';
import { readDashboard } from '#dashboards';
import type { Dashboard, JsonObject, Panel } from '#dashboards';
import { parseExpr, selectorsOf } from '#promql';
import { answerData, jsonBody, orRefuse, param } from './dashboard-request.ts';
import { nearestName } from './nearest-name.ts';
import type { DashboardSource, ServerParts } from './parts.ts';
import { ApiError, invalidParameter } from './query/api-error.ts';

/** A file of 10 MB and what stands around it. */
const BODY_BYTES_MAX = 11 << 20;
/** Missing names for which a near one is looked for: each is compared with many. */
const NEAREST_LOOKUPS_MAX = 50;
const NAMES_TIMEOUT_MS = 10_000;

/** `/api/v1/dashboards/uid/<uid>/doctor`, and the same for a dashboard that is not saved yet. */
export function addDashboardDoctor(
  app: FastifyInstance,
  parts: ServerParts,
  source: DashboardSource,
): void {
  app.get('/api/v1/dashboards/uid/:uid/doctor', async (request, reply) => {
    const { json } = orRefuse(() => source.get(param(request, 'uid')));
    const file = JSON.parse(Buffer.from(json).toString('utf8')) as JsonObject;
    const report = examineDashboard(readDashboard(file), await metricNames(parts));
    return await answerData(request, reply, report);
  });
  app.post('/api/v1/dashboards/doctor', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const { dashboard } = jsonBody(request);
    if (!isRecord(dashboard)) throw invalidParameter('dashboard', 'it is the JSON of a dashboard');
    const names = await metricNames(parts);
    const report = examineDashboard(readDashboard(dashboard as JsonObject), names);
    return await answerData(request, reply, report);
  });
}

/** All that the storage knows. Throws an ApiError. */
async function metricNames({ runner, clock }: ServerParts): Promise<readonly string[]> {
  const answer = await runner.run(
    {
      endpoint: 'label_values',
      params: [],
      labelName: '__name__',
      nowMs: clock.nowMs(),
      deadlineMs: Date.now() + NAMES_TIMEOUT_MS,
      gzip: false,
    },
    { timeoutMs: NAMES_TIMEOUT_MS },
  );
  const body = JSON.parse(Buffer.from(answer.body).toString('utf8')) as {
    readonly data?: readonly string[];
    readonly error?: string;
  };
  if (answer.status === 200 && body.data !== undefined) return body.data;
  throw new ApiError('unavailable', `cannot read the names of metrics: ${body.error ?? ''}`);
}

/** Which metrics the panels ask for that are not among `names`. */
export function examineDashboard(
  dashboard: Dashboard,
  names: readonly string[],
): DashboardDoctorData {
  const known = new Set(names);
  const nearest = new Map<string, string>();
  const panels = dashboard.rows
    .flatMap((row) => row.panels)
    .filter((panel) => panel.queries.some(({ expr }) => expr !== ''))
    .map((panel) => examinePanel(panel, known));
  for (const { missing } of panels) {
    for (const name of missing) {
      if (nearest.has(name)) continue;
      nearest.set(name, nearest.size < NEAREST_LOOKUPS_MAX ? nearestName(name, names) : '');
    }
  }
  return {
    panels,
    panelsWithMetrics: panels.filter(({ missing, faults }) => missing.length + faults.length === 0)
      .length,
    missing: [...nearest].map(([name, near]) => ({ name, nearest: near })),
  };
}

function examinePanel(panel: Panel, known: ReadonlySet<string>): DashboardPanelReport {
  const asked = new Set<string>();
  const faults: string[] = [];
  for (const { expr } of panel.queries) {
    if (expr === '') continue;
    const names = namesIn(expr);
    if (names === undefined) faults.push(expr.slice(0, 1000));
    for (const name of names ?? []) asked.add(name);
  }
  const { id, title } = panel;
  const metrics = [...asked].toSorted();
  return { id, title, metrics, missing: metrics.filter((name) => !known.has(name)), faults };
}

/** A variable may be any word, or a number: `by ($label)`, `topk($n, ...)`. */
const STAND_INS = ['narthex_any_value', '1'] as const;

/** The metrics that an expression names; undefined where it is no PromQL. */
function namesIn(expr: string): readonly string[] | undefined {
  for (const standIn of STAND_INS) {
    const parsed = parseExpr(withoutVariables(expr, standIn));
    if (!parsed.ok) continue;
    const names = selectorsOf(parsed.expr).map(({ name }) => name);
    return names.filter((name) => name !== '' && !name.includes(STAND_INS[0]));
  }
  return undefined;
}

const STRING_OR_VARIABLE =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`|([[:]\s*|offset\s+)?(?:\$\{[^}]*\}|\[\[\w+(?::\w+)?\]\]|\$\w+)/g;

/** Outside of texts; where a duration belongs, a variable is one. */
function withoutVariables(expr: string, standIn: string): string {
  return expr.replaceAll(STRING_OR_VARIABLE, (found, before: string | undefined) => {
    if (/^["'`]/.test(found)) return found;
    return before === undefined ? standIn : `${before}5m`;
  });
}
