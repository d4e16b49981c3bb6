import { type Expr, walkExpr } from '#promql';
import type { TwinQuery } from './query.ts';
import { lookedAtMs, selectInstant } from './selectors.ts';
import { distinct, type Labels, labelsKey, pickLabels, type Sample, TwinError } from './values.ts';

const IDENTIFYING: ReadonlySet<string> = new Set(['instance', 'job']);

export interface InfoCall {
  readonly samples: readonly Sample[];
  readonly args: readonly Expr[];
}

/** Labels of info series with the same `instance` and `job`. */
export function info(
  query: TwinQuery,
  { samples, args }: InfoCall,
  timeMs: number,
): readonly Sample[] {
  const selector = args[1]?.kind === 'vectorSelector' ? args[1] : undefined;
  const given = selector?.matchers ?? [];
  const names = given.filter(({ name }) => name === '__name__');
  const dataMatchers = given.filter(({ name }) => name !== '__name__');
  const isInfoName = (name: string): boolean =>
    names.length === 0 ? name === 'target_info' : names.every(({ matches }) => matches(name));
  const isInfo = ({ labels }: Sample): boolean =>
    (selector === undefined || names.length > 0) && isInfoName(labels['__name__'] ?? '');
  const atMs = infoTimeMs(query, args[0], timeMs);
  const all = { ...emptySelector(args[0]), matchers: dataMatchers };
  const infoSamples = selectInstant(query, all, atMs).filter(isInfoSeries);
  function isInfoSeries({ labels }: Sample): boolean {
    return isInfoName(labels['__name__'] ?? '');
  }
  const result = samples.flatMap((sample): Sample[] => {
    if (isInfo(sample)) return [sample];
    const found = infoSamples.filter(({ labels }) => identity(labels) === identity(sample.labels));
    if (identity(sample.labels) === '{}') found.length = 0;
    const chosen = newestByName(found);
    if (chosen.length === 0 && !dataMatchers.every(({ matches }) => matches(''))) return [];
    const isWanted = (label: string): boolean =>
      label !== '__name__' &&
      (dataMatchers.length === 0 || dataMatchers.some(({ name }) => name === label));
    return [{ ...sample, labels: enriched(sample.labels, chosen, isWanted) }];
  });
  return distinct(result);
}

function emptySelector({ position }: Expr) {
  return {
    kind: 'vectorSelector',
    name: '',
    offsetMs: 0,
    anchored: false,
    smoothed: false,
    position,
  } as const;
}

/** Info series are looked at when the first selector of the argument looks. */
function infoTimeMs(query: TwinQuery, arg: Expr, timeMs: number): number {
  let found: number | undefined = undefined;
  walkExpr(arg, (node, path) => {
    if (found !== undefined || node.kind !== 'vectorSelector') return;
    const outer = path.filter((parent) => parent.kind === 'subquery');
    found = [...outer, node].reduce((atMs, one) => lookedAtMs(query, one, atMs), timeMs);
  });
  return found ?? timeMs;
}

function identity(labels: Labels): string {
  const own = pickLabels(labels, (name) => IDENTIFYING.has(name));
  return Object.keys(own).length === 0 ? '{}' : labelsKey(own);
}

/** Of each info metric the series with the newest sample. */
function newestByName(
  found: readonly (Sample & { readonly timestampMs: number })[],
): readonly Sample[] {
  const names = new Set(found.map(({ labels }) => labels['__name__']));
  return [...names].map((name) => {
    const same = found.filter(({ labels }) => labels['__name__'] === name);
    const newestMs = Math.max(...same.map(({ timestampMs }) => timestampMs));
    const newest = same.filter(({ timestampMs }) => timestampMs === newestMs);
    if (newest.length > 1) throw new TwinError('found duplicate series for info metric');
    return newest[0];
  });
}

function enriched(
  base: Labels,
  infos: readonly Sample[],
  isWanted: (label: string) => boolean,
): Labels {
  const found: Record<string, string> = {};
  for (const { labels } of infos) {
    for (const [name, value] of Object.entries(labels)) {
      if (!isWanted(name) || name in base) continue;
      if ((found[name] ?? value) !== value) throw new TwinError(`conflicting label: ${name}`);
      found[name] = value;
    }
  }
  return { ...base, ...found };
}
