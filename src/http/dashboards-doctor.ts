import type { FastifyInstance } from 'fastify';
import type {
  DashboardDoctorData,
  DashboardMatcherReport,
  DashboardPanelReport,
  DashboardRewrite,
} from '#contract';
import { isRecord } from '#dashboard-files';
import { readDashboard } from '#dashboards';
import type { Dashboard, JsonObject, Panel } from '#dashboards';
import { parseExpr, selectorsOf, type VectorSelector } from '#promql';
import { answerData, jsonBody, orRefuse, param } from './dashboard-request.ts';
import { rewriteNames, rewriteValue } from './dashboards-rewrite.ts';
import { LABEL_RENAMES, renameOf } from './metric-renames.ts';
import { nearestName, nearestValue } from './nearest-name.ts';
import type { DashboardSource, ServerParts } from './parts.ts';
import { ApiError, invalidParameter } from './query/api-error.ts';

/** A file of 10 MB and what stands around it. */
const BODY_BYTES_MAX = 11 << 20;
/** Missing names for which a near one is looked for: each is compared with many. */
const NEAREST_LOOKUPS_MAX = 50;
const NAMES_TIMEOUT_MS = 10_000;
/** Of metrics and their labels, in one dashboard; and what each may answer. */
const VALUE_LOOKUPS_MAX = 300;
const VALUES_MAX = 2000;
/** In place of values that were not asked for. */
const ANY_VALUE = '\u0000any';

/** `/api/v1/dashboards/uid/<uid>/doctor`, and the same for a dashboard that is not saved yet. */
export function addDashboardDoctor(
  app: FastifyInstance,
  parts: ServerParts,
  source: DashboardSource,
): void {
  app.get('/api/v1/dashboards/uid/:uid/doctor', async (request, reply) => {
    const { json } = orRefuse(() => source.get(param(request, 'uid')));
    const file = JSON.parse(Buffer.from(json).toString('utf8')) as JsonObject;
    return await answerData(request, reply, await examined(parts, file));
  });
  app.post('/api/v1/dashboards/doctor', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const { dashboard } = jsonBody(request);
    if (!isRecord(dashboard)) throw invalidParameter('dashboard', 'it is the JSON of a dashboard');
    return await answerData(request, reply, await examined(parts, dashboard as JsonObject));
  });
}

async function examined(parts: ServerParts, file: JsonObject): Promise<DashboardDoctorData> {
  const names = await labelValuesOf(parts, '__name__', []);
  return await examineDashboard(readDashboard(file), names, async (metric, label) => {
    const values = await labelValuesOf(parts, label, [
      ['match[]', `{__name__=${JSON.stringify(metric)}}`],
      ['limit', String(VALUES_MAX)],
    ]);
    return values.length < VALUES_MAX ? values : [ANY_VALUE];
  });
}

/** Throws an ApiError. */
async function labelValuesOf(
  { runner, clock }: ServerParts,
  labelName: string,
  params: readonly (readonly [string, string])[],
): Promise<readonly string[]> {
  const answer = await runner.run(
    {
      endpoint: 'label_values',
      params,
      labelName,
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
  throw new ApiError('unavailable', `cannot read the values of ${labelName}: ${body.error ?? ''}`);
}

/** What of a label there is among the series of a metric, at most so many. */
export type LabelValues = (metric: string, label: string) => Promise<readonly string[]>;

interface Known {
  readonly names: readonly string[];
  readonly known: ReadonlySet<string>;
  readonly labelValues: LabelValues;
}

/** What the panels ask for that is not there, and how they would find it. */
export async function examineDashboard(
  dashboard: Dashboard,
  names: readonly string[],
  labelValues: LabelValues,
): Promise<DashboardDoctorData> {
  const known: Known = { names, known: new Set(names), labelValues: rememberedValues(labelValues) };
  const panels: DashboardPanelReport[] = [];
  for (const panel of dashboard.rows.flatMap((row) => row.panels)) {
    if (!panel.queries.some(({ expr }) => expr !== '')) continue;
    // One after the other: each asks the storage.
    // oxlint-disable-next-line no-await-in-loop
    panels.push(await examinePanel(panel, known));
  }
  const nearest = new Map<string, string>();
  for (const { missing } of panels) {
    for (const name of missing) {
      if (nearest.has(name)) continue;
      const renamed = renameOf(name, known.known)?.name;
      const isLooked = nearest.size < NEAREST_LOOKUPS_MAX;
      nearest.set(name, renamed ?? (isLooked ? nearestName(name, names) : ''));
    }
  }
  return {
    panels,
    panelsWithMetrics: panels.filter(
      ({ missing, faults, matchers }) => missing.length + faults.length + matchers.length === 0,
    ).length,
    missing: [...nearest].map(([name, near]) => ({ name, nearest: near })),
  };
}

/** Asked once for each metric and label; beyond the limit none is at fault. */
function rememberedValues(labelValues: LabelValues): LabelValues {
  const answers = new Map<string, Promise<readonly string[]>>();
  return async (metric, label) => {
    const key = `${metric} ${label}`;
    const before = answers.get(key);
    if (before !== undefined) return await before;
    if (answers.size >= VALUE_LOOKUPS_MAX) return [ANY_VALUE];
    const answer = labelValues(metric, label);
    answers.set(key, answer);
    return await answer;
  };
}

async function examinePanel(panel: Panel, known: Known): Promise<DashboardPanelReport> {
  const asked = new Set<string>();
  const faults: string[] = [];
  const matchers = new Map<string, DashboardMatcherReport>();
  const rewrites: DashboardRewrite[] = [];
  for (const expr of new Set(panel.queries.map((query) => query.expr))) {
    if (expr === '') continue;
    const selectors = selectorsIn(expr);
    if (selectors === undefined) {
      faults.push(expr.slice(0, 1000));
      continue;
    }
    for (const { name } of selectors) asked.add(name);
    // oxlint-disable-next-line no-await-in-loop
    const wrong = await wrongMatchers(selectors, known);
    for (const one of wrong) matchers.set(`${one.metric} ${one.matcher}`, one.report);
    rewrites.push(...rewritesOf(expr, { selectors, wrong, known }));
  }
  const { id, title } = panel;
  const metrics = [...asked].toSorted();
  return {
    id,
    title,
    metrics,
    missing: metrics.filter((name) => !known.known.has(name)),
    faults,
    matchers: [...matchers.values()],
    rewrites,
  };
}

interface WrongMatcher {
  readonly metric: string;
  readonly matcher: string;
  readonly label: string;
  readonly value: string;
  readonly report: DashboardMatcherReport;
  /** The metric has no such label at all; then what other labels may stand for it. */
  readonly otherLabels: readonly string[];
}

/** Matchers, each by itself, that no series of the metric satisfies. */
async function wrongMatchers(
  selectors: readonly VectorSelector[],
  { known, labelValues }: Known,
): Promise<WrongMatcher[]> {
  const wrong: WrongMatcher[] = [];
  for (const { name: metric, matchers } of selectors) {
    if (!known.has(metric)) continue;
    for (const { name: label, type, value, matches } of matchers) {
      // What a series without the label satisfies, or a variable decides, is not looked at.
      if (label === '__name__' || matches('') || hasVariable(value)) continue;
      // oxlint-disable-next-line no-await-in-loop
      const values = await labelValues(metric, label);
      if (values.includes(ANY_VALUE) || values.some(matches)) continue;
      const renamed = Object.hasOwn(LABEL_RENAMES, label) ? LABEL_RENAMES[label]?.to : undefined;
      // oxlint-disable-next-line no-await-in-loop
      const isRenamed = renamed !== undefined && (await labelValues(metric, renamed)).length > 0;
      const matcher = `${label}${type}${JSON.stringify(value)}`;
      const nearest = values.length === 1 ? (values[0] ?? '') : nearestValue(value, values);
      const report = { metric, matcher, label, nearest };
      const otherLabels = values.length === 0 && isRenamed ? [renamed] : [];
      wrong.push({ metric, matcher, label, value, report, otherLabels });
    }
  }
  return wrong;
}

function rewritesOf(
  expr: string,
  {
    selectors,
    wrong,
    known,
  }: {
    readonly selectors: readonly VectorSelector[];
    readonly wrong: readonly WrongMatcher[];
    readonly known: Known;
  },
): DashboardRewrite[] {
  const missing = selectors.map(({ name }) => name).filter((name) => !known.known.has(name));
  const renamed = rewriteNames(expr, {
    names: known.known,
    missing: [...new Set(missing)],
    missingLabels: [...new Set(wrong.map(({ label }) => label))],
    labels: new Set(wrong.flatMap(({ otherLabels }) => otherLabels)),
  });
  const values = wrong.flatMap(({ label, value, report: { nearest } }) =>
    nearest === '' ? [] : (rewriteValue(expr, { label, value, nearest }) ?? []),
  );
  return [...(renamed === undefined ? [] : [renamed]), ...values];
}

/** A variable may be any word, or a number: `by ($label)`, `topk($n, ...)`. */
const STAND_INS = ['narthex_any_value', '1'] as const;

/** Of metrics that are named, not by a variable; undefined where the expression is no PromQL. */
function selectorsIn(expr: string): readonly VectorSelector[] | undefined {
  for (const standIn of STAND_INS) {
    const parsed = parseExpr(withoutVariables(expr, standIn));
    if (!parsed.ok) continue;
    return selectorsOf(parsed.expr).filter(
      ({ name }) => name !== '' && !name.includes(STAND_INS[0]),
    );
  }
  return undefined;
}

function hasVariable(text: string): boolean {
  return /\$\w|\$\{|\[\[/.test(text) || text.includes(STAND_INS[0]);
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
