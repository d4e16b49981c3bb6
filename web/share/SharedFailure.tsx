import type { ReactElement } from 'react';
import { Notice } from '../components/Notice.tsx';

export function SharedFailure({ error }: { readonly error: unknown }): ReactElement {
  return (
    <main className="nx-main">
      <Notice kind="error" title="This file cannot be shown">
        {error instanceof Error ? error.message : String(error)}
      </Notice>
    </main>
  );
}
