import { Button, MultiSelect, NativeSelect, Switch, TagsInput, TextInput } from '@mantine/core';
import { type ReactElement, useContext, useMemo } from 'react';
import {
  addAnnotation,
  ANNOTATIONS_PATH,
  type AnnotationQuery,
  duplicateItem,
  isBuiltInAnnotation,
  isObject,
  type JsonObject,
  listAt,
  moveItemTo,
  parseInterval,
  readDashboard,
  removeItem,
  withAnnotationPanels,
  withAnnotationQuery,
  withContainerEvents,
  withJsonAt,
} from '#dashboards';
import { Icon } from '../../../components/Icon.tsx';
import { ScopeContext } from '../../dashboard-scope.ts';
import { ColourField } from '../panel/controls/ColourField.tsx';
import { OrderedItems } from './OrderedItems.tsx';
import { QueryField } from './QueryField.tsx';
import { type ItemEdit, itemEdit, textOf, useSettingsEdit } from './settings-edit.ts';
import { SettledText } from './SettledText.tsx';
import { placeAfterMove, useOpenItem } from './use-open-item.ts';

function readItem(item: JsonObject): AnnotationQuery | undefined {
  return readDashboard({ panels: [], annotations: { list: [item] } }).annotations[0];
}

/** What is marked on graphs: what queries find, and what happened to containers. */
export function AnnotationsSettings(): ReactElement {
  const { json, change } = useSettingsEdit();
  const [open, setOpen] = useOpenItem();
  const items = listAt(json, ANNOTATIONS_PATH).map((item) => (isObject(item) ? item : {}));
  const hasEvents = items.some((item) => isBuiltInAnnotation(item) && item['enable'] !== false);
  const add = (kind: 'query' | 'events'): void => {
    change(addAnnotation(json, kind), 'New annotation');
    setOpen(items.length);
  };
  const shown = open === undefined ? undefined : items[open];
  return (
    <>
      <Switch
        label="Events of containers are marked"
        checked={hasEvents}
        onChange={(event) =>
          change(withContainerEvents(json, event.currentTarget.checked), 'Events of containers')
        }
      />
      <OrderedItems
        label="Annotations"
        items={items.map((item) => ({
          name: textOf(item['name']) || '(no name)',
          kind: kindOf(item),
          detail: readItem(item)?.expr ?? '',
          marks: item['enable'] === false && <span className="nx-quiet">off</span>,
        }))}
        open={open}
        onOpen={setOpen}
        onMove={(from, to) => {
          change(moveItemTo(json, ANNOTATIONS_PATH, { from, to }), 'Order of annotations');
          if (open !== undefined) setOpen(placeAfterMove(open, from, to));
        }}
        onDuplicate={(index) => {
          change(duplicateItem(json, ANNOTATIONS_PATH, index), 'Second annotation');
          setOpen(index + 1);
        }}
        onRemove={(index) => {
          change(removeItem(json, ANNOTATIONS_PATH, index), 'Removal of an annotation');
          setOpen(undefined);
        }}
      >
        {shown !== undefined && open !== undefined && (
          <AnnotationForm key={open} index={open} item={shown} />
        )}
      </OrderedItems>
      <div className="nx-settings-adds">
        <Button
          variant="default"
          leftSection={<Icon name="add" size={16} />}
          onClick={() => add('query')}
        >
          Add a query
        </Button>
        <Button variant="subtle" onClick={() => add('events')}>
          Add events with tags
        </Button>
      </div>
    </>
  );
}

function kindOf(item: JsonObject): string {
  if (isBuiltInAnnotation(item)) return 'events of containers';
  return readItem(item)?.expr === '' ? 'events with tags' : 'query';
}

interface AnnotationFormProps {
  readonly index: number;
  readonly item: JsonObject;
}

function AnnotationForm({ index, item }: AnnotationFormProps): ReactElement {
  const settings = useSettingsEdit();
  const name = textOf(item['name']);
  const path = [...ANNOTATIONS_PATH, index];
  const edit = itemEdit(settings, path, { item, name: `annotation “${name}”` });
  const isDark = useContext(ScopeContext)?.isDark === true;
  const isQuery = kindOf(item) === 'query';
  return (
    <>
      <div className="nx-settings-row">
        <TextInput
          label="Name"
          value={name}
          onChange={(event) => edit.set('name', event.currentTarget.value, 'Name')}
        />
        {isQuery && (
          <div className="nx-settings-narrow">
            <span className="nx-settings-label">Colour</span>
            <ColourField
              label="Colour"
              value={textOf(item['iconColor'])}
              isDark={isDark}
              onChange={(colour) => edit.set('iconColor', colour, 'Colour')}
            />
          </div>
        )}
      </div>
      <div className="nx-settings-switches">
        <Switch
          label="On when the dashboard opens"
          checked={item['enable'] !== false}
          onChange={(event) => edit.set('enable', event.currentTarget.checked, 'Switch')}
        />
        <Switch
          label="Its switch is shown"
          checked={item['hide'] !== true}
          onChange={(event) => edit.set('hide', !event.currentTarget.checked, 'Hiding')}
        />
      </div>
      {isQuery && <QueryFields item={item} edit={edit} />}
      {kindOf(item) === 'events with tags' && <TagFields item={item} edit={edit} />}
      <PanelFields item={item} edit={edit} />
      {isQuery && <Found name={name} />}
    </>
  );
}

interface FieldsProps {
  readonly item: JsonObject;
  readonly edit: ItemEdit;
}

function QueryFields({ item, edit }: FieldsProps): ReactElement {
  const query = readItem(item);
  const target = isObject(item['target']) ? item['target'] : {};
  const format = (key: 'titleFormat' | 'textFormat' | 'tagKeys', label: string, hint: string) => (
    <SettledText
      label={label}
      placeholder={hint}
      value={textOf(item[key])}
      onSettle={(text) => edit.set(key, text, label)}
    />
  );
  return (
    <>
      <QueryField
        label="PromQL"
        description="A mark stands where it is above zero, for as long as it stays so"
        value={query?.expr ?? ''}
        onSettle={(text) => edit.replace(withAnnotationQuery(item, 'expr', text), 'Query')}
      />
      <div className="nx-settings-row">
        {format('titleFormat', 'Title', '{{alertname}}')}
        {format('textFormat', 'Text', '{{instance}} of {{job}}')}
        {format('tagKeys', 'Labels shown as tags', 'job,instance')}
        <SettledText
          label="Step"
          placeholder="60s"
          value={query?.step ?? (textOf(target['interval']) || textOf(item['step']))}
          problemOf={(text) =>
            text === '' || text.includes('$') || parseInterval(text) !== undefined
              ? ''
              : 'Something like 30s'
          }
          onSettle={(text) => edit.replace(withAnnotationQuery(item, 'step', text), 'Step')}
        />
        <Switch
          label="Its values are the times, in milliseconds"
          checked={query?.usesValueForTime === true}
          onChange={(event) =>
            edit.set('useValueForTime', event.currentTarget.checked, 'Values as times')
          }
        />
      </div>
    </>
  );
}

function TagFields({ item, edit }: FieldsProps): ReactElement {
  const query = readItem(item);
  return (
    <div className="nx-settings-row">
      <TagsInput
        label="Tags"
        value={[...(query?.tags ?? [])]}
        onChange={(tags) => edit.replace(withJsonAt(item, ['target', 'tags'], tags), 'Tags')}
      />
      <Switch
        label="One of them is enough"
        checked={query?.matchesAnyTag === true}
        onChange={(event) =>
          edit.replace(
            withJsonAt(item, ['target', 'matchAny'], event.currentTarget.checked),
            'Match of tags',
          )
        }
      />
    </div>
  );
}

function PanelFields({ item, edit }: FieldsProps): ReactElement {
  const { dashboard } = useSettingsEdit();
  const choices = useMemo(
    () =>
      dashboard.rows
        .flatMap(({ panels }) => panels)
        .map(({ id, title }) => ({ value: String(id), label: title || `Panel ${id}` })),
    [dashboard],
  );
  const panels = readItem(item)?.panels;
  const mode = panels === undefined ? 'all' : panels.areExcluded ? 'except' : 'only';
  const set = (areExcluded: boolean, ids: readonly number[]): void =>
    edit.replace(withAnnotationPanels(item, { ids, areExcluded }), 'Panels');
  return (
    <div className="nx-settings-row">
      <NativeSelect
        label="Marked on"
        value={item['filter'] === undefined ? 'all' : mode === 'all' ? 'except' : mode}
        onChange={(event) => {
          const { value } = event.currentTarget;
          if (value === 'all') edit.replace(withAnnotationPanels(item, undefined), 'Panels');
          else set(value === 'except', panels?.ids ?? []);
        }}
        data={[
          { value: 'all', label: 'All panels' },
          { value: 'except', label: 'All panels but' },
          { value: 'only', label: 'These panels' },
        ]}
      />
      {item['filter'] !== undefined && (
        <MultiSelect
          label="Panels"
          className="nx-settings-wide"
          searchable
          data={choices}
          value={(panels?.ids ?? []).map(String)}
          onChange={(ids) => set(mode !== 'only', ids.map(Number))}
        />
      )}
    </div>
  );
}

/** What the query finds in the time that is shown. */
function Found({ name }: { readonly name: string }): ReactElement | null {
  const annotations = useContext(ScopeContext)?.annotations ?? [];
  const found = annotations.find(({ query }) => query.name === name && query.expr !== '');
  if (found === undefined || !found.isOn) return null;
  if (found.problem !== '') {
    return (
      <p className="nx-settings-problem" role="alert">
        <Icon name="warning" size={15} /> {found.problem}
      </p>
    );
  }
  return (
    <p className="nx-quiet" role="status">
      {found.isLoading ? 'Asking…' : `${found.events.length} marks in the time that is shown`}
    </p>
  );
}
