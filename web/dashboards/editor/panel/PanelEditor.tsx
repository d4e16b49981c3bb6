import { Button, Textarea } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { findPanel, type JsonObject, panelName, replacePanel } from '#dashboards';
import { Empty } from '../../../components/Empty.tsx';
import type { PanelEditorProps } from '../editor-props.ts';

/** The panel's JSON. */
export function PanelEditor({ json, panelId, onChange, onClose }: PanelEditorProps): ReactElement {
  const found = findPanel(json, panelId);
  const [text, setText] = useState(() => JSON.stringify(found?.json, undefined, 2));
  const [fault, setFault] = useState<string | undefined>(undefined);
  if (found === undefined) return <Empty title="There is no such panel on this dashboard" />;
  const name = panelName(json, panelId);
  const edit = (next: string): void => {
    setText(next);
    try {
      onChange(replacePanel(json, panelId, JSON.parse(next) as JsonObject), `JSON of ${name}`);
      setFault(undefined);
    } catch (error) {
      setFault(String(error));
    }
  };
  return (
    <section aria-label={`Edit ${name}`}>
      <Button onClick={onClose}>Back to the dashboard</Button>
      <Textarea
        label={`JSON of ${name}`}
        value={text}
        onChange={(event) => edit(event.currentTarget.value)}
        error={fault}
        autosize
        maxRows={30}
        classNames={{ input: 'nx-code-input' }}
      />
    </section>
  );
}
