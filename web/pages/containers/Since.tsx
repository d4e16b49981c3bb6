import type { ReactElement } from 'react';
import type { ContainerData } from '#contract';
import { useNowMs } from '../../components/use-now.ts';
import { formatInstant } from '../../format/times.ts';
import { useZone } from '../../settings/settings.ts';
import { isAlive, sinceMs, sinceWords } from './state-words.ts';

/** `3h 12min` or `3min ago`, ticking; the exact moment on hover. */
export function Since({ container }: { readonly container: ContainerData }): ReactElement | null {
  const nowMs = useNowMs();
  const zone = useZone();
  const since = sinceMs(container);
  if (since === undefined) return null;
  const what = isAlive(container) ? 'Started' : container.state === 'created' ? 'Created' : 'Ended';
  return (
    <time
      className="nx-number"
      dateTime={new Date(since).toISOString()}
      title={`${what} ${formatInstant(since, zone)}`}
    >
      {sinceWords(container, nowMs)}
    </time>
  );
}
