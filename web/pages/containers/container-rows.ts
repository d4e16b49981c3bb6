import type { ContainerData } from '#contract';
import type { ContainerValues, CurrentValues } from './container-values.ts';
import type { ListState, Sort, SortKey, StateFilter } from './list-state.ts';
import { scrapeWords } from './scrape-words.ts';
import { isAlive, sinceMs, stateWords, type Tone } from './state-words.ts';

export interface ContainerRow {
  readonly container: ContainerData;
  readonly values: ContainerValues;
}

export interface RowGroup {
  /** '' for what belongs to no compose project or stack. */
  readonly name: string;
  readonly kind: ContainerData['kind'];
  readonly rows: readonly ContainerRow[];
}

const NOTHING_MEASURED: ContainerValues = {};

export function toRows(
  containers: readonly ContainerData[],
  values: CurrentValues,
): ContainerRow[] {
  return containers.map((container) => ({
    container,
    // What a removed one of the same name left behind for a moment is not its own.
    values:
      (isAlive(container) ? values.containers.get(container.name) : undefined) ?? NOTHING_MEASURED,
  }));
}

export function matchesState(container: ContainerData, filter: StateFilter): boolean {
  switch (filter) {
    case 'running':
      return isAlive(container);
    case 'unhealthy':
      return (
        container.state === 'restarting' || (isAlive(container) && container.health === 'unhealthy')
      );
    case 'stopped':
      return !isAlive(container) && container.state !== 'removed';
    case 'removed':
      return container.state === 'removed';
  }
}

/** Every word of the text is in the name, the image, or a label written `name=value`. */
export function matchesText(container: ContainerData, text: string): boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return true;
  const { name, containerName, image, group, service, id } = container;
  const labels = Object.entries(container.labels).map(([label, value]) => `${label}=${value}`);
  const haystack = [name, containerName, image, group, service, id, ...labels]
    .join('\n')
    .toLowerCase();
  return words.every((word) => haystack.includes(word));
}

export function filterRows(
  rows: readonly ContainerRow[],
  { text, states }: Pick<ListState, 'text' | 'states'>,
): ContainerRow[] {
  return rows.filter(
    ({ container }) =>
      (states.length === 0 || states.some((state) => matchesState(container, state))) &&
      matchesText(container, text),
  );
}

const NAME_ORDER = new Intl.Collator('en', { numeric: true });

/** What has no value comes last, whichever way the rest stands; equals stand by name. */
export function sortRows(rows: readonly ContainerRow[], sort: Sort): ContainerRow[] {
  const direction = sort.isDescending ? -1 : 1;
  if (sort.key === 'name') return rows.toSorted((a, b) => direction * compareNames(a, b));
  const keyed = rows.map((row) => ({ row, value: sortValue(row, sort.key) }));
  keyed.sort((a, b) => {
    if (a.value === b.value) return compareNames(a.row, b.row);
    if (a.value === undefined) return 1;
    if (b.value === undefined) return -1;
    return direction * (a.value - b.value);
  });
  return keyed.map(({ row }) => row);
}

function compareNames(a: ContainerRow, b: ContainerRow): number {
  return NAME_ORDER.compare(a.container.name, b.container.name);
}

const TONE_RANKS: Readonly<Record<Tone, number>> = { bad: 0, warn: 1, good: 2, quiet: 3 };

function sortValue({ container, values }: ContainerRow, key: SortKey): number | undefined {
  switch (key) {
    case 'cpu':
      return values.cpu;
    case 'memory':
      return values.memoryBytes;
    case 'network':
      return values.receivedBytes === undefined && values.sentBytes === undefined
        ? undefined
        : (values.receivedBytes ?? 0) + (values.sentBytes ?? 0);
    case 'restarts':
      return container.restarts;
    case 'state':
      return TONE_RANKS[stateWords(container).tone];
    case 'metrics':
      return TONE_RANKS[scrapeWords(container).tone];
    case 'uptime': {
      // The newest first: minus the instant.
      const since = sinceMs(container);
      return since === undefined ? undefined : -since;
    }
    case 'name':
      return undefined;
  }
}

/** By project or stack, by name; what belongs to none comes last. The rows keep their order. */
export function groupRows(rows: readonly ContainerRow[]): RowGroup[] {
  const groups = new Map<string, { kind: ContainerData['kind']; rows: ContainerRow[] }>();
  for (const row of rows) {
    const { group, kind } = row.container;
    const found = groups.get(group);
    if (found === undefined) groups.set(group, { kind, rows: [row] });
    else found.rows.push(row);
  }
  return [...groups]
    .map(([name, { kind, rows: members }]) => ({ name, kind, rows: members }))
    .toSorted((a, b) => {
      if (a.name === '' || b.name === '') return a.name === '' ? 1 : -1;
      return NAME_ORDER.compare(a.name, b.name);
    });
}

export interface RowTotals {
  readonly running: number;
  readonly count: number;
  readonly cpu: number;
  readonly memoryBytes: number;
}

export function totalsOf(rows: readonly ContainerRow[]): RowTotals {
  let [running, cpu, memoryBytes] = [0, 0, 0];
  for (const { container, values } of rows) {
    if (isAlive(container)) running++;
    cpu += values.cpu ?? 0;
    memoryBytes += values.memoryBytes ?? 0;
  }
  return { running, count: rows.length, cpu, memoryBytes };
}
