import { Button, Menu } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { Icon, type IconName } from '../../components/Icon.tsx';
import { readCopiedPanel } from './copied-panel.ts';
import { useAddToDashboard } from './use-add-to-dashboard.ts';

/** What can be added. What a panel shows is chosen in its editor, which opens. */
export function AddMenu(): ReactElement {
  const add = useAddToDashboard();
  const [copied, setCopied] = useState(readCopiedPanel);
  return (
    <Menu
      position="bottom-end"
      shadow="md"
      width={220}
      keepMounted={false}
      onOpen={() => setCopied(readCopiedPanel())}
    >
      <Menu.Target>
        <Button size="compact-sm" variant="default" leftSection={<Icon name="add" size={15} />}>
          Add
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Item icon="graph" name="Panel" onClick={() => add.panel('timeseries')} />
        <Item icon="file" name="Text" onClick={() => add.panel('text')} />
        <Item icon="minus" name="Row" onClick={add.row} />
        {copied !== undefined && (
          <Item icon="copy" name={`Copied: ${titleOf(copied.json)}`} onClick={add.copied} />
        )}
        <Menu.Divider />
        <Menu.Label>Panel that shows</Menu.Label>
        {KINDS.map(([type, name]) => (
          <Menu.Item key={type} onClick={() => add.panel(type)}>
            {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** The rest of what `Panel` can become, in the order of how often dashboards have it. */
const KINDS: readonly (readonly [type: string, name: string])[] = [
  ['stat', 'Stat'],
  ['gauge', 'Gauge'],
  ['bargauge', 'Bar gauge'],
  ['table', 'Table'],
  ['piechart', 'Pie'],
  ['barchart', 'Bar chart'],
  ['heatmap', 'Heatmap'],
  ['histogram', 'Histogram'],
  ['state-timeline', 'State timeline'],
  ['status-history', 'Status history'],
  ['dashlist', 'Dashboard list'],
  ['alertlist', 'Alert list'],
];

function titleOf({ title }: { readonly [key: string]: unknown }): string {
  return typeof title === 'string' && title !== '' ? title : 'panel';
}

interface ItemProps {
  readonly icon: IconName;
  readonly name: string;
  readonly onClick: () => void;
}

function Item({ icon, name, onClick }: ItemProps): ReactElement {
  return (
    <Menu.Item leftSection={<Icon name={icon} size={15} />} onClick={onClick}>
      {name}
    </Menu.Item>
  );
}
