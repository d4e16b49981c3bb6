import { readList, splitList } from '../../location/search-params.ts';

export const SORT_KEYS = [
  'name',
  'state',
  'uptime',
  'cpu',
  'memory',
  'network',
  'restarts',
  'metrics',
] as const;

export type SortKey = (typeof SORT_KEYS)[number];

export interface Sort {
  readonly key: SortKey;
  readonly isDescending: boolean;
}

/** A container belongs to none, one or several: `running` and `unhealthy`. */
export const STATE_FILTERS = ['running', 'unhealthy', 'stopped', 'removed'] as const;

export type StateFilter = (typeof STATE_FILTERS)[number];

export interface ListState {
  readonly text: string;
  /** Empty: all. */
  readonly states: readonly StateFilter[];
  readonly sort: Sort;
  readonly isGrouped: boolean;
  /** Groups that are folded. */
  readonly folded: readonly string[];
  /** What the small graphs show. */
  readonly spark: 'cpu' | 'memory';
}

const DEFAULT_SORT: Sort = { key: 'name', isDescending: false };

/** Reads the page's parameters; what does not make sense is left at its default. */
export function parseListState(params: URLSearchParams): ListState {
  const states = readList(params, 'state');
  return {
    text: params.get('search') ?? '',
    states: STATE_FILTERS.filter((state) => states.includes(state)),
    sort: parseSort(params.get('sort') ?? ''),
    isGrouped: params.get('group') !== 'none',
    folded: splitList(params.get('folded') ?? ''),
    spark: params.get('spark') === 'memory' ? 'memory' : 'cpu',
  };
}

function parseSort(text: string): Sort {
  const isDescending = text.startsWith('-');
  const name = isDescending ? text.slice(1) : text;
  const key = SORT_KEYS.find((candidate) => candidate === name);
  return key === undefined ? DEFAULT_SORT : { key, isDescending };
}

/** `-cpu`: from the largest; undefined for the default. */
export function printSort({ key, isDescending }: Sort): string | undefined {
  if (key === DEFAULT_SORT.key && isDescending === DEFAULT_SORT.isDescending) return undefined;
  return isDescending ? `-${key}` : key;
}

/** What one looks for comes first: large numbers, names from A, what is in trouble. */
const STARTS_ASCENDING: ReadonlySet<SortKey> = new Set(['name', 'state', 'metrics', 'uptime']);

/** What a click on a column's heading makes of the order. */
export function nextSort(sort: Sort, key: SortKey): Sort {
  if (sort.key === key) return { key, isDescending: !sort.isDescending };
  return { key, isDescending: !STARTS_ASCENDING.has(key) };
}
