import { Button, Menu } from '@mantine/core';
import { type ReactElement, useMemo } from 'react';
import {
  addVariable,
  duplicateVariable,
  isObject,
  type JsonObject,
  listAt,
  moveItemTo,
  readVariableItem,
  removeItem,
  VARIABLES_PATH,
  variableUses,
  type VariableKind,
} from '#dashboards';
import { Empty } from '../../../components/Empty.tsx';
import { Icon } from '../../../components/Icon.tsx';
import { Notice } from '../../../components/Notice.tsx';
import { type OrderedItem, OrderedItems } from './OrderedItems.tsx';
import { textOf, useSettingsEdit } from './settings-edit.ts';
import { placeAfterMove, useOpenItem } from './use-open-item.ts';
import { VariableForm } from './VariableForm.tsx';
import { KIND_WORDS } from './variable-words.ts';

/** The variables of the dashboard in their order, and who names them. */
export function VariablesSettings(): ReactElement {
  const { json, change } = useSettingsEdit();
  const [open, setOpen] = useOpenItem();
  const { uses, unknown } = useMemo(() => variableUses(json), [json]);
  const items = listAt(json, VARIABLES_PATH).map((item) => (isObject(item) ? item : {}));
  const nameAt = (index: number): string => textOf(items[index]?.['name']);
  const add = (kind: VariableKind, name?: string): void => {
    change(addVariable(json, kind, name), 'New variable');
    setOpen(items.length);
  };
  const shown = open === undefined ? undefined : items[open];
  return (
    <>
      <UnknownNames unknown={unknown} onAdd={(name) => add('query', name)} />
      {items.length === 0 && (
        <Empty title="No variables: nothing can be chosen on this dashboard" />
      )}
      <OrderedItems
        label="Variables"
        items={items.map((item) => listed(item, uses))}
        open={open}
        onOpen={setOpen}
        onMove={(from, to) => {
          change(moveItemTo(json, VARIABLES_PATH, { from, to }), 'Order of variables');
          if (open !== undefined) setOpen(placeAfterMove(open, from, to));
        }}
        onDuplicate={(index) => {
          change(duplicateVariable(json, index), `Second variable ${nameAt(index)}`);
          setOpen(index + 1);
        }}
        onRemove={(index) => {
          change(removeItem(json, VARIABLES_PATH, index), `Removal of variable ${nameAt(index)}`);
          setOpen(undefined);
        }}
      >
        {shown !== undefined && open !== undefined && (
          <VariableForm
            key={open}
            index={open}
            item={shown}
            places={uses.get(textOf(shown['name'])) ?? []}
          />
        )}
      </OrderedItems>
      <NewVariable onAdd={add} />
    </>
  );
}

function listed(item: JsonObject, uses: ReadonlyMap<string, readonly string[]>): OrderedItem {
  const variable = readVariableItem(item);
  const name = textOf(item['name']);
  const count = uses.get(name)?.length ?? 0;
  const isApplied = variable?.kind === 'adhoc';
  return {
    name: name === '' ? '(no name)' : name,
    kind: variable === undefined ? 'cannot be read' : KIND_WORDS[variable.kind],
    detail: isApplied ? '' : (variable?.query ?? ''),
    marks: isApplied ? null : count === 0 ? (
      <span className="nx-settings-unused">unused</span>
    ) : (
      <span className="nx-quiet">{count === 1 ? 'used once' : `used ${count} times`}</span>
    ),
  };
}

const UNKNOWN_MAX = 10;

interface UnknownNamesProps {
  readonly unknown: ReadonlyMap<string, readonly string[]>;
  readonly onAdd: (name: string) => void;
}

function UnknownNames({ unknown, onAdd }: UnknownNamesProps): ReactElement | null {
  if (unknown.size === 0) return null;
  const shown = [...unknown].slice(0, UNKNOWN_MAX);
  return (
    <Notice kind="warning" title="Named, but there are no such variables">
      <ul className="nx-settings-unknown">
        {shown.map(([name, places]) => (
          <li key={name}>
            <code>${name}</code> <span>{places.slice(0, 3).join(', ')}</span>
            {places.length > 3 && <span className="nx-quiet"> and {places.length - 3} more</span>}
            <Button size="compact-xs" variant="subtle" onClick={() => onAdd(name)}>
              Add {name}
            </Button>
          </li>
        ))}
      </ul>
      {unknown.size > UNKNOWN_MAX && <p>and {unknown.size - UNKNOWN_MAX} more</p>}
    </Notice>
  );
}

function NewVariable({ onAdd }: { readonly onAdd: (kind: VariableKind) => void }): ReactElement {
  return (
    <Menu position="bottom-start" shadow="md">
      <Menu.Target>
        <Button
          className="nx-settings-add"
          variant="default"
          leftSection={<Icon name="add" size={16} />}
        >
          Add a variable
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(Object.keys(KIND_WORDS) as VariableKind[]).map((kind) => (
          <Menu.Item key={kind} onClick={() => onAdd(kind)}>
            {KIND_WORDS[kind]}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
