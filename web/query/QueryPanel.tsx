import { Button, Tabs } from '@mantine/core';
import { lazy, type ReactElement, Suspense, useRef, useState } from 'react';
import { Icon } from '../components/Icon.tsx';
import type { EditorHandle } from './editor/Editor.tsx';
import { GraphView } from './graph/GraphView.tsx';
import { MetricList } from './MetricList.tsx';
import { ExplainView } from './explain/ExplainView.tsx';
import type { PanelState, PanelTab } from './panel-state.ts';
import { PanelMenu } from './PanelMenu.tsx';
import { RefreshSelect } from './RefreshSelect.tsx';
import { rememberQuery } from './query-history.ts';
import { useSettings } from '../settings/settings.ts';
import { Suggestions } from './Suggestions.tsx';
import { TableView } from './table/TableView.tsx';

const Editor = lazy(async () => ({ default: (await import('./editor/Editor.tsx')).Editor }));

export interface QueryPanelProps {
  /** From 1; names the panel for those who cannot see where it is. */
  readonly number: number;
  readonly state: PanelState;
  readonly autoFocus: boolean;
  readonly onChange: (change: Partial<PanelState>) => void;
  readonly onDuplicate: () => void;
  /** Undefined where it is the last one. */
  readonly onRemove: (() => void) | undefined;
}

export function QueryPanel(props: QueryPanelProps): ReactElement {
  const { number, state, autoFocus, onChange } = props;
  const { queryHistory } = useSettings();
  const draft = useDraft(state.expr);
  const [run, setRun] = useState(0);
  const [isListOpen, setListOpen] = useState(false);
  const editor = useRef<EditorHandle>(null);
  const execute = (expr = draft.text): void => {
    if (queryHistory) rememberQuery(expr);
    if (expr === state.expr) setRun(run + 1);
    else onChange({ expr });
  };
  const insert = (name: string): void => {
    setListOpen(false);
    // One chosen metric takes the place of another; into a longer text it goes at the cursor.
    if (/^\s*[\w:]*\s*$/.test(draft.text)) draft.setText(name);
    else if (editor.current === null) draft.setText(`${draft.text}${name}`);
    else editor.current.insert(name);
    // After the dialog has given the focus back.
    window.setTimeout(() => editor.current?.focus(), 60);
  };
  return (
    <section className="nx-panel" aria-label={`Query ${number}`}>
      <div className="nx-panel-bar">
        <Suspense fallback={<EditorOutline text={draft.text} onChange={draft.setText} />}>
          <Editor
            ref={editor}
            value={draft.text}
            onChange={draft.setText}
            onExecute={() => execute()}
            autoFocus={autoFocus}
          />
        </Suspense>
        <div className="nx-panel-actions">
          <Button
            variant="default"
            leftSection={<Icon name="list" />}
            aria-haspopup="dialog"
            data-shortcut="metrics"
            onClick={() => setListOpen(true)}
          >
            Metrics
          </Button>
          <Button leftSection={<Icon name="play" size={15} />} onClick={() => execute()}>
            Execute
          </Button>
          <PanelMenu {...props} draft={draft.text} onFormatted={draft.setText} />
        </div>
      </div>
      <MetricList isOpen={isListOpen} onClose={() => setListOpen(false)} onChoose={insert} />
      {state.expr.trim() === '' ? (
        <Suggestions
          onChoose={(expr) => {
            draft.setText(expr);
            execute(expr);
          }}
        />
      ) : (
        <PanelTabs state={state} run={run} onChange={onChange} />
      )}
    </section>
  );
}

/** What is being typed; a new query from outside (back, a link) replaces it. */
function useDraft(expr: string): { text: string; setText: (text: string) => void } {
  const [text, setText] = useState(expr);
  const [seenExpr, setSeenExpr] = useState(expr);
  if (seenExpr !== expr) {
    setSeenExpr(expr);
    setText(expr);
  }
  return { text, setText };
}

interface EditorOutlineProps {
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** Holds the editor's place until it is loaded, and takes what is typed meanwhile. */
function EditorOutline({ text, onChange }: EditorOutlineProps): ReactElement {
  return (
    <textarea
      className="nx-editor nx-editor-outline"
      aria-label="PromQL expression"
      rows={1}
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

interface PanelTabsProps {
  readonly state: PanelState;
  readonly run: number;
  readonly onChange: (change: Partial<PanelState>) => void;
}

function PanelTabs({ state, run, onChange }: PanelTabsProps): ReactElement {
  return (
    <Tabs value={state.tab} onChange={(tab) => onChange({ tab: tabOf(tab) })} keepMounted={false}>
      <div className="nx-panel-tabs">
        <Tabs.List>
          <Tabs.Tab value="table" leftSection={<Icon name="table" size={16} />}>
            Table
          </Tabs.Tab>
          <Tabs.Tab value="graph" leftSection={<Icon name="graph" size={16} />}>
            Graph
          </Tabs.Tab>
          <Tabs.Tab value="explain" leftSection={<Icon name="tree" size={16} />}>
            Explain
          </Tabs.Tab>
        </Tabs.List>
        <RefreshSelect state={state} onChange={onChange} />
      </div>
      <Tabs.Panel value="table">
        <TableView state={state} run={run} onChange={onChange} />
      </Tabs.Panel>
      <Tabs.Panel value="graph">
        <GraphView state={state} run={run} onChange={onChange} />
      </Tabs.Panel>
      <Tabs.Panel value="explain">
        <ExplainView state={state} run={run} onChange={onChange} />
      </Tabs.Panel>
    </Tabs>
  );
}

function tabOf(value: string | null): PanelTab {
  return value === 'graph' || value === 'explain' ? value : 'table';
}
