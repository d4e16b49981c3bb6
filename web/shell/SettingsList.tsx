import { Switch } from '@mantine/core';
import type { ReactElement } from 'react';
import { zoneName } from '../format/times.ts';
import { changeSettings, type Settings, useSettings } from '../settings/settings.ts';

interface SettingEntry {
  readonly name: keyof Settings;
  readonly title: string;
  readonly detail?: string;
}

const GROUPS: readonly { readonly title: string; readonly entries: readonly SettingEntry[] }[] = [
  {
    title: 'Time',
    entries: [
      { name: 'localTime', title: 'Local time', detail: `${zoneName('local')}, instead of UTC` },
    ],
  },
  {
    title: 'Query editor',
    entries: [
      { name: 'autocomplete', title: 'Completion' },
      { name: 'highlighting', title: 'Highlighting' },
      { name: 'linter', title: 'Mark mistakes' },
      { name: 'queryHistory', title: 'Remember queries', detail: 'in this browser' },
    ],
  },
  {
    title: 'Query result',
    entries: [
      { name: 'warnings', title: 'Warnings' },
      { name: 'infos', title: 'Information' },
      { name: 'events', title: 'Events', detail: 'of containers, on their graphs' },
    ],
  },
];

export function SettingsList(): ReactElement {
  const settings = useSettings();
  return (
    <div className="nx-settings">
      {GROUPS.map((group) => (
        <fieldset key={group.title}>
          <legend>{group.title}</legend>
          {group.entries.map(({ name, title, detail }) => (
            <Switch
              key={name}
              size="sm"
              label={title}
              description={detail}
              checked={settings[name]}
              onChange={(event) => changeSettings({ [name]: event.currentTarget.checked })}
            />
          ))}
        </fieldset>
      ))}
    </div>
  );
}
