import { Menu } from '@mantine/core';
import { type ReactElement, useContext } from 'react';
import { Icon, type IconName } from '../../components/Icon.tsx';
import { useScope } from '../dashboard-scope.ts';
import { printPageParams } from '../page-params.ts';
import { EditContext } from './use-edited-dashboard.ts';

type LayoutActions = typeof import('./layout-actions.ts');

function act(action: (actions: LayoutActions) => void): void {
  void import('./layout-actions.ts').then(action);
}

/** Of a panel's menu, what changes it. Nothing where the dashboard is only shown. */
export function EditPanelItems({ panelId }: { readonly panelId: number }): ReactElement | null {
  const edited = useContext(EditContext);
  const { params, change } = useScope();
  if (edited === undefined) return null;
  const edit = (): void =>
    change((search) => printPageParams(search, { editPanel: panelId, viewPanel: '' }), 'push');
  return (
    <>
      <Item icon="edit" name="Edit" keys="e" onClick={edit} />
      <Item
        icon="copy"
        name="Copy panel"
        onClick={() => act(({ copy }) => copy(edited, panelId))}
      />
      {params.isEditing && (
        <>
          <Item
            icon="duplicate"
            name="Duplicate"
            onClick={() => act(({ duplicate }) => duplicate(edited, panelId))}
          />
          <Item
            icon="chevronUp"
            name="Move up"
            onClick={() => act(({ swap }) => swap(edited, panelId, 'up'))}
          />
          <Item
            icon="chevronDown"
            name="Move down"
            onClick={() => act(({ swap }) => swap(edited, panelId, 'down'))}
          />
          <Item
            icon="trash"
            name="Remove"
            onClick={() => act(({ remove }) => remove(edited, panelId))}
          />
        </>
      )}
    </>
  );
}

interface ItemProps {
  readonly icon: IconName;
  readonly name: string;
  readonly keys?: string;
  readonly onClick: () => void;
}

function Item({ icon, name, keys, onClick }: ItemProps): ReactElement {
  return (
    <Menu.Item
      leftSection={<Icon name={icon} size={15} />}
      rightSection={keys}
      {...(icon === 'trash' && { color: 'var(--nx-bad)' })}
      onClick={onClick}
    >
      {name}
    </Menu.Item>
  );
}
