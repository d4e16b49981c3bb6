export type EventSeverity = 'info' | 'warning' | 'error';

/** Something that happened, as it is handed in. */
export interface NewEvent {
  /** Milliseconds since the epoch. */
  readonly timeMs: number;
  /** `die`, `oom`, `start`, ... */
  readonly kind: string;
  readonly severity: EventSeverity;
  /** What the container is known by; '' for what concerns no container. */
  readonly name: string;
  readonly group: string;
  readonly service: string;
  readonly containerId: string;
  readonly image: string;
  /** A sentence. */
  readonly text: string;
  readonly tags: readonly string[];
  readonly attributes: Readonly<Record<string, string>>;
  /** 1; more: it stands for so many. */
  readonly count: number;
}

/** As it is kept. */
export interface StoredEvent extends NewEvent {
  /** Ascending in the order of arrival. */
  readonly id: number;
  /** Of the last of them; otherwise as `timeMs`. */
  readonly untilMs: number;
}

/** What to read. An empty list of names, groups, kinds or tags leaves nothing out. */
export interface EventQuery {
  /** Both inclusive, milliseconds since the epoch. */
  readonly startMs: number;
  readonly endMs: number;
  readonly names: readonly string[];
  readonly groups: readonly string[];
  readonly kinds: readonly string[];
  /** An event must have all of them. */
  readonly tags: readonly string[];
  /** At most so many, the newest. */
  readonly limit: number;
}

export interface EventPage {
  /** Newest first. */
  readonly events: readonly StoredEvent[];
  /** There were more than the limit. */
  readonly isTruncated: boolean;
}

export function isAsked(event: StoredEvent, query: EventQuery): boolean {
  return (
    event.timeMs <= query.endMs &&
    event.untilMs >= query.startMs &&
    isAmong(event.name, query.names) &&
    isAmong(event.group, query.groups) &&
    isAmong(event.kind, query.kinds) &&
    query.tags.every((tag) => event.tags.includes(tag))
  );
}

function isAmong(value: string, wanted: readonly string[]): boolean {
  return wanted.length === 0 || wanted.includes(value);
}

/** The order of answers: newest first, of one instant the last that came. */
export function compareNewestFirst(a: StoredEvent, b: StoredEvent): number {
  return b.timeMs - a.timeMs || b.id - a.id;
}
