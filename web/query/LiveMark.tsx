import type { ReactElement } from 'react';
import { formatCount } from '../format/numbers.ts';
import type { LiveConnection } from './use-live-query.ts';

const TEXTS: Readonly<Record<LiveConnection, string>> = {
  connecting: 'Connecting',
  open: 'Live',
  lost: 'Connection lost',
};

interface LiveMarkProps {
  readonly connection: LiveConnection;
  /** Undefined while there is no result. */
  readonly seriesCount: number | undefined;
}

/** Whether the graph goes on; told to those who cannot see it when it changes. */
export function LiveMark({ connection, seriesCount }: LiveMarkProps): ReactElement {
  return (
    <span className="nx-live" data-connection={connection}>
      <span role="status">{TEXTS[connection]}</span>
      {seriesCount !== undefined && (
        <span className="nx-number">{formatCount(seriesCount)} series</span>
      )}
    </span>
  );
}
