import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { formatCount } from '../format/numbers.ts';

interface FirstRowsProps {
  readonly shown: number;
  readonly count: number;
  /** What the rows are: `series`. */
  readonly noun: string;
  readonly onShowAll: () => void;
}

/** Above a list that shows its first rows only; nothing where it shows all. */
export function FirstRows({ shown, count, noun, onShowAll }: FirstRowsProps): ReactElement | null {
  if (shown >= count) return null;
  return (
    <p className="nx-cap">
      The first {formatCount(shown)} of {formatCount(count)} {noun}.{' '}
      <Button size="compact-sm" variant="light" onClick={onShowAll}>
        Show all
      </Button>
    </p>
  );
}
