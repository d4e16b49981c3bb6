import type { ReactElement, ReactNode } from 'react';
import { LoadingRows } from '../components/Loading.tsx';
import { QueryFailure } from './QueryFailure.tsx';

/** What a query has come to, as far as all views show it alike. */
interface Asked<Data> {
  readonly data: Data | undefined;
  readonly error: Error | null;
  readonly isFetching: boolean;
  /** The data are those of the query before. */
  readonly isPlaceholderData: boolean;
}

interface ResultBodyProps<Data> {
  readonly asked: Asked<Data>;
  readonly expr: string;
  /** In place of the first result. */
  readonly outline?: ReactElement;
  readonly children: (data: Data) => ReactNode;
}

/** The result of a query, or why there is none, or that it is on its way. */
export function ResultBody<Data>(props: ResultBodyProps<Data>): ReactElement {
  const { asked, expr, outline = <LoadingRows />, children } = props;
  const { data, error, isFetching, isPlaceholderData } = asked;
  return (
    <>
      <div className="nx-busy-line" data-busy={isFetching} />
      {error !== null ? (
        <QueryFailure expr={expr} error={error} />
      ) : data === undefined ? (
        outline
      ) : (
        <div className="nx-result-body" data-old={isPlaceholderData}>
          {children(data)}
        </div>
      )}
    </>
  );
}
