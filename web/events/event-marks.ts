import type { AnnotationData } from '#contract';

/** Events that stand so near to each other on a graph that they share a mark. */
export interface EventMark {
  /** Oldest first. */
  readonly events: readonly AnnotationData[];
  /** CSS pixels from the left edge of the plot. */
  readonly left: number;
  /** 0 for an instant. */
  readonly width: number;
  readonly severity: AnnotationData['severity'];
}

/** Nearer than this two lines are one to the eye. */
const DISTANCE_PX_MIN = 5;

const RANKS: Readonly<Record<AnnotationData['severity'], number>> = {
  info: 0,
  warning: 1,
  error: 2,
};

export function worstSeverity(events: readonly AnnotationData[]): AnnotationData['severity'] {
  let worst: AnnotationData['severity'] = 'info';
  for (const { severity } of events) if (RANKS[severity] > RANKS[worst]) worst = severity;
  return worst;
}

interface Plot {
  readonly width: number;
  /** Of a time in milliseconds. */
  readonly leftOf: (timeMs: number) => number;
}

/** Where events stand on a plot, from left to right; those outside are left out. */
export function markEvents(events: readonly AnnotationData[], plot: Plot): EventMark[] {
  const marks: { events: AnnotationData[]; left: number; right: number }[] = [];
  for (const event of events.toSorted((a, b) => a.time - b.time)) {
    const left = plot.leftOf(event.time);
    const right = Math.min(plot.leftOf(event.timeEnd), plot.width);
    if (left < 0 || left > plot.width) continue;
    const last = marks.at(-1);
    if (last !== undefined && left - last.left < DISTANCE_PX_MIN) {
      last.events.push(event);
      last.right = Math.max(last.right, right);
    } else marks.push({ events: [event], left, right });
  }
  return marks.map(({ events: marked, left, right }) => ({
    events: marked,
    left,
    width: right - left < DISTANCE_PX_MIN ? 0 : right - left,
    severity: worstSeverity(marked),
  }));
}

/** The mark under the cursor, the nearest of several. */
export function findMark(marks: readonly EventMark[], left: number): EventMark | undefined {
  const reach = DISTANCE_PX_MIN + 1;
  let nearest: EventMark | undefined;
  let nearestPx = reach;
  for (const mark of marks) {
    const isInside = left >= mark.left && left <= mark.left + mark.width;
    const distance = isInside ? 0 : Math.abs(left - mark.left);
    if (distance < nearestPx) {
      nearest = mark;
      nearestPx = distance;
    }
  }
  return nearest;
}

const WORDS: Readonly<Record<string, string>> = {
  create: 'Created',
  start: 'Started',
  restart: 'Restarted',
  stop: 'Stopped',
  die: 'Ended',
  oom: 'Out of memory',
  kill: 'Signal sent',
  pause: 'Paused',
  unpause: 'Resumed',
  health: 'Health',
  rename: 'Renamed',
  update: 'Limits changed',
  image: 'New image',
  remove: 'Removed',
};

/** A word for the kind of an event. */
export function kindWord(kind: string): string {
  return WORDS[kind] ?? kind;
}
