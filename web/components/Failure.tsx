import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { Notice } from './Notice.tsx';

interface FailureProps {
  /** "cannot load the targets" */
  readonly what: string;
  readonly error: Error;
  readonly onRetry: () => void;
}

export function Failure({ what, error, onRetry }: FailureProps): ReactElement {
  return (
    <Notice kind="error" title={what}>
      <p className="nx-failure-text">{error.message}</p>
      <Button size="xs" variant="default" onClick={onRetry}>
        Try again
      </Button>
    </Notice>
  );
}
