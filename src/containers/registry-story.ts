import type { Container, LifecycleEvent } from './container.ts';
import type { Happening, Story } from './lifecycle.ts';

export interface Surroundings {
  readonly before: Container | undefined;
  /** Undefined: it is the first of its identity. */
  readonly predecessor: Container | undefined;
  /** There is another of its identity when it has gone. */
  readonly isReplaced: boolean;
}

/** What happened, with who was there before; a container in the place of another tells of a new image. */
export function lifecycleEventsOf(
  { happenings }: Story,
  { before, predecessor, isReplaced }: Surroundings,
): readonly LifecycleEvent[] {
  let hasStarted = before !== undefined && before.startedMs > 0;
  const events: LifecycleEvent[] = [];
  for (const happening of happenings) {
    const isFirstStart = !hasStarted && isStart(happening);
    const takesPlace = isFirstStart || happening.kind === 'create';
    const replaced = happening.kind === 'remove' && isReplaced ? { replaced: 'true' } : {};
    const attributes = { ...happening.attributes, ...replaced };
    events.push({ ...happening, attributes, previous: takesPlace ? predecessor : undefined });
    if (isFirstStart) events.push(...imageEvents(happening, predecessor));
    hasStarted ||= isFirstStart;
  }
  return events;
}

function isStart({ kind }: Happening): boolean {
  return kind === 'start' || kind === 'restart';
}

function imageEvents(
  { timeMs, container }: Happening,
  previous: Container | undefined,
): readonly LifecycleEvent[] {
  if (previous === undefined || previous.imageId === '' || container.imageId === '') return [];
  if (previous.imageId === container.imageId) return [];
  const attributes = {
    from: previous.image,
    to: container.image,
    fromId: previous.imageId,
    toId: container.imageId,
  };
  return [{ kind: 'image', timeMs, container, previous, attributes }];
}
