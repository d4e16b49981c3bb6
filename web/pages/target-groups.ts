import type { ActiveTarget, TargetHealth } from '#contract';

export interface TargetFilter {
  /** Every word must be somewhere in the address, the labels or the error. */
  readonly text: string;
  /** Empty: any. */
  readonly health: readonly TargetHealth[];
  /** Empty: any. */
  readonly pools: readonly string[];
}

export interface TargetGroup {
  readonly pool: string;
  readonly upCount: number;
  /** Of the whole pool, whatever the filter hides. */
  readonly totalCount: number;
  readonly shown: readonly ActiveTarget[];
}

/** Those that are not up first, then by address, numbers by their value. */
export function orderTargets(targets: readonly ActiveTarget[]): ActiveTarget[] {
  // One key a target: a collator that reads numbers takes ten times as long for ten thousand.
  const keyed = targets.map((target) => ({ target, key: orderKey(target) }));
  keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  return keyed.map(({ target }) => target);
}

const HEALTH_ORDER: Readonly<Record<TargetHealth, number>> = { down: 0, unknown: 1, up: 2 };

function orderKey({ health, scrapeUrl }: ActiveTarget): string {
  const url = scrapeUrl.replace(/\d+/g, (digits) => digits.padStart(10, '0'));
  return `${HEALTH_ORDER[health]} ${url}`;
}

const naturally = new Intl.Collator('en', { numeric: true });

/** By pool in alphabetical order; inside a pool the order given stays. */
export function groupTargets(
  targets: readonly ActiveTarget[],
  pools: readonly string[],
  filter: TargetFilter,
): TargetGroup[] {
  const byPool = new Map<string, ActiveTarget[]>(pools.map((pool) => [pool, []]));
  for (const target of targets) {
    const members = byPool.get(target.scrapePool);
    if (members === undefined) byPool.set(target.scrapePool, [target]);
    else members.push(target);
  }
  return [...byPool]
    .filter(([pool]) => filter.pools.length === 0 || filter.pools.includes(pool))
    .toSorted(([a], [b]) => naturally.compare(a, b))
    .map(([pool, members]) => ({
      pool,
      upCount: members.filter((target) => target.health === 'up').length,
      totalCount: members.length,
      shown: members.filter((target) => matches(target, filter)),
    }));
}

function matches(target: ActiveTarget, filter: TargetFilter): boolean {
  if (filter.health.length > 0 && !filter.health.includes(target.health)) return false;
  return filter.text === '' || matchesText(filter.text, [searchedText(target)]);
}

const searchedTexts = new WeakMap<ActiveTarget, string>();

/** Put together once a target, since each letter typed looks at all of them. */
function searchedText(target: ActiveTarget): string {
  const known = searchedTexts.get(target);
  if (known !== undefined) return known;
  const labels = Object.entries(target.labels).map(
    ([name, value]) => `${name}="${value}" ${name}=${value}`,
  );
  const text = [target.scrapeUrl, target.lastError, ...labels].join('\n').toLowerCase();
  searchedTexts.set(target, text);
  return text;
}

/** Whether every word of the filter is in one of the texts; case does not matter. */
export function matchesText(filter: string, texts: readonly string[]): boolean {
  const words = filter
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return true;
  const text = texts.join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}
