import {
  createRelabelRule,
  formatDuration,
  labelsFromObject,
  labelsToObject,
  parseDuration,
} from '#model';
import type { Metadata, RelabelRuleFields } from '#model';
import { discoverLabels } from '#scrape';
import type { ScrapeConfig } from '#config';
import type { ExemplarQueryable } from '#storage';
import type { ActiveTargetView, TargetSource } from '#http';
import type { CaseResult } from '../suite.ts';
import { compareSubset, isObject, sorted } from '../compare-json.ts';
import { load } from './load.ts';
import { createTestServer, type Query, ask } from './server.ts';
import { openTestStorage } from './storage.ts';

interface Setup {
  readonly load: string;
  readonly exemplars: readonly {
    readonly series: Record<string, string>;
    readonly exemplars: readonly {
      readonly labels: Record<string, string>;
      readonly value: number;
      readonly timestamp_ms: number;
    }[];
  }[];
  readonly flags: Record<string, string>;
  readonly targets: readonly SetupTarget[];
  readonly scrape_pools: Record<string, unknown>;
}

interface SetupTarget {
  readonly pool: string;
  readonly active: boolean;
  readonly labels: Record<string, string>;
  readonly discovered?: Record<string, string>;
  readonly params: Record<string, string[]>;
  readonly last_scrape?: { readonly duration_ms: number; readonly error: string | null };
}

export interface EndpointCase {
  readonly id: string;
  readonly methods: readonly string[];
  readonly path: string;
  readonly query?: Query;
  readonly target_metadata?: readonly {
    readonly target: string;
    readonly metadata: readonly (Metadata & { readonly metric: string })[];
  }[];
  readonly expect: {
    readonly status: number;
    readonly errorType?: string;
    readonly data?: unknown;
    readonly length?: number;
    readonly total_metadata?: number;
    readonly warnings?: number;
    readonly unordered?: boolean;
  };
}

const NOW_MS = 1_700_000_000_123;

/** Runs the cases over the state of setup.json, each with all of its methods. */
export async function runEndpoints(
  setup: Setup,
  cases: readonly EndpointCase[],
): Promise<CaseResult[]> {
  const { appendable, queryable } = openTestStorage();
  load(appendable, setup.load);
  const results: CaseResult[] = [];
  for (const one of cases) {
    const server = await createTestServer({
      queryable: () => queryable,
      nowMs: () => NOW_MS,
      exemplars: exemplarsOf(setup),
      targets: targetsOf(setup, one),
      flags: setup.flags,
    });
    let message: string | undefined;
    for (const method of one.methods) {
      const response = await ask(server, method, one.path, one.query ?? {});
      message ??= check(one, response.status, response.body);
    }
    results.push({
      id: one.id,
      ok: message === undefined,
      ...(message !== undefined && { message }),
    });
    await server.close();
  }
  return results;
}

function check({ expect }: EndpointCase, status: number, text: string): string | undefined {
  if (status !== expect.status) return `status ${status}: ${text}`;
  const body = JSON.parse(text) as { data?: unknown; errorType?: string; warnings?: string[] };
  if (expect.errorType !== undefined) return compareSubset(body.errorType, expect.errorType);
  const warningCount = body.warnings?.length ?? 0;
  if (warningCount !== (expect.warnings ?? 0)) return `warnings: ${JSON.stringify(body.warnings)}`;
  return (
    checkData(body.data, expect) ??
    (expect.length === undefined ? undefined : compareSubset(count(body.data), expect.length)) ??
    (expect.total_metadata === undefined
      ? undefined
      : compareSubset(Object.values(body.data as object).flat().length, expect.total_metadata))
  );
}

function checkData(data: unknown, expect: EndpointCase['expect']): string | undefined {
  if (expect.data === undefined) return undefined;
  const wanted = withNow(expect.data);
  return expect.unordered === true
    ? compareSubset(sorted(data), sorted(wanted))
    : compareSubset(data, wanted);
}

function withNow(value: unknown): unknown {
  if (value === '<now>') return NOW_MS / 1000;
  if (Array.isArray(value)) return value.map(withNow);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withNow(inner)]));
}

function count(data: unknown): number {
  return Array.isArray(data) ? data.length : Object.keys(data as object).length;
}

function exemplarsOf(setup: Setup): ExemplarQueryable {
  const all = setup.exemplars.map(({ series, exemplars }) => ({
    labels: labelsFromObject(series),
    object: series,
    exemplars: exemplars.map(({ labels, value, timestamp_ms: timestampMs }) => ({
      labels: labelsFromObject(labels),
      value,
      timestampMs,
    })),
  }));
  return {
    selectExemplars: (startMs, endMs, sets) => {
      const found = new Map<
        string,
        { labels: (typeof all)[0]['labels']; exemplars: (typeof all)[0]['exemplars'] }
      >();
      for (const { labels, object, exemplars } of all) {
        if (!sets.some((set) => set.every((m) => m.matches(object[m.name] ?? '')))) continue;
        const kept = exemplars.filter((e) => e.timestampMs >= startMs && e.timestampMs <= endMs);
        const key = labels.join();
        const before = found.get(key)?.exemplars ?? [];
        if (kept.length > 0) found.set(key, { labels, exemplars: [...before, ...kept] });
      }
      return [...found.values()];
    },
  };
}

function targetsOf(setup: Setup, one: EndpointCase): TargetSource {
  const byPool = setup.targets.toSorted((a, b) => (a.pool < b.pool ? -1 : 1));
  const active = byPool.filter((target) => target.active);
  const dropped = byPool.filter((target) => !target.active);
  return {
    poolNames: () => [...new Set(byPool.map((target) => target.pool))],
    relabelRules: (pool) => relabelRulesOf(setup, pool),
    activeTargets: (pool) => active.filter(inPool(pool)).map(activeView),
    droppedTargets: (pool) =>
      dropped.filter(inPool(pool)).map((target) => ({
        scrapePool: target.pool,
        discoveredLabels: discovered(target),
      })),
    droppedTargetCounts: () => Object.fromEntries(dropped.map((target) => [target.pool, 1])),
    storedUntilMs: () => Infinity,
    targetMetadata: () =>
      (one.target_metadata ?? []).map(({ target, metadata }) => ({
        target: labelsFromObject({ job: target }),
        metadata,
      })),
  };
}

function inPool(pool: string | undefined): (target: SetupTarget) => boolean {
  return (target) => pool === undefined || pool === '' || target.pool === pool;
}

function relabelRulesOf(setup: Setup, pool: string) {
  const base = setup.scrape_pools['testpool'] as Record<string, unknown>[];
  const extra = {
    action: 'replace',
    target_label: 'job',
    regex: '.*',
    replacement: 'should_not_apply',
  };
  if (pool === 'testpool') return base.map(ruleOf);
  return pool === 'testpool3' ? [...base, extra].map(ruleOf) : undefined;
}

function ruleOf(rule: Record<string, unknown>) {
  return createRelabelRule({
    ...(rule['action'] !== undefined && { action: rule['action'] }),
    ...(rule['regex'] !== undefined && { regex: rule['regex'] }),
    ...(rule['target_label'] !== undefined && { targetLabel: rule['target_label'] }),
    ...(rule['source_labels'] !== undefined && { sourceLabels: rule['source_labels'] }),
    replacement: rule['replacement'] ?? '',
    separator: '',
  } as RelabelRuleFields);
}

function activeView(target: SetupTarget): ActiveTargetView {
  const { labels, params, last_scrape: last } = target;
  const query = new URLSearchParams(
    Object.entries(params).map(([k, v]): [string, string] => [k, v[0] ?? '']),
  );
  const suffix = query.size === 0 ? '' : `?${query.toString()}`;
  const shown = Object.entries(labels).filter(([name]) => !name.startsWith('__'));
  const time = (name: string): string => formatDuration(parseDuration(labels[name] ?? '0s'));
  return {
    scrapePool: target.pool,
    discoveredLabels: discovered(target),
    labels: Object.fromEntries(shown),
    scrapeUrl: `${labels['__scheme__']}://${labels['__address__']}${labels['__metrics_path__']}${suffix}`,
    health: last?.error === null ? 'up' : 'down',
    lastError: last?.error ?? '',
    lastScrapeMs: NOW_MS,
    lastScrapeDurationMs: last?.duration_ms ?? 0,
    scrapeInterval: time('__scrape_interval__'),
    scrapeTimeout: time('__scrape_timeout__'),
  };
}

/** What discovery gives under a scrape config in which nothing is set. */
function discovered(target: SetupTarget): Record<string, string> {
  const config = {
    jobName: '',
    scrapeIntervalMs: 0,
    scrapeTimeoutMs: 0,
    metricsPath: '',
    scheme: '',
    params: target.params,
    scrapeNativeHistograms: false,
    alwaysScrapeClassicHistograms: false,
    convertClassicHistogramsToNhcb: false,
  } as unknown as ScrapeConfig;
  return labelsToObject(discoverLabels(labelsFromObject(target.discovered ?? {}), [], config));
}
