import { applyRelabelSteps, EMPTY_LABELS, labelsFromObject, labelsToObject } from '#model';
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
import { checkWeight } from './main-thread-selector.ts';
import type { OwnAddress } from './global-url.ts';
import type { ActiveTargetView, DroppedTargetView, TargetSource } from './parts.ts';
import { parseSelectorParam } from './query/selectors.ts';

/** `/api/v1/targets` */
export function targetsData(source: TargetSource, params: Params, own: OwnAddress): TargetsData {
  const state = params.first('state').toLowerCase();
  const pool = params.first('scrapePool');
  const showActive = state !== 'dropped';
  const showDropped = state !== 'active';
  return {
    activeTargets: showActive
      ? source.activeTargets(pool).map((target) => activeTarget(target, own))
      : [],
    droppedTargets: showDropped ? source.droppedTargets(pool).map(droppedTarget) : [],
    droppedTargetCounts: showDropped ? source.droppedTargetCounts() : null,
  };
}

/** What Go shows for an instant that never was. */
const NEVER = '0001-01-01T00:00:00Z';

function activeTarget(target: ActiveTargetView, own: OwnAddress): ActiveTarget {
  const { url, error } = shownUrl(target.scrapeUrl, own);
  return {
    discoveredLabels: target.discoveredLabels,
    labels: target.labels,
    scrapePool: target.scrapePool,
    scrapeUrl: target.scrapeUrl,
    globalUrl: url,
    lastError: [target.lastError, error].filter((text) => text !== '').join(': '),
    lastScrape: target.lastScrapeMs === 0 ? NEVER : new Date(target.lastScrapeMs).toISOString(),
    lastScrapeDuration: Math.round(target.lastScrapeDurationMs * 1e6) / 1e9,
    health: target.health,
    scrapeInterval: target.scrapeInterval,
    scrapeTimeout: target.scrapeTimeout,
  };
}

function droppedTarget({ discoveredLabels, scrapePool }: DroppedTargetView): DroppedTarget {
  return { discoveredLabels, scrapePool };
}

function shownUrl(url: string, own: OwnAddress): { url: string; error: string } {
  try {
    return { url: globalUrl(url, own), error: '' };
  } catch (error) {
    return { url, error: error instanceof Error ? error.message : String(error) };
  }
}

/** `/api/v1/scrape_pools` */
export function scrapePoolsData(source: TargetSource): ScrapePoolsData {
  return { scrapePools: source.poolNames() };
}

/** `/api/v1/targets/metadata` */
export function targetsMetadataData(source: TargetSource, params: Params): TargetsMetadataData {
  const limit = params.first('limit') === '' ? 0 : limitParam(params);
  const metric = params.first('metric');
  const selector = params.first('match_target');
  checkWeight(selector);
  const matchers = selector === '' ? [] : parseSelectorParam(selector, 'match_target');
  const found: TargetsMetadataData[number][] = [];
  for (const { target, metadata } of source.targetMetadata()) {
    const object = labelsToObject(target);
    if (!matchers.every(({ name, matches }) => matches(object[name] ?? ''))) continue;
    for (const entry of metadata) {
      if (limit > 0 && found.length >= limit) return found;
      const { type, help, unit } = entry;
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
  for (const target of source.targetMetadata()) {
    for (const { metric, type, unit, help } of target.metadata) {
      if (wanted !== '' && metric !== wanted) continue;
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
  const rules = source.relabelRules(poolName);
  if (rules === undefined) {
    throw new ApiError('not_found', `scrape pool ${JSON.stringify(poolName)} not found`);
  }
  return { steps: stepsOf(labels, rules) };
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
