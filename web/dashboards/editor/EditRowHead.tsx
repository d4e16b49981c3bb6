import { Button, Menu, Modal, Select, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import {
  canMoveRow,
  interpolate,
  type Layout,
  type LayoutRow,
  moveRow,
  removeRow,
  rowTitle,
  setRowCollapsed,
  setRowHead,
} from '#dashboards';
import { Icon } from '../../components/Icon.tsx';
import { IconButton } from '../../components/IconButton.tsx';
import type { DashboardScope } from '../dashboard-scope.ts';
import { changeLayout } from './layout-actions.ts';
import { useEdited } from './use-edited-dashboard.ts';

interface EditRowHeadProps {
  readonly row: LayoutRow;
  readonly layout: Layout;
  readonly scope: DashboardScope;
}

/** A row's title, and what can be done with the row. */
export function EditRowHead({ row, layout, scope }: EditRowHeadProps): ReactElement {
  const edited = useEdited();
  const [isNaming, setNaming] = useState(false);
  const format = { format: 'text', timeZone: scope.time.zone } as const;
  const title = interpolate(rowTitle(row.head), scope.values, {}, format) || 'Row';
  const { id, isCollapsed } = row;
  const count = row.panels.length;
  const change = (what: string, edit: (layout: Layout) => Layout): void =>
    changeLayout(edited, `${what} row “${title}”`, edit);
  return (
    <div className="nx-edit-row">
      <h2 className="nx-dash-row-title">
        <button
          type="button"
          aria-expanded={!isCollapsed}
          onClick={() =>
            change(isCollapsed ? 'Opened' : 'Closed', (all) =>
              setRowCollapsed(all, id, !isCollapsed),
            )
          }
        >
          <Icon name={isCollapsed ? 'chevronRight' : 'chevronDown'} size={16} />
          {title}
          {isCollapsed && (
            <span className="nx-quiet">
              {count} {count === 1 ? 'panel' : 'panels'}
            </span>
          )}
        </button>
      </h2>
      <IconButton
        icon="chevronUp"
        label={`Move row ${title} up`}
        disabled={!canMoveRow(layout, id, 'up')}
        onClick={() => change('Moved', (all) => moveRow(all, id, 'up'))}
      />
      <IconButton
        icon="chevronDown"
        label={`Move row ${title} down`}
        disabled={!canMoveRow(layout, id, 'down')}
        onClick={() => change('Moved', (all) => moveRow(all, id, 'down'))}
      />
      <RowMenu
        title={title}
        hasPanels={count > 0}
        onName={() => setNaming(true)}
        onRemove={(keeps) => change('Removed', (all) => removeRow(all, id, keeps))}
      />
      {isNaming && (
        <RowDialog
          row={row}
          variables={scope.dashboard.variables.map(({ name }) => name)}
          onClose={() => setNaming(false)}
          onChange={(head) => change('Changed', (all) => setRowHead(all, id, head))}
        />
      )}
    </div>
  );
}

interface RowMenuProps {
  readonly title: string;
  readonly hasPanels: boolean;
  readonly onName: () => void;
  readonly onRemove: (keepsPanels: boolean) => void;
}

function RowMenu({ title, hasPanels, onName, onRemove }: RowMenuProps): ReactElement {
  return (
    <Menu position="bottom-end" shadow="md" width={220} keepMounted={false}>
      <Menu.Target>
        <RowMenuButton title={title} />
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item leftSection={<Icon name="edit" size={15} />} onClick={onName}>
          Title and repeat
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="trash" size={15} />} onClick={() => onRemove(true)}>
          Remove the row only
        </Menu.Item>
        {hasPanels && (
          <Menu.Item
            leftSection={<Icon name="trash" size={15} />}
            color="var(--nx-bad)"
            onClick={() => onRemove(false)}
          >
            Remove with its panels
          </Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

function RowMenuButton({ title, ...props }: { readonly title: string }): ReactElement {
  return <IconButton {...props} icon="more" label={`Menu of row ${title}`} />;
}

interface RowDialogProps {
  readonly row: LayoutRow;
  readonly variables: readonly string[];
  readonly onClose: () => void;
  readonly onChange: (head: { readonly title: string; readonly repeat: string }) => void;
}

function RowDialog({ row, variables, onClose, onChange }: RowDialogProps): ReactElement {
  const [title, setTitle] = useState(rowTitle(row.head));
  const before = row.head?.['repeat'];
  const [repeat, setRepeat] = useState(typeof before === 'string' ? before : '');
  return (
    <Modal opened onClose={onClose} title="Row" size="sm">
      <form
        className="nx-import"
        onSubmit={(event) => {
          event.preventDefault();
          onChange({ title, repeat });
          onClose();
        }}
      >
        <TextInput
          label="Title"
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
          data-autofocus
        />
        <Select
          label="Repeat for each value of"
          placeholder="Not repeated"
          data={[...new Set([...variables, ...(repeat === '' ? [] : [repeat])])]}
          value={repeat === '' ? null : repeat}
          onChange={(name) => setRepeat(name ?? '')}
          clearable
          clearButtonProps={{ 'aria-label': 'Do not repeat' }}
          disabled={variables.length === 0 && repeat === ''}
          description={variables.length === 0 ? 'There are no variables yet.' : undefined}
        />
        <div className="nx-import-actions">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit">Apply</Button>
        </div>
      </form>
    </Modal>
  );
}
