import type { ContainerSummary } from '#docker';
import type { Container } from './container.ts';
import { stateWord } from './registry-container.ts';

/** Of too many those that run, then the newest. */
export function chosenOf(
  list: readonly ContainerSummary[],
  limit: number,
): readonly ContainerSummary[] {
  if (list.length <= limit) return list;
  const ordered = list.toSorted(
    (a, b) =>
      Number(b.State === 'running') - Number(a.State === 'running') || b.Created - a.Created,
  );
  return ordered.slice(0, limit);
}

/** Whether the list shows a container otherwise than it is known. */
export function differs(summary: ContainerSummary, known: Container | undefined): boolean {
  if (known === undefined) return true;
  const health = healthOf(summary.Status);
  return (
    stateWord(summary.State) !== known.state ||
    (health !== undefined && health !== known.health) ||
    !(summary.Names ?? []).includes(`/${known.containerName}`) ||
    // It may have been restarted since.
    /^Up .*second/.test(summary.Status)
  );
}

/** Of `Up 2 hours (healthy)`. */
function healthOf(status: string): string | undefined {
  const match = /\((?:health: )?(starting|healthy|unhealthy)\)$/.exec(status);
  return match?.[1];
}
