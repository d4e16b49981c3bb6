import type { LabelObject } from '#contract';

/** The labels by which series say of which container they are, ours and cAdvisor's first. */
const NAME_LABELS = ['name', 'container'];

/** Beyond it a graph has more lines than marks could help. */
const NAMES_MAX = 200;

/** The containers that a result speaks of, sorted; none where there are too many to mark. */
export function containerNames(metrics: readonly LabelObject[]): readonly string[] {
  const names = new Set<string>();
  for (const metric of metrics) {
    for (const label of NAME_LABELS) {
      const name = metric[label];
      if (name !== undefined && name !== '') names.add(name);
    }
    if (names.size > NAMES_MAX) return [];
  }
  return [...names].toSorted();
}
