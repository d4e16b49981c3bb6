import '../../../styles/panel-editor.css';
import { Button, Tabs } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type ReactElement, useMemo } from 'react';
import {
  isObject,
  isOldPanel,
  isSameJson,
  listAt,
  overridesOf,
  queriesOf,
  rewritePanel,
  transformationsPath,
} from '#dashboards';
import { Empty } from '../../../components/Empty.tsx';
import { Icon } from '../../../components/Icon.tsx';
import type { PanelEditorProps } from '../editor-props.ts';
import { KindGallery } from './KindGallery.tsx';
import { type LockedWhy, OldPanelNotice } from './OldPanelNotice.tsx';
import { OptionsPane } from './OptionsPane.tsx';
import { OverridesEditor } from './OverridesEditor.tsx';
import { type PanelEdit, PanelEditContext, usePanelEdit } from './panel-edit.ts';
import { PanelPreview } from './PanelPreview.tsx';
import { QueriesEditor } from './QueriesEditor.tsx';
import { TransformationsEditor } from './TransformationsEditor.tsx';
import { type FoundPanel, useEditedPanel, useFoundPanel } from './use-edited-panel.ts';

/** A panel with its preview, its queries and its options. What is changed is in the dashboard at once. */
export function PanelEditor(props: PanelEditorProps): ReactElement {
  const found = useFoundPanel(props.json, props.panelId);
  if (found === undefined) {
    return (
      <Empty title="There is no such panel on this dashboard">
        <Button variant="default" onClick={props.onClose}>
          Back to the dashboard
        </Button>
      </Empty>
    );
  }
  return <FoundPanelEditor {...props} found={found} />;
}

interface FoundPanelEditorProps extends PanelEditorProps {
  readonly found: FoundPanel;
}

function FoundPanelEditor(props: FoundPanelEditorProps): ReactElement {
  const { found, onClose } = props;
  const { ref: body, width, height } = useElementSize();
  const edited = useEditedPanel(found, props, width);
  const { edit, opened } = edited;
  const locked = lockedWhy(edit);
  const { panel, change, name } = edit;
  const isChanged = useMemo(() => !isSameJson(panel, opened), [panel, opened]);
  return (
    <PanelEditContext value={edit}>
      <div className="nx-pe" role="region" aria-label={`Editor of ${name}`}>
        <header className="nx-pe-bar">
          <Button
            size="compact-sm"
            variant="subtle"
            color="gray"
            leftSection={<Icon name="back" size={14} />}
            onClick={onClose}
          >
            Dashboard
          </Button>
          <h2>Edit {name}</h2>
          <Button
            size="compact-sm"
            variant="default"
            disabled={!isChanged}
            onClick={() => change(opened, `All changes of ${name} taken back`)}
          >
            Take back all
          </Button>
          <Button size="compact-sm" onClick={onClose}>
            Apply
          </Button>
        </header>
        <div className="nx-pe-left">
          <PanelPreview edited={edited} body={body} size={{ width, height }} />
          <DataTabs locked={locked} />
        </div>
        <aside className="nx-pe-right" aria-label="Options">
          {locked !== undefined && <OldPanelNotice why={locked} />}
          <OptionTabs locked={locked} />
        </aside>
      </div>
    </PanelEditContext>
  );
}

function lockedWhy({ panel }: PanelEdit): LockedWhy | undefined {
  if (isObject(panel['libraryPanel'])) return 'library';
  return isOldPanel(panel) ? 'old' : undefined;
}

/** What is asked, and what becomes of it. */
function DataTabs({ locked }: LockedProps): ReactElement {
  const edit = usePanelEdit();
  const shown = useShownEdit(locked);
  return (
    <Tabs defaultValue="queries" keepMounted={false} className="nx-pe-tabs">
      <Tabs.List aria-label="Data of the panel">
        <Tabs.Tab value="queries">
          Queries <Count count={queriesOf(edit.panel).length} />
        </Tabs.Tab>
        <Tabs.Tab value="transformations">
          Transformations <Count count={listAt(shown.panel, transformationsPath).length} />
        </Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="queries">
        <fieldset className="nx-pe-fieldset" disabled={locked === 'library'}>
          <QueriesEditor />
        </fieldset>
      </Tabs.Panel>
      <Tabs.Panel value="transformations">
        <PanelEditContext value={shown}>
          <fieldset className="nx-pe-fieldset" disabled={locked !== undefined}>
            <TransformationsEditor />
          </fieldset>
        </PanelEditContext>
      </Tabs.Panel>
    </Tabs>
  );
}

/** What the panel is and how it is drawn, for all of its fields or for some. */
function OptionTabs({ locked }: LockedProps): ReactElement {
  const shown = useShownEdit(locked);
  return (
    <>
      <fieldset className="nx-pe-fieldset" disabled={locked !== undefined}>
        <KindGallery />
      </fieldset>
      <Tabs defaultValue="options" keepMounted={false} className="nx-pe-tabs">
        <Tabs.List aria-label="Options of the panel" grow>
          <Tabs.Tab value="options">Options</Tabs.Tab>
          <Tabs.Tab value="overrides">
            Overrides <Count count={overridesOf(shown.panel).length} />
          </Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="options">
          <OptionsPane shown={shown} isReadOnly={locked !== undefined} />
        </Tabs.Panel>
        <Tabs.Panel value="overrides">
          <PanelEditContext value={shown}>
            <fieldset className="nx-pe-fieldset" disabled={locked !== undefined}>
              <OverridesEditor />
            </fieldset>
          </PanelEditContext>
        </Tabs.Panel>
      </Tabs>
    </>
  );
}

interface LockedProps {
  readonly locked: LockedWhy | undefined;
}

/** A panel whose options are only shown says them in today's words; nothing of it is changed. */
function useShownEdit(locked: LockedWhy | undefined): PanelEdit {
  const edit = usePanelEdit();
  const { panel, view } = edit;
  const shown = useMemo(() => {
    if (locked === undefined) return undefined;
    return locked === 'library' ? view.source : rewritePanel(panel).panel;
  }, [locked, panel, view]);
  return shown === undefined ? edit : { ...edit, panel: shown, change: () => undefined };
}

function Count({ count }: { readonly count: number }): ReactElement | null {
  return count === 0 ? null : <span className="nx-pe-count">{count}</span>;
}
