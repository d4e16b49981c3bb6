import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { AnnotationData } from '#contract';
import { formatInstantPrecisely } from '../format/times.ts';
import { useZone } from '../settings/settings.ts';
import { kindWord } from './event-marks.ts';

interface EventListProps {
  /** Oldest first, as the server gives them. */
  readonly events: readonly AnnotationData[];
  /** There are more than these. */
  readonly isTruncated?: boolean;
  /** So many are shown before somebody asks for the rest. */
  readonly shownMax?: number;
}

const SHOWN_MAX = 5;

/** What the marks of a graph stand for, newest first. Nothing where there is none. */
export function EventList(props: EventListProps): ReactElement | null {
  const { events, isTruncated = false, shownMax = SHOWN_MAX } = props;
  const [isAllShown, setAllShown] = useState(false);
  if (events.length === 0) return null;
  const newestFirst = events.toReversed();
  const shown = isAllShown ? newestFirst : newestFirst.slice(0, shownMax);
  return (
    <section className="nx-events" aria-label="Events">
      <h3 className="nx-events-title">
        Events <span className="nx-quiet">{`${events.length}${isTruncated ? '+' : ''}`}</span>
      </h3>
      <ol className="nx-event-list">
        {shown.map((event) => (
          <EventRow key={event.id} event={event} />
        ))}
      </ol>
      {shown.length < events.length && (
        <Button size="compact-sm" variant="subtle" onClick={() => setAllShown(true)}>
          Show all {events.length}
        </Button>
      )}
    </section>
  );
}

function EventRow({ event }: { readonly event: AnnotationData }): ReactElement {
  const zone = useZone();
  return (
    <li data-kind={event.kind} data-severity={event.severity}>
      <span className="nx-event-dot" data-severity={event.severity} />
      <time className="nx-number nx-quiet" dateTime={new Date(event.time).toISOString()}>
        {formatInstantPrecisely(event.time, zone)}
      </time>
      <span className="nx-event-kind">{kindWord(event.kind)}</span>
      <span className="nx-event-text">{event.text}</span>
    </li>
  );
}
