import type { GraphEvent } from './graph-event.ts';

/** Events that stand so near to each other on a graph that they share a mark. */
export interface EventMark {
  /** Oldest first. */
  readonly events: readonly GraphEvent[];
  /** CSS pixels from the left edge of the plot. */
  readonly left: number;
  /** 0 for an instant. */
  readonly width: number;
  readonly severity: GraphEvent['severity'];
  /** Of the first of the worst; undefined: that of the severity. */
  readonly colour: string | undefined;
}

/** Nearer than this two lines are one to the eye. */
const DISTANCE_PX_MIN = 5;

const RANKS: Readonly<Record<GraphEvent['severity'], number>> = {
  info: 0,
  warning: 1,
  error: 2,
};

export function worstSeverity(events: readonly GraphEvent[]): GraphEvent['severity'] {
  let worst: GraphEvent['severity'] = 'info';
  for (const { severity } of events) if (RANKS[severity] > RANKS[worst]) worst = severity;
  return worst;
}

interface Plot {
  readonly width: number;
  /** Of a time in milliseconds. */
  readonly leftOf: (timeMs: number) => number;
}

/** Where events stand on a plot, from left to right; those outside are left out. */
export function markEvents(events: readonly GraphEvent[], plot: Plot): EventMark[] {
  const marks: { events: GraphEvent[]; left: number; right: number }[] = [];
  for (const event of events.toSorted((a, b) => a.time - b.time)) {
    const start = plot.leftOf(event.time);
    const end = plot.leftOf(event.timeEnd);
    if (end < 0 || start > plot.width) continue;
    // What began before is there from the edge on.
    const left = Math.max(start, 0);
    const right = Math.min(end, plot.width);
    const last = marks.at(-1);
    if (last !== undefined && left - last.left < DISTANCE_PX_MIN) {
      last.events.push(event);
      last.right = Math.max(last.right, right);
    } else marks.push({ events: [event], left, right });
  }
  return marks.map(({ events: marked, left, right }) => {
    const severity = worstSeverity(marked);
    return {
      events: marked,
      left,
      width: right - left < DISTANCE_PX_MIN ? 0 : right - left,
      severity,
      colour: marked.find((event) => event.severity === severity)?.colour,
    };
  });
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
