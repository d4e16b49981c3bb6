import type { ReactElement } from 'react';
import { ApiError } from '../api/client.ts';
import { Notice } from '../components/Notice.tsx';
import { markErrorPosition, parseErrorPosition } from './error-position.ts';

interface QueryFailureProps {
  readonly expr: string;
  readonly error: Error;
}

const TITLES: Readonly<Record<string, string>> = {
  bad_data: 'The query is not valid',
  execution: 'The query failed',
  timeout: 'The query took too long',
  canceled: 'The query was cancelled',
  unreachable: 'Cannot reach the server',
};

export function QueryFailure({ expr, error }: QueryFailureProps): ReactElement {
  const code = error instanceof ApiError ? error.code : 'internal';
  const position = parseErrorPosition(error.message);
  const mark = position === undefined ? undefined : markErrorPosition(expr, position);
  return (
    <Notice kind="error" title={TITLES[code] ?? 'The server could not answer'}>
      {mark !== undefined && (
        <pre className="nx-error-place">
          {mark.text}
          {'\n'}
          <span className="nx-error-caret">{mark.caret}</span>
        </pre>
      )}
      <p className="nx-failure-text">{error.message}</p>
    </Notice>
  );
}
