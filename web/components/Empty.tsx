import type { ReactElement, ReactNode } from 'react';
import { Mark } from './Mark.tsx';

interface EmptyProps {
  readonly title: string;
  readonly children?: ReactNode;
}

/** What a list shows when there is nothing: says so, and what can be done. */
export function Empty({ title, children }: EmptyProps): ReactElement {
  return (
    <div className="nx-empty">
      <Mark size={44} />
      <p className="nx-empty-title">{title}</p>
      {children !== undefined && <div className="nx-empty-text">{children}</div>}
    </div>
  );
}
