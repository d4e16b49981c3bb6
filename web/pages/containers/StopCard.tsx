import type { ReactElement } from 'react';
import type { AnnotationData, ContainerData } from '#contract';
import { Ago } from '../../components/Ago.tsx';
import { Icon } from '../../components/Icon.tsx';
import { useNowMs } from '../../components/use-now.ts';
import { parseRfc3339 } from '../../format/times.ts';
import { PageLink } from '../../location/PageLink.tsx';
import { useEvents } from '../../events/use-events.ts';
import { stopFacts } from './stop-facts.ts';
import { endReason, exitCodeWords, hasFailed, isAlive } from './state-words.ts';

const BEFORE_MS = 300_000;
const AFTER_MS = 60_000;
/** Longer ago, what runs again is no reason for alarm. */
const FRESH_MS = 3_600_000;

/** Why it last stopped, and how it was just before; nothing where it never has. */
export function StopCard({
  container,
}: {
  readonly container: ContainerData;
}): ReactElement | null {
  const finishedMs = parseRfc3339(container.finishedAt);
  const reason = endReason(container);
  const { events } = useEvents({
    startMs: (finishedMs ?? 0) - BEFORE_MS,
    endMs: (finishedMs ?? 0) + AFTER_MS,
    names: [container.name],
    isOn: finishedMs !== undefined,
  });
  const nowMs = useNowMs();
  if (reason === '' || container.state === 'created') return null;
  const isFresh = !isAlive(container) || nowMs - (finishedMs ?? 0) < FRESH_MS;
  const isAlarming = hasFailed(container) && isFresh;
  return (
    <section className="nx-card nx-stop" data-failed={isAlarming} aria-label="Last stop">
      <Icon name={isAlarming ? 'warning' : 'clock'} />
      <div>
        <h2>
          {isAlive(container) ? 'It last stopped' : 'It stopped'}
          {finishedMs !== undefined && (
            <span className="nx-quiet">
              {' '}
              <Ago timeMs={finishedMs} />
            </span>
          )}
        </h2>
        <p>{`${reason.slice(0, 1).toUpperCase()}${reason.slice(1)}`}</p>
        <StopFacts container={container} events={events} />
        {finishedMs !== undefined && <GraphsBefore container={container} finishedMs={finishedMs} />}
      </div>
    </section>
  );
}

interface GraphsBeforeProps {
  readonly container: ContainerData;
  readonly finishedMs: number;
}

/** A quarter of an hour, most of it before the end. */
function GraphsBefore({ container, finishedMs }: GraphsBeforeProps): ReactElement {
  const end = Math.ceil((finishedMs + AFTER_MS) / 1000);
  return (
    <PageLink
      page="containers"
      item={container.name}
      search={`?end=${end}`}
      className="nx-stop-link"
    >
      Graphs of the minutes before
    </PageLink>
  );
}

interface StopFactsProps {
  readonly container: ContainerData;
  readonly events: readonly AnnotationData[];
}

function StopFacts({ container, events }: StopFactsProps): ReactElement | null {
  const facts = stopFacts(events);
  if (container.exitCode !== null) {
    facts.unshift({ title: 'Exit code', text: exitCodeWords(container.exitCode) });
  }
  return (
    <dl className="nx-stop-facts">
      {facts.map(({ title, text }) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{text}</dd>
        </div>
      ))}
    </dl>
  );
}
