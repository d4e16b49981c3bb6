import { Button } from '@mantine/core';
import { lazy, type ReactElement, Suspense, useEffect, useState } from 'react';
import '../../styles/dashboard-editor.css';
import { isDashboardResource } from '#dashboards';
import { Icon } from '../../components/Icon.tsx';
import { IconButton } from '../../components/IconButton.tsx';
import { useScope } from '../dashboard-scope.ts';
import { printPageParams } from '../page-params.ts';
import { AddMenu } from './AddMenu.tsx';
import { type EditedDashboard, useEdited } from './use-edited-dashboard.ts';

const SaveDialog = lazy(async () => ({
  default: (await import('./save/SaveDialog.tsx')).SaveDialog,
}));

/** While a dashboard is edited, or has what is not saved: what was done, and what can be done with it. */
export function EditStrip(): ReactElement {
  const edited = useEdited();
  const { params } = useScope();
  const [isSaving, setSaving] = useState(false);
  const canSave = edited.isDirty || edited.entry.uid === '';
  useSaveKey(() => {
    if (canSave) setSaving(true);
  });
  // The doctor may have rewritten its queries: these can be saved, or discarded.
  const isShownOnly = isDashboardResource(edited.json);
  const isOnPanels = params.editPanel === undefined && params.editView === undefined;
  return (
    <div className="nx-edit-strip" role="group" aria-label="Editing">
      <p className="nx-edit-state" role="status">
        {stateInWords(edited)}
      </p>
      <div className="nx-edit-tools">
        <IconButton
          icon="undo"
          size={28}
          label={edited.undoes === undefined ? 'Nothing to undo' : `Undo: ${edited.undoes}`}
          disabled={edited.undoes === undefined}
          onClick={edited.undo}
        />
        <IconButton
          icon="redo"
          size={28}
          label={edited.redoes === undefined ? 'Nothing to redo' : `Redo: ${edited.redoes}`}
          disabled={edited.redoes === undefined}
          onClick={edited.redo}
        />
        {isOnPanels && !isShownOnly && <AddMenu />}
        {!isShownOnly && <ViewButtons />}
        <Leave edited={edited} />
        <Button
          size="compact-sm"
          leftSection={<Icon name="save" size={15} />}
          disabled={!canSave}
          onClick={() => setSaving(true)}
        >
          Save
        </Button>
      </div>
      {isSaving && (
        <Suspense fallback={null}>
          <SaveDialog onClose={() => setSaving(false)} />
        </Suspense>
      )}
    </div>
  );
}

function stateInWords({ entry, json, isDirty, isBehind, undoes }: EditedDashboard): string {
  if (isBehind) return 'Somebody saved a newer version meanwhile. Saving will ask what to keep.';
  if (isDirty) return undoes === undefined ? 'Not saved yet' : `Not saved yet: ${undoes}`;
  if (entry.uid === '') return 'A new dashboard';
  if (isDashboardResource(json)) {
    return 'Its file has the form of Grafana’s resources: it is shown and exported, not edited here.';
  }
  return entry.origin === 'own'
    ? 'Editing'
    : 'Editing. What you change here is saved as a copy of your own.';
}

function ViewButtons(): ReactElement {
  const { params, change } = useScope();
  if (params.editView !== undefined) return <></>;
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<Icon name="settings" size={15} />}
      onClick={() => change((search) => printPageParams(search, { editView: 'settings' }), 'push')}
    >
      Settings
    </Button>
  );
}

/** Asks once more before changes are thrown away. */
function Leave({ edited }: { readonly edited: EditedDashboard }): ReactElement {
  const { change } = useScope();
  const [isAsking, setAsking] = useState(false);
  useEffect(() => {
    if (!edited.isDirty) setAsking(false);
  }, [edited.isDirty]);
  if (!edited.isDirty) {
    return (
      <Button
        size="compact-sm"
        variant="default"
        onClick={() =>
          change((search) =>
            printPageParams(search, {
              isEditing: false,
              editPanel: undefined,
              editView: undefined,
            }),
          )
        }
      >
        Done
      </Button>
    );
  }
  return (
    <Button
      size="compact-sm"
      variant={isAsking ? 'light' : 'default'}
      color={isAsking ? 'red' : 'gray'}
      onClick={() => (isAsking ? edited.discard() : setAsking(true))}
      onBlur={() => setAsking(false)}
    >
      {isAsking ? 'Really discard all changes' : 'Discard'}
    </Button>
  );
}

/** Ctrl+S, from fields too. */
function useSaveKey(save: () => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      if (event.key.toLowerCase() !== 's') return;
      event.preventDefault();
      if (document.querySelector('[aria-modal="true"]') === null) save();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  });
}
