import { MultiSelect, NativeSelect, Switch, Textarea, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import {
  isList,
  isObject,
  type Json,
  type JsonObject,
  jsonAt,
  moveColumn,
  organizedColumns,
  reducerChoices,
  reducerName,
  type TransformationOption,
  transformationOptions,
  withJsonAt,
} from '#dashboards';
import { IconButton } from '../../../components/IconButton.tsx';
import { ColumnField, type TransformationFormProps } from './ColumnField.tsx';
import { ConditionsForm } from './ConditionsForm.tsx';
import { OptionControlField, textOf, textsOf } from './OptionControls.tsx';
import { OptionRow } from './OptionRow.tsx';

/** What a transformation is told. */
export function TransformationForm(props: TransformationFormProps): ReactElement {
  const { kind, options, onChange } = props;
  switch (kind?.form) {
    case undefined:
    case 'json':
      return <JsonForm {...props} />;
    case 'columns':
      return <ColumnsForm {...props} />;
    case 'groups':
      return <GroupsForm {...props} />;
    case 'conditions':
      return <ConditionsForm {...props} />;
    case 'sort':
      return <SortForm {...props} />;
    case 'options':
      return (
        <>
          {transformationOptions(kind, options).map((option) => (
            <TransformationField
              key={option.path.join('.')}
              {...{ option, options }}
              names={props.names}
              onChange={onChange}
            />
          ))}
        </>
      );
  }
}

interface TransformationFieldProps extends Omit<TransformationFormProps, 'kind' | 'title'> {
  readonly option: TransformationOption;
}

function TransformationField(props: TransformationFieldProps): ReactElement {
  const { option, options, names, onChange } = props;
  const { path, name, control, usual } = option;
  const value = jsonAt(options, path);
  const set = (next: Json | undefined): void => onChange(withJsonAt(options, path, next));
  return (
    <OptionRow name={name} help="">
      {control.kind === 'names' ? (
        <NamesField label={name} value={value} names={names} onChange={set} />
      ) : control.kind === 'field' ? (
        <ColumnField label={name} value={textOf(fieldOf(value))} names={names} onChange={set} />
      ) : (
        <OptionControlField
          control={control}
          label={name}
          value={value}
          usual={usual}
          onChange={set}
        />
      )}
    </OptionRow>
  );
}

/** Newer files say `{ matcher: { options } }` or `{ fixed }` of a side of a calculation. */
function fieldOf(value: Json | undefined): Json | undefined {
  if (!isObject(value)) return value;
  return jsonAt(value, ['matcher', 'options']) ?? value['fixed'];
}

function NamesField(props: {
  readonly label: string;
  readonly value: Json | undefined;
  readonly names: readonly string[];
  readonly onChange: (names: Json | undefined) => void;
}): ReactElement {
  const { label, value, names, onChange } = props;
  const chosen = textsOf(value);
  return (
    <MultiSelect
      size="sm"
      aria-label={label}
      data={[...new Set([...names, ...chosen])]}
      value={chosen}
      searchable
      placeholder={chosen.length === 0 ? 'All' : ''}
      onChange={(next) => onChange(next.length === 0 ? undefined : next)}
    />
  );
}

/** Names, order and hiding of each column. */
function ColumnsForm({ options, names, onChange }: TransformationFormProps): ReactElement {
  const columns = organizedColumns(options, names);
  if (columns.length === 0) return <p className="nx-quiet">No columns came in yet.</p>;
  const setIn = (key: string, name: string, value: Json | undefined): void =>
    onChange(withJsonAt(options, [key, name], value));
  return (
    <ul className="nx-columns">
      {columns.map(({ name, isHidden, shownAs }, index) => (
        <li key={name} data-hidden={isHidden}>
          <IconButton
            icon={isHidden ? 'eyeOff' : 'eye'}
            label={isHidden ? `Show column ${name}` : `Hide column ${name}`}
            size={26}
            onClick={() => setIn('excludeByName', name, isHidden ? undefined : true)}
          />
          <span className="nx-columns-name" title={name}>
            {name}
          </span>
          <TextInput
            size="xs"
            aria-label={`Column ${name} is called`}
            placeholder="keeps its name"
            value={shownAs}
            onChange={(event) =>
              setIn('renameByName', name, event.currentTarget.value || undefined)
            }
          />
          <IconButton
            icon="arrowUp"
            label={`Move column ${name} up`}
            size={26}
            disabled={index === 0}
            onClick={() => onChange(moveColumn(options, columns, { name, by: -1 }))}
          />
          <IconButton
            icon="arrowDown"
            label={`Move column ${name} down`}
            size={26}
            disabled={index === columns.length - 1}
            onClick={() => onChange(moveColumn(options, columns, { name, by: 1 }))}
          />
        </li>
      ))}
    </ul>
  );
}

/** What each column does: groups, is calculated, or goes. */
function GroupsForm({ options, names, onChange }: TransformationFormProps): ReactElement {
  const fields = jsonAt(options, ['fields']);
  const all = [...new Set([...names, ...(isObject(fields) ? Object.keys(fields) : [])])];
  return (
    <ul className="nx-columns">
      {all.map((name) => {
        const operation = textOf(jsonAt(fields, [name, 'operation']));
        const reducers = textsOf(jsonAt(fields, [name, 'aggregations']));
        const set = (next: Json | undefined): void =>
          onChange(withJsonAt(options, ['fields', name], next));
        return (
          <li key={name}>
            <span className="nx-columns-name" title={name}>
              {name}
            </span>
            <NativeSelect
              size="xs"
              aria-label={`Column ${name}`}
              data={[
                { value: '', label: 'Left out' },
                { value: 'groupby', label: 'Groups' },
                { value: 'aggregate', label: 'Calculated' },
              ]}
              value={operation}
              onChange={(event) => {
                const chosen = event.currentTarget.value;
                const aggregations =
                  chosen === 'aggregate' && reducers.length === 0 ? ['lastNotNull'] : reducers;
                set(chosen === '' ? undefined : { aggregations, operation: chosen });
              }}
            />
            {operation === 'aggregate' && (
              <MultiSelect
                size="xs"
                aria-label={`Calculations of ${name}`}
                data={reducerChoices.map((id) => ({ value: id, label: reducerName(id) }))}
                value={reducers}
                searchable
                onChange={(aggregations) => set({ aggregations, operation })}
              />
            )}
          </li>
        );
      })}
    </ul>
  );
}

function SortForm({ options, names, onChange }: TransformationFormProps): ReactElement {
  const list = jsonAt(options, ['sort']);
  const first = isList(list) && isObject(list[0]) ? list[0] : {};
  const set = (change: JsonObject): void =>
    onChange(withJsonAt(options, ['sort'], [{ ...first, ...change }]));
  return (
    <>
      <OptionRow name="Column" help="">
        <ColumnField
          label="Column"
          value={textOf(first['field'])}
          names={names}
          onChange={(field) => set({ field: field ?? '' })}
        />
      </OptionRow>
      <OptionRow name="Highest first" help="">
        <Switch
          size="sm"
          aria-label="Highest first"
          checked={first['desc'] === true}
          onChange={(event) => set({ desc: event.currentTarget.checked })}
        />
      </OptionRow>
    </>
  );
}

/** What is no JSON yet stays in the field, and changes nothing. */
function JsonForm({ title, options, onChange }: TransformationFormProps): ReactElement {
  const shown = JSON.stringify(options, null, 2);
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const text = draft ?? shown;
  return (
    <Textarea
      size="xs"
      aria-label={`Options of ${title} as JSON`}
      classNames={{ input: 'nx-code-input' }}
      autosize
      minRows={3}
      maxRows={16}
      value={text}
      error={parseObject(text) === undefined ? 'no JSON object' : undefined}
      onChange={(event) => {
        const next = event.currentTarget.value;
        setDraft(next);
        const parsed = parseObject(next);
        if (parsed !== undefined) onChange(parsed);
      }}
      onBlur={() => setDraft(undefined)}
    />
  );
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const parsed = JSON.parse(text) as Json;
    return isObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
