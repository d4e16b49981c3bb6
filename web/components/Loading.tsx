import { Skeleton } from '@mantine/core';
import type { ReactElement } from 'react';

/** The outline of what is coming; the widths vary so that it looks like text. */
export function LoadingRows({ count = 6 }: { readonly count?: number }): ReactElement {
  return (
    <div className="nx-loading" role="status" aria-label="Loading">
      {Array.from({ length: count }, (_, i) => (
        <Skeleton key={i} height={18} width={`${92 - ((i * 23) % 47)}%`} radius="sm" />
      ))}
    </div>
  );
}
