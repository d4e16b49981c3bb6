import type { ReactElement } from 'react';
import { formatInstantPrecisely, formatRelative } from '../format/times.ts';
import { useZone } from '../settings/settings.ts';
import { useNowMs } from './use-now.ts';

/** "5s ago", ticking; the exact moment on hover. */
export function Ago({ timeMs }: { readonly timeMs: number }): ReactElement {
  const nowMs = useNowMs();
  const zone = useZone();
  return (
    <time
      className="nx-number"
      dateTime={new Date(timeMs).toISOString()}
      title={formatInstantPrecisely(timeMs, zone)}
    >
      {formatRelative(Math.min(timeMs, nowMs), nowMs)}
    </time>
  );
}
