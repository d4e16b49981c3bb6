import { Button, NativeSelect, Switch, TagsInput, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import {
  addItem,
  duplicateItem,
  isList,
  isObject,
  type JsonObject,
  listAt,
  moveItemTo,
  removeItem,
} from '#dashboards';
import { Icon } from '../../../components/Icon.tsx';
import { OrderedItems } from './OrderedItems.tsx';
import { itemEdit, textOf, useSettingsEdit } from './settings-edit.ts';
import { placeAfterMove, useOpenItem } from './use-open-item.ts';

const PATH = ['links'];

const NEW_LINK: JsonObject = {
  asDropdown: false,
  icon: 'external link',
  includeVars: false,
  keepTime: false,
  tags: [],
  targetBlank: false,
  title: 'New link',
  tooltip: '',
  type: 'link',
  url: '',
};

/** Links on the dashboard’s bar: to a page, or to all dashboards with some tags. */
export function LinksSettings(): ReactElement {
  const { json, change } = useSettingsEdit();
  const [open, setOpen] = useOpenItem();
  const items = listAt(json, PATH).map((item) => (isObject(item) ? item : {}));
  const shown = open === undefined ? undefined : items[open];
  return (
    <>
      <OrderedItems
        label="Links"
        items={items.map((item) => ({
          name: textOf(item['title']) || '(no title)',
          kind: item['type'] === 'dashboards' ? 'dashboards' : 'page',
          detail: item['type'] === 'dashboards' ? tagsOf(item).join(', ') : textOf(item['url']),
          marks: null,
        }))}
        open={open}
        onOpen={setOpen}
        onMove={(from, to) => {
          change(moveItemTo(json, PATH, { from, to }), 'Order of links');
          if (open !== undefined) setOpen(placeAfterMove(open, from, to));
        }}
        onDuplicate={(index) => {
          change(duplicateItem(json, PATH, index), 'Second link');
          setOpen(index + 1);
        }}
        onRemove={(index) => {
          change(removeItem(json, PATH, index), 'Removal of a link');
          setOpen(undefined);
        }}
      >
        {shown !== undefined && open !== undefined && (
          <LinkForm key={open} index={open} item={shown} />
        )}
      </OrderedItems>
      <Button
        className="nx-settings-add"
        variant="default"
        leftSection={<Icon name="add" size={16} />}
        onClick={() => {
          change(addItem(json, PATH, NEW_LINK), 'New link');
          setOpen(items.length);
        }}
      >
        Add a link
      </Button>
    </>
  );
}

function tagsOf(item: JsonObject): string[] {
  const { tags } = item;
  return isList(tags) ? tags.filter((tag) => typeof tag === 'string') : [];
}

interface LinkFormProps {
  readonly index: number;
  readonly item: JsonObject;
}

function LinkForm({ index, item }: LinkFormProps): ReactElement {
  const settings = useSettingsEdit();
  const name = `link “${textOf(item['title'])}”`;
  const { set } = itemEdit(settings, [...PATH, index], { item, name });
  const isList = item['type'] === 'dashboards';
  const text = (key: string, label: string, placeholder = ''): ReactElement => (
    <TextInput
      label={label}
      placeholder={placeholder}
      value={textOf(item[key])}
      onChange={(event) => set(key, event.currentTarget.value, label)}
    />
  );
  const flag = (key: string, label: string): ReactElement => (
    <Switch
      label={label}
      checked={item[key] === true}
      onChange={(event) => set(key, event.currentTarget.checked, label)}
    />
  );
  return (
    <>
      <div className="nx-settings-row">
        {text('title', 'Title')}
        <NativeSelect
          label="Leads to"
          value={isList ? 'dashboards' : 'link'}
          onChange={(event) => set('type', event.currentTarget.value, 'Kind')}
          data={[
            { value: 'link', label: 'A page' },
            { value: 'dashboards', label: 'Dashboards with tags' },
          ]}
        />
        {isList ? (
          <TagsInput
            label="Tags (all of them)"
            value={tagsOf(item)}
            onChange={(tags) => set('tags', tags, 'Tags')}
          />
        ) : (
          <>
            {text('url', 'Address', 'https://… or /d/…')}
            {text('tooltip', 'Tooltip')}
          </>
        )}
      </div>
      <div className="nx-settings-switches">
        {isList && flag('asDropdown', 'As a menu')}
        {flag('keepTime', 'With the time')}
        {flag('includeVars', 'With the variables')}
        {flag('targetBlank', 'In a new tab')}
      </div>
    </>
  );
}
