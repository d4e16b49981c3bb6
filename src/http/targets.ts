import {
  applyRelabelSteps,
  EMPTY_LABELS,
  formatDuration,
  labelsFromObject,
  labelsToObject,
} from '#model';
import type { Labels, RelabelRule } from '#model';
import type {
  ActiveTarget,
  DroppedTarget,
  MetadataData,
  RelabelRuleData,
  RelabelStepsData,
  ScrapePoolsData,
  TargetsData,
  TargetsMetadataData,
} from '#contract';
import { ApiError } from './query/api-error.ts';
import { limitParam } from './query/params.ts';
import type { Params } from './query/params.ts';
import { globalUrl } from './global-url.ts';
import type { OwnAddress } from './global-url.ts';
import type { ActiveTargetView, TargetPoolView, TargetSource } from './parts.ts';
import { parseSelectorParam } from './query/selectors.ts';

/** `/api/v1/targets` */
export function targetsData(source: TargetSource, params: Params, own: OwnAddress): TargetsData {
  const state = params.first('state').toLowerCase();
  const poolName = params.first('scrapePool');
  const pools = sortedPools(source).filter((pool) => poolName === '' || pool.name === poolName);
  const showActive = state !== 'dropped';
  const showDropped = state !== 'active';
  return {
    activeTargets: showActive
      ? pools.flatMap((pool) => pool.active.map((target) => activeTarget(pool, target, own)))
      : [],
    droppedTargets: showDropped ? pools.flatMap(droppedTargets) : [],
    droppedTargetCounts: showDropped ? droppedCounts(pools) : null,
  };
}

function sortedPools(source: TargetSource): TargetPoolView[] {
  return source.pools().toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

/** What Go shows for an instant that never was. */
const NEVER = '0001-01-01T00:00:00Z';

function activeTarget(
  pool: TargetPoolView,
  target: ActiveTargetView,
  own: OwnAddress,
): ActiveTarget {
  const { url, error } = shownUrl(target.url, own);
  return {
    discoveredLabels: labelsToObject(target.discoveredLabels),
    labels: labelsToObject(target.labels),
    scrapePool: pool.name,
    scrapeUrl: target.url,
    globalUrl: url,
    lastError: [target.lastError, error].filter((text) => text !== '').join(': '),
    lastScrape:
      target.lastScrapeMs === undefined ? NEVER : new Date(target.lastScrapeMs).toISOString(),
    lastScrapeDuration: target.lastScrapeDurationMs / 1000,
    health: target.health,
    scrapeInterval: formatDuration(target.scrapeIntervalMs),
    scrapeTimeout: formatDuration(target.scrapeTimeoutMs),
  };
}

function shownUrl(url: string, own: OwnAddress): { url: string; error: string } {
  try {
    return { url: globalUrl(url, own), error: '' };
  } catch (error) {
    return { url, error: error instanceof Error ? error.message : String(error) };
  }
}

function droppedTargets(pool: TargetPoolView): DroppedTarget[] {
  return pool.dropped.map((target) => ({
    discoveredLabels: labelsToObject(target.discoveredLabels),
    scrapePool: pool.name,
  }));
}

function droppedCounts(pools: readonly TargetPoolView[]): Record<string, number> {
  const counts: Record<string, number> = Object.create(null) as Record<string, number>;
  for (const pool of pools) counts[pool.name] = pool.droppedCount;
  return counts;
}

/** `/api/v1/scrape_pools` */
export function scrapePoolsData(source: TargetSource): ScrapePoolsData {
  return { scrapePools: sortedPools(source).map((pool) => pool.name) };
}

/** `/api/v1/targets/metadata` */
export function targetsMetadataData(source: TargetSource, params: Params): TargetsMetadataData {
  const limit = params.first('limit') === '' ? 0 : limitParam(params);
  const metric = params.first('metric');
  const selector = params.first('match_target');
  const matchers = selector === '' ? [] : parseSelectorParam(selector, 'match_target');
  const found: TargetsMetadataData[number][] = [];
  for (const target of sortedPools(source).flatMap((pool) => pool.active)) {
    const object = labelsToObject(target.labels);
    if (!matchers.every(({ name, matches }) => matches(object[name] ?? ''))) continue;
    for (const entry of target.metadata()) {
      if (limit > 0 && found.length >= limit) return found;
      const { type, help, unit } = entry.metadata;
      if (metric === '') found.push({ target: object, metric: entry.metric, type, help, unit });
      else if (entry.metric === metric) found.push({ target: object, type, help, unit });
    }
  }
  return found;
}

/** `/api/v1/metadata` */
export function metadataData(source: TargetSource, params: Params): MetadataData {
  const limit = countParam(params, 'limit');
  const limitPerMetric = countParam(params, 'limit_per_metric');
  const wanted = params.first('metric');
  const byMetric = new Map<string, Map<string, MetadataData[string][number]>>();
  for (const target of sortedPools(source).flatMap((pool) => pool.active)) {
    for (const { metric, metadata } of target.metadata()) {
      if (wanted !== '' && metric !== wanted) continue;
      const { type, unit, help } = metadata;
      const known = byMetric.get(metric) ?? new Map<string, MetadataData[string][number]>();
      byMetric.set(metric, known);
      const key = JSON.stringify([type, unit, help]);
      const full = limitPerMetric > 0 && known.size >= limitPerMetric;
      if (!full) known.set(key, { type, unit, help });
    }
  }
  return limitedObject(byMetric, limit);
}

/** -1: no limit. */
function countParam(params: Params, name: string): number {
  const text = params.first(name);
  if (text === '') return -1;
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw new ApiError('bad_data', `${name} must be a number`);
}

function limitedObject(
  byMetric: ReadonlyMap<string, ReadonlyMap<string, MetadataData[string][number]>>,
  limit: number,
): MetadataData {
  const object: Record<string, MetadataData[string]> = Object.create(null) as Record<
    string,
    MetadataData[string]
  >;
  let count = 0;
  for (const [metric, entries] of byMetric) {
    if (limit >= 0 && count >= limit) break;
    object[metric] = [...entries.values()];
    count++;
  }
  return object;
}

/** `/api/v1/targets/relabel_steps` */
export function relabelStepsData(source: TargetSource, params: Params): RelabelStepsData {
  const poolName = params.first('scrapePool');
  if (poolName === '') throw new ApiError('bad_data', 'no scrapePool parameter provided');
  const labels = labelsOf(params.first('labels'));
  const pool = source.pools().find(({ name }) => name === poolName);
  if (pool === undefined) {
    throw new ApiError('not_found', `scrape pool ${JSON.stringify(poolName)} not found`);
  }
  return { steps: stepsOf(labels, pool.relabelRules) };
}

function labelsOf(text: string): Labels {
  if (text === '') throw new ApiError('bad_data', 'no labels parameter provided');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ApiError('bad_data', 'cannot parse labels: not JSON', { cause: error });
  }
  if (!isStringRecord(value)) {
    throw new ApiError('bad_data', 'cannot parse labels: not an object of strings');
  }
  return labelsFromObject(value);
}

function isStringRecord(value: unknown): value is Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((item) => typeof item === 'string');
}

/** One step for each rule; after the rule that drops the rest drop too. */
function stepsOf(labels: Labels, rules: readonly RelabelRule[]): RelabelStepsData['steps'] {
  const steps = applyRelabelSteps(rules, labels);
  return rules.map((rule, i) => {
    const output = steps[i]?.labels;
    return {
      rule: relabelRuleData(rule),
      output: labelsToObject(output ?? EMPTY_LABELS),
      keep: output !== undefined,
    };
  });
}

/** Under the keys of the configuration file, without what is not set. */
function relabelRuleData(rule: RelabelRule): RelabelRuleData {
  return {
    ...(rule.sourceLabels.length > 0 && { source_labels: rule.sourceLabels }),
    ...(rule.separator !== '' && { separator: rule.separator }),
    ...(rule.regex.source !== '' && { regex: rule.regex.source }),
    ...(rule.modulus !== 0 && { modulus: rule.modulus }),
    ...(rule.targetLabel !== '' && { target_label: rule.targetLabel }),
    ...(rule.replacement !== '' && { replacement: rule.replacement }),
    action: rule.action,
  };
}
