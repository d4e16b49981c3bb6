import type { DashboardEntry, DashboardOrigin } from '#contract';

export interface ListFilter {
  readonly text: string;
  /** All of them must be there. */
  readonly tags: readonly string[];
  readonly origin: DashboardOrigin | undefined;
}

export interface EntryGroup {
  readonly title: string;
  readonly entries: readonly DashboardEntry[];
}

/** Of dashboards that stand in no folder. */
const ORIGIN_TITLES: Readonly<Record<DashboardOrigin, string>> = {
  own: 'General',
  provisioned: 'Provisioned',
  shipped: 'Comes with Narthex',
};

const ORIGIN_RANKS: Readonly<Record<DashboardOrigin, number>> = {
  own: 0,
  provisioned: 1,
  shipped: 2,
};

/** Every word must be in the title, the description, the folder or a tag. */
export function filterEntries(
  entries: readonly DashboardEntry[],
  { text, tags, origin }: ListFilter,
): readonly DashboardEntry[] {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  return entries.filter((entry) => {
    if (origin !== undefined && entry.origin !== origin) return false;
    if (!tags.every((tag) => entry.tags.includes(tag))) return false;
    const { title, description, folder } = entry;
    const searched = [title, description, folder, ...entry.tags].join('\n').toLowerCase();
    return words.every((word) => searched.includes(word));
  });
}

/** By folder; those without one come first, one's own before others. Titles in order. */
export function groupEntries(entries: readonly DashboardEntry[]): readonly EntryGroup[] {
  const groups = new Map<string, { rank: number; title: string; entries: DashboardEntry[] }>();
  for (const entry of entries) {
    const { folder, origin } = entry;
    const key = folder === '' ? `origin:${origin}` : `folder:${folder}`;
    const rank = folder === '' ? ORIGIN_RANKS[origin] * 2 : ORIGIN_RANKS[origin] * 2 + 1;
    const title = folder === '' ? ORIGIN_TITLES[origin] : folder;
    const group = groups.get(key) ?? { rank, title, entries: [] };
    group.rank = Math.min(group.rank, rank);
    group.entries.push(entry);
    groups.set(key, group);
  }
  return [...groups.values()]
    .toSorted((a, b) => a.rank - b.rank || compareText(a.title, b.title))
    .map(({ title, entries: grouped }) => ({
      title,
      entries: grouped.toSorted((a, b) => compareText(a.title, b.title)),
    }));
}

/** The tags in use, the most frequent first. */
export function tagsOf(entries: readonly DashboardEntry[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const tag of entries.flatMap((entry) => entry.tags)) {
    counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  return [...counts.entries()]
    .toSorted(([a, countA], [b, countB]) => countB - countA || compareText(a, b))
    .map(([tag]) => tag);
}

function compareText(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true, sensitivity: 'base' });
}

/** What Grafana's links have behind the uid; it says what is meant and nothing reads it. */
export function slugOf(title: string): string {
  const slug = title.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-');
  return slug.replaceAll(/^-+|-+$/g, '').slice(0, 80);
}

/** The item below `/d`. */
export function itemOf({ uid, title }: { readonly uid: string; readonly title: string }): string {
  const slug = slugOf(title);
  return slug === '' ? uid : `${uid}/${slug}`;
}
