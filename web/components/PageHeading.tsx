import type { ReactElement, ReactNode } from 'react';

interface PageHeadingProps {
  readonly title: string;
  readonly detail?: ReactNode;
  readonly children?: ReactNode;
}

export function PageHeading({ title, detail, children }: PageHeadingProps): ReactElement {
  return (
    <div className="nx-heading">
      <div>
        <h1 className="nx-title">{title}</h1>
        {detail !== undefined && <p>{detail}</p>}
      </div>
      {children !== undefined && <div className="nx-heading-actions">{children}</div>}
    </div>
  );
}
