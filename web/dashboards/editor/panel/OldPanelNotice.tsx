import { Button } from '@mantine/core';
import type { ReactElement } from 'react';
import { isObject, type JsonObject, rewritePanel } from '#dashboards';
import { Notice } from '../../../components/Notice.tsx';
import { kindName } from './kind-list.ts';
import { textOf } from './OptionControls.tsx';
import { usePanelEdit } from './panel-edit.ts';

/** Why the options are only shown, and what makes them editable; nothing where they are. */
export function OldPanelNotice({ why }: { readonly why: LockedWhy }): ReactElement | null {
  const { panel, view, name, change } = usePanelEdit();
  if (why === 'library') {
    return (
      <Notice kind="info" title="This panel comes from a library of panels">
        <p className="nx-failure-text">
          The file brings it along. To be edited it becomes this dashboard’s own; the library’s
          stays as it is.
        </p>
        <Button
          size="xs"
          onClick={() => change(ownPanel(view.source), `${name} as the dashboard’s own`)}
        >
          Make it the dashboard’s own
        </Button>
      </Notice>
    );
  }
  const { panel: next, lost } = rewritePanel(panel);
  return (
    <Notice kind="info" title={`This panel is of an older kind: ${view.sourceType}`}>
      <p className="nx-failure-text">
        Title and queries can be edited as they are. To edit its options it is rewritten in today’s
        words, as {kindName(textOf(next['type']))}: it is drawn the same, here and in Grafana.
      </p>
      {lost.length > 0 && (
        <ul className="nx-notice-list">
          {lost.map((one) => (
            <li key={one}>Not kept: {one}</li>
          ))}
        </ul>
      )}
      <Button size="xs" onClick={() => change(next, `${name} in today’s words`)}>
        Rewrite it
      </Button>
    </Notice>
  );
}

export type LockedWhy = 'old' | 'library';

/** What was read, without the word that says where it came from. */
function ownPanel(source: JsonObject): JsonObject {
  const { libraryPanel: _, ...own } = source;
  return isObject(own) ? own : source;
}
