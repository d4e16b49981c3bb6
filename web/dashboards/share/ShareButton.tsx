import { lazy, type ReactElement, Suspense, useState } from 'react';
import { IconButton } from '../../components/IconButton.tsx';
import type { DashboardScope } from '../dashboard-scope.ts';
import { useEdited } from '../editor/use-edited-dashboard.ts';
import type { Variables } from '../use-variables.ts';

const ShareDialog = lazy(async () => ({
  default: (await import('./ShareDialog.tsx')).ShareDialog,
}));

interface ShareButtonProps {
  readonly scope: DashboardScope;
  readonly variables: Variables;
}

export function ShareButton({ scope, variables }: ShareButtonProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const { json } = useEdited();
  return (
    <>
      <IconButton icon="share" label="Share" variant="default" onClick={() => setOpen(true)} />
      {isOpen && (
        <Suspense fallback={null}>
          <ShareDialog {...{ scope, variables, json }} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
