import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { Ago } from '../../../components/Ago.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { jsonOf } from '../edit-drafts.ts';
import type { EditedDashboard } from '../use-edited-dashboard.ts';
import { ChangeList } from './ChangeList.tsx';
import type { Conflict, Saving } from './use-save.ts';

interface ConflictViewProps {
  readonly conflict: Conflict;
  readonly edited: EditedDashboard;
  readonly saving: Saving;
  readonly onCopy: () => void;
}

/** Two people changed the same dashboard: who saves second decides what stays. */
export function ConflictView(props: ConflictViewProps): ReactElement {
  const { conflict, edited, saving, onCopy } = props;
  const { entry } = conflict.theirs;
  const { version } = entry;
  return (
    <>
      <Notice kind="warning" title="Somebody else saved this dashboard meanwhile">
        Version {version}, <Ago timeMs={Date.parse(entry.changedAt)} />; yours began with version{' '}
        {edited.entry.version}.
      </Notice>
      <section aria-label="What they changed">
        <h3 className="nx-import-title">What they changed</h3>
        <ChangeList before={edited.saved} after={jsonOf(conflict.theirs)} />
      </section>
      <section aria-label="What you changed">
        <h3 className="nx-import-title">What you changed</h3>
        <ChangeList before={edited.saved} after={edited.json} />
      </section>
      <div className="nx-import-actions">
        <Button variant="default" onClick={saving.takeTheirs}>
          Keep theirs, drop mine
        </Button>
        <Button variant="default" onClick={onCopy}>
          Save mine as a copy…
        </Button>
        <Button
          loading={saving.isSaving}
          onClick={() => saving.save({ folder: entry.folder, message: '' }, version)}
        >
          Save mine over theirs
        </Button>
      </div>
    </>
  );
}
