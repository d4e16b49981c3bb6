import { Button, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import {
  addItem,
  isObject,
  type Json,
  type JsonObject,
  jsonAt,
  listAt,
  removeItem,
  withJsonAt,
} from '#dashboards';
import { Icon } from '../../../components/Icon.tsx';
import { IconButton } from '../../../components/IconButton.tsx';
import { ColumnField, type TransformationFormProps } from './ColumnField.tsx';
import { parseNumber } from './controls/NumberField.tsx';
import { textOf } from './OptionControls.tsx';
import { OptionRow } from './OptionRow.tsx';

const CONDITIONS = [
  { value: 'greater', label: 'greater than' },
  { value: 'greaterOrEqual', label: 'at least' },
  { value: 'lower', label: 'lower than' },
  { value: 'lowerOrEqual', label: 'at most' },
  { value: 'equal', label: 'equal to' },
  { value: 'notEqual', label: 'not equal to' },
  { value: 'substring', label: 'contains' },
  { value: 'notSubstring', label: 'does not contain' },
  { value: 'regex', label: 'matches' },
  { value: 'range', label: 'between' },
  { value: 'isNull', label: 'nothing' },
  { value: 'isNotNull', label: 'something' },
];

/** Rows that stay or go, by conditions on their columns. */
export function ConditionsForm({
  options,
  names,
  onChange,
}: TransformationFormProps): ReactElement {
  const filters = listAt(options, ['filters']);
  const add = (): void => {
    const config = { id: 'greater', options: { value: 0 } };
    onChange(addItem(options, ['filters'], { fieldName: names[0] ?? '', config }));
  };
  return (
    <>
      <OptionRow name="Rows" help="">
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="Rows that fit"
          data={[
            { value: 'include', label: 'Stay' },
            { value: 'exclude', label: 'Go' },
          ]}
          value={textOf(options['type']) || 'include'}
          onChange={(type) => onChange(withJsonAt(options, ['type'], type))}
        />
      </OptionRow>
      <OptionRow name="Where" help="">
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label="How many conditions hold"
          data={[
            { value: 'all', label: 'All hold' },
            { value: 'any', label: 'Any holds' },
          ]}
          value={textOf(options['match']) || 'any'}
          onChange={(match) => onChange(withJsonAt(options, ['match'], match))}
        />
      </OptionRow>
      <ul className="nx-conditions">
        {filters.map((filter, index) => (
          <li key={index}>
            <ConditionFields
              filter={isObject(filter) ? filter : {}}
              number={index + 1}
              names={names}
              onChange={(next) => onChange(withJsonAt(options, ['filters', index], next))}
            />
            <IconButton
              icon="trash"
              label={`Remove condition ${index + 1}`}
              size={26}
              onClick={() => onChange(removeItem(options, ['filters'], index))}
            />
          </li>
        ))}
      </ul>
      <Button
        size="xs"
        variant="default"
        className="nx-pe-add"
        leftSection={<Icon name="add" size={14} />}
        onClick={add}
      >
        Add condition
      </Button>
    </>
  );
}

interface ConditionFieldsProps {
  readonly filter: JsonObject;
  /** From 1. */
  readonly number: number;
  readonly names: readonly string[];
  readonly onChange: (filter: JsonObject) => void;
}

function ConditionFields({ filter, number, names, onChange }: ConditionFieldsProps): ReactElement {
  const id = textOf(jsonAt(filter, ['config', 'id'])) || 'greater';
  const isRange = id === 'range' || id === 'between';
  const hasValue = !isRange && id !== 'isNull' && id !== 'isNotNull';
  const known = CONDITIONS.some(({ value }) => value === id);
  return (
    <div className="nx-condition">
      <ColumnField
        label={`Column of condition ${number}`}
        value={textOf(filter['fieldName'])}
        names={names}
        onChange={(name) => onChange(withJsonAt(filter, ['fieldName'], name ?? ''))}
      />
      <NativeSelect
        size="sm"
        aria-label={`Condition ${number}`}
        data={known ? CONDITIONS : [...CONDITIONS, id]}
        value={id}
        onChange={(event) =>
          onChange(withJsonAt(filter, ['config', 'id'], event.currentTarget.value))
        }
      />
      {(isRange ? ['from', 'to'] : hasValue ? ['value'] : []).map((key) => (
        <TextInput
          key={key}
          size="sm"
          aria-label={`${key} of condition ${number}`}
          placeholder={key}
          value={textOf(jsonAt(filter, ['config', 'options', key]))}
          onChange={(event) => {
            const value = valueOf(event.currentTarget.value);
            onChange(withJsonAt(filter, ['config', 'options', key], value));
          }}
        />
      ))}
    </div>
  );
}

/** A number where it is one; texts and variables as they are. */
function valueOf(text: string): Json {
  const number = parseNumber(text, false);
  return number !== undefined && String(number) === text ? number : text;
}
