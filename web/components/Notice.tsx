import { Alert } from '@mantine/core';
import type { ReactElement, ReactNode } from 'react';
import { Icon } from './Icon.tsx';

interface NoticeProps {
  readonly kind: 'error' | 'warning' | 'info';
  readonly title?: string;
  readonly children: ReactNode;
}

const COLOURS = { error: 'red', warning: 'yellow', info: 'blue' } as const;

export function Notice({ kind, title, children }: NoticeProps): ReactElement {
  return (
    <Alert
      className={`nx-notice nx-notice-${kind}`}
      color={COLOURS[kind]}
      variant="light"
      role={kind === 'error' ? 'alert' : 'status'}
      title={title}
      icon={<Icon name={kind === 'info' ? 'question' : 'warning'} />}
    >
      {children}
    </Alert>
  );
}
