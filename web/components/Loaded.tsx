import type { ReactElement } from 'react';
import { Failure } from './Failure.tsx';
import { LoadingRows } from './Loading.tsx';

interface LoadedProps<Data> {
  readonly query: {
    readonly data: Data | undefined;
    readonly error: Error | null;
    readonly refetch: () => unknown;
  };
  /** "Cannot load the targets" */
  readonly failure: string;
  /** What is there stays while it cannot be loaded again; otherwise the failure takes its place. */
  readonly isKept?: boolean;
  /** How many lines stand for what is coming. */
  readonly rows?: number;
  readonly children: (data: Data) => ReactElement;
}

/** What a query has brought; until then that it is loading, or why it is not there. */
export function Loaded<Data>(props: LoadedProps<Data>): ReactElement {
  const { query, failure, isKept = false, rows, children } = props;
  const { data, error, refetch } = query;
  if (error !== null && !(isKept && data !== undefined)) {
    return <Failure what={failure} error={error} onRetry={() => void refetch()} />;
  }
  if (data === undefined)
    return rows === undefined ? <LoadingRows /> : <LoadingRows count={rows} />;
  return children(data);
}
