import { Button, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { withJsonAt } from '#dashboards';
import type { DashboardSettingsProps } from '../editor-props.ts';

/** The dashboard's title. */
export function DashboardSettings({
  json,
  onChange,
  onClose,
}: DashboardSettingsProps): ReactElement {
  const title = json['title'];
  return (
    <section aria-label="Settings of the dashboard">
      <Button onClick={onClose}>Back to the dashboard</Button>
      <TextInput
        label="Title"
        value={typeof title === 'string' ? title : ''}
        onChange={(event) =>
          onChange(withJsonAt(json, ['title'], event.currentTarget.value), 'Title of the dashboard')
        }
      />
    </section>
  );
}
