import { Button } from '@mantine/core';
import { lazy, type ReactElement, Suspense, useContext } from 'react';
import { isDashboardResource } from '#dashboards';
import { Icon } from '../../components/Icon.tsx';
import type { DashboardScope } from '../dashboard-scope.ts';
import { printPageParams } from '../page-params.ts';
import { EditContext } from './use-edited-dashboard.ts';

const EditStrip = lazy(async () => ({ default: (await import('./EditStrip.tsx')).EditStrip }));

/** Leads into editing, or says that there is none. */
export function EditButton({ scope }: { readonly scope: DashboardScope }): ReactElement | null {
  const edited = useContext(EditContext);
  const { params, change } = scope;
  if (edited === undefined || isEditing(scope) || params.isKiosk) return null;
  if (isDashboardResource(edited.json)) {
    return (
      <span className="nx-tag" title="Its file has the form of Grafana’s resources">
        Shown, not edited
      </span>
    );
  }
  return (
    <Button
      size="sm"
      variant="default"
      className="nx-edit-button"
      leftSection={<Icon name="edit" size={15} />}
      onClick={() =>
        change((search) => printPageParams(search, { isEditing: true, viewPanel: '' }))
      }
    >
      Edit
    </Button>
  );
}

/** The line below the bar while something is edited, or is not saved. */
export function EditLine({ scope }: { readonly scope: DashboardScope }): ReactElement | null {
  const edited = useContext(EditContext);
  if (edited === undefined || scope.params.isKiosk) return null;
  if (!isEditing(scope) && !edited.isDirty) return null;
  return (
    <Suspense fallback={null}>
      <EditStrip />
    </Suspense>
  );
}

function isEditing({ params }: DashboardScope): boolean {
  return params.isEditing || params.editPanel !== undefined || params.editView !== undefined;
}
