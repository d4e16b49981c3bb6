import { Button, Menu, NativeSelect, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import {
  emptyRow,
  type Json,
  type MappingKind,
  type MappingRow,
  printMappingRows,
  readMappingRows,
} from '#dashboards';
import { Icon } from '../../../../components/Icon.tsx';
import { IconButton } from '../../../../components/IconButton.tsx';
import { ColourField } from './ColourField.tsx';
import { NumberField } from './NumberField.tsx';

interface MappingsControlProps {
  readonly value: Json | undefined;
  readonly isDark: boolean;
  readonly onChange: (value: Json) => void;
}

const KINDS: readonly {
  readonly kind: MappingKind;
  readonly name: string;
  readonly hint: string;
}[] = [
  { kind: 'value', name: 'Value', hint: '1, or a text' },
  { kind: 'range', name: 'Range', hint: 'From one number to another' },
  { kind: 'regex', name: 'Pattern', hint: 'Texts that a pattern finds' },
  { kind: 'special', name: 'Special', hint: 'No value, NaN, true, empty' },
];

const SPECIALS = [
  { value: 'null', label: 'none' },
  { value: 'nan', label: 'NaN' },
  { value: 'null+nan', label: 'none, NaN' },
  { value: 'true', label: 'true' },
  { value: 'false', label: 'false' },
  { value: 'empty', label: 'empty text' },
];

/** Texts and colours in place of values; the first that fits holds. */
export function MappingsControl({ value, isDark, onChange }: MappingsControlProps): ReactElement {
  const rows = readMappingRows(value);
  const set = (next: readonly MappingRow[]): void => onChange(printMappingRows(next));
  const setRow = (index: number, row: MappingRow): void =>
    set(rows.map((before, i) => (i === index ? row : before)));
  return (
    <div className="nx-mappings">
      <ul>
        {rows.map((row, index) => (
          <li key={index} className="nx-mapping">
            <MappingMatch row={row} number={index + 1} onChange={(next) => setRow(index, next)} />
            {row.kind !== undefined && (
              <MappingResult
                row={row}
                number={index + 1}
                isDark={isDark}
                onChange={(next) => setRow(index, next)}
              />
            )}
            <IconButton
              icon="trash"
              label={`Remove mapping ${index + 1}`}
              size={28}
              onClick={() => set(rows.filter((_, i) => i !== index))}
            />
          </li>
        ))}
      </ul>
      <Menu position="bottom-start" shadow="md" keepMounted={false}>
        <Menu.Target>
          <Button size="xs" variant="default" leftSection={<Icon name="add" size={14} />}>
            Add mapping
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {KINDS.map(({ kind, name, hint }) => (
            <Menu.Item key={kind} onClick={() => set([...rows, emptyRow(kind)])}>
              {name} <span className="nx-quiet">{hint}</span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

interface MappingPartProps {
  readonly row: MappingRow;
  /** From 1. */
  readonly number: number;
  readonly onChange: (row: MappingRow) => void;
}

function MappingMatch({ row, number, onChange }: MappingPartProps): ReactElement {
  const { kind, options } = row;
  const set = (key: string, value: Json): void =>
    onChange({ ...row, options: { ...options, [key]: value } });
  switch (kind) {
    case 'value':
      return (
        <TextInput
          size="xs"
          aria-label={`Value of mapping ${number}`}
          placeholder="Value"
          value={row.value}
          onChange={(event) => onChange({ ...row, value: event.currentTarget.value })}
        />
      );
    case 'range':
      return (
        <span className="nx-mapping-range">
          {(['from', 'to'] as const).map((key) => (
            <NumberField
              key={key}
              size="xs"
              label={`Mapping ${number} ${key}`}
              isLabelHidden
              placeholder={key === 'from' ? '−∞' : '∞'}
              value={numberIn(options[key])}
              onChange={(value) => set(key, value ?? null)}
            />
          ))}
        </span>
      );
    case 'regex':
      return (
        <TextInput
          size="xs"
          aria-label={`Pattern of mapping ${number}`}
          placeholder="Pattern"
          value={textIn(options['pattern'])}
          onChange={(event) => set('pattern', event.currentTarget.value)}
        />
      );
    case 'special':
      return (
        <NativeSelect
          size="xs"
          aria-label={`Special value of mapping ${number}`}
          data={SPECIALS}
          value={textIn(options['match'])}
          onChange={(event) => set('match', event.currentTarget.value)}
        />
      );
    case undefined:
      return <code className="nx-pe-json">{JSON.stringify(row.source)}</code>;
  }
}

function MappingResult(props: MappingPartProps & { readonly isDark: boolean }): ReactElement {
  const { row, number, isDark, onChange } = props;
  const { result } = row;
  return (
    <span className="nx-mapping-result">
      <span aria-hidden="true">→</span>
      <TextInput
        size="xs"
        aria-label={`Text of mapping ${number}`}
        placeholder="itself"
        value={textIn(result['text'])}
        onChange={(event) => {
          const text = event.currentTarget.value;
          const { text: _, ...rest } = result;
          onChange({ ...row, result: text === '' ? rest : { ...result, text } });
        }}
      />
      <ColourField
        label={`Colour of mapping ${number}`}
        value={textIn(result['color'])}
        isDark={isDark}
        onChange={(color) => onChange({ ...row, result: { ...result, color } })}
      />
    </span>
  );
}

function textIn(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

function numberIn(value: Json | undefined): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
