import {
  Autocomplete,
  Chip,
  MultiSelect,
  NativeSelect,
  SegmentedControl,
  Slider,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
} from '@mantine/core';
import type { ReactElement } from 'react';
import {
  isList,
  isObject,
  type Json,
  type OptionChoice,
  type PanelOption,
  reducerChoices,
  reducerId,
  reducerName,
} from '#dashboards';
import { ColourSchemeControl, HeatmapSchemeControl } from './controls/ColourSchemeControl.tsx';
import { LinksControl } from './controls/LinksControl.tsx';
import { MappingsControl } from './controls/MappingsControl.tsx';
import { NumberField } from './controls/NumberField.tsx';
import { ThresholdsControl } from './controls/ThresholdsControl.tsx';
import { UnitPicker } from './controls/UnitPicker.tsx';
import { usePanelEdit } from './panel-edit.ts';

type Control = PanelOption['control'];

/** What every control is given. */
export interface ControlProps {
  /** The accessible name. */
  readonly label: string;
  /** What the file says; undefined where it says nothing. */
  readonly value: Json | undefined;
  readonly usual: Json;
  /** Undefined takes it out of the file. */
  readonly onChange: (value: Json | undefined) => void;
}

type OptionControlProps = ControlProps & { readonly control: Control };

/** Sets one option, with what its kind of value needs. */
export function OptionControlField({ control, ...props }: OptionControlProps): ReactElement {
  const { label, value, usual, onChange } = props;
  switch (control.kind) {
    case 'flag':
      return (
        <Switch
          size="sm"
          aria-label={label}
          checked={(value ?? usual) === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'text':
      return <TextControl {...props} placeholder={control.placeholder ?? ''} />;
    case 'number':
    case 'slider':
      return <NumberControl {...props} control={control} />;
    case 'choice':
      return <ChoiceControl {...props} control={control} />;
    case 'many':
      return <ManyControl {...props} control={control} />;
    default:
      return <ListControl {...props} control={control} />;
  }
}

function ListControl({ control, ...props }: OptionControlProps): ReactElement {
  const { label, value, usual, onChange } = props;
  switch (control.kind) {
    case 'lines':
      return (
        <Textarea
          size="sm"
          aria-label={label}
          autosize
          minRows={6}
          maxRows={24}
          value={textOf(value ?? usual)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'texts':
      return <TagsInput size="sm" aria-label={label} value={textsOf(value)} onChange={onChange} />;
    case 'reducers':
      return <ReducersControl {...props} />;
    case 'unit':
      return (
        <UnitPicker
          label={label}
          value={textOf(value)}
          onChange={(unit) => onChange(unit === '' ? undefined : unit)}
        />
      );
    default:
      return <FieldControl {...props} control={control} />;
  }
}

function FieldControl({ control, ...props }: OptionControlProps): ReactElement {
  const { value, usual, onChange } = props;
  const { isDark, view } = usePanelEdit();
  switch (control.kind) {
    case 'colour':
      return (
        <ColourSchemeControl
          value={value}
          usualMode={view.defaults.colour.mode}
          {...{ isDark, onChange }}
        />
      );
    case 'scheme':
      return <HeatmapSchemeControl value={textOf(value ?? usual)} {...{ isDark, onChange }} />;
    case 'thresholds':
      return <ThresholdsControl {...{ value, isDark, onChange }} />;
    case 'mappings':
      return <MappingsControl {...{ value, isDark, onChange }} />;
    case 'links':
      return (
        <LinksControl
          {...{ value, onChange }}
          hint="${__field.labels.instance} and ${__value.raw} stand for what is clicked on."
        />
      );
    case 'sort':
      return <SortControl {...props} />;
    default:
      return <FieldNameControl {...props} isPattern={control.kind === 'fields'} />;
  }
}

export function TextControl(props: ControlProps & { readonly placeholder: string }): ReactElement {
  const { label, value, onChange, placeholder } = props;
  return (
    <TextInput
      size="sm"
      aria-label={label}
      placeholder={placeholder}
      value={textOf(value)}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}

interface NumberControlProps extends ControlProps {
  readonly control: Extract<Control, { readonly kind: 'number' | 'slider' }>;
}

function NumberControl({
  label,
  value,
  usual,
  onChange,
  control,
}: NumberControlProps): ReactElement {
  const { min, max, step, kind } = control;
  const number = typeof value === 'number' ? value : undefined;
  const shown = number ?? (typeof usual === 'number' ? usual : undefined);
  const field = (
    <NumberField
      label={label}
      isLabelHidden
      value={number}
      placeholder={shown === undefined ? 'Automatic' : String(shown)}
      {...{ min, max, step, onChange }}
    />
  );
  if (kind === 'number') return field;
  return (
    <div className="nx-slider">
      <Slider
        size="sm"
        label={null}
        thumbLabel={label}
        min={min ?? 0}
        max={max ?? 100}
        step={step ?? 1}
        value={shown ?? 0}
        onChange={(next) => onChange(Number(next.toPrecision(12)))}
      />
      {field}
    </div>
  );
}

interface ChoiceControlProps extends ControlProps {
  readonly control: Extract<Control, { readonly kind: 'choice' }>;
}

const OWN_NUMBER = 'number';
const AUTOMATIC = 'automatic';
/** Longer ones do not fit beside each other. */
const SEGMENT_LETTERS_MAX = 22;

function ChoiceControl({
  label,
  value,
  usual,
  onChange,
  control,
}: ChoiceControlProps): ReactElement {
  const { choices, number } = control;
  const isOwn = number !== undefined && typeof (value ?? usual) === 'number';
  const now = value ?? usual;
  const data = choiceData(choices, now, isOwn);
  if (usual === null) data.unshift({ value: AUTOMATIC, label: 'Automatic' });
  if (number !== undefined) data.push({ value: OWN_NUMBER, label: number.label });
  const chosen = isOwn ? OWN_NUMBER : now === null ? AUTOMATIC : JSON.stringify(now);
  const choose = (text: string): void => {
    if (text === OWN_NUMBER) onChange(number?.start ?? 0);
    else if (text === AUTOMATIC) onChange(undefined);
    else onChange(JSON.parse(text) as Json);
  };
  const letters = data.reduce((sum, one) => sum + one.label.length, 0);
  const isSegmented = letters <= SEGMENT_LETTERS_MAX && data.length <= 3;
  return (
    <div className="nx-choice">
      {isSegmented ? (
        <SegmentedControl
          size="xs"
          fullWidth
          aria-label={label}
          data={data}
          value={chosen}
          onChange={choose}
        />
      ) : (
        <NativeSelect
          size="sm"
          aria-label={label}
          data={data}
          value={chosen}
          onChange={(event) => choose(event.currentTarget.value)}
        />
      )}
      {isOwn && (
        <NumberField
          label={`${label}: ${number?.label ?? ''}`}
          isLabelHidden
          min={0}
          value={typeof now === 'number' ? now : undefined}
          onChange={(next) => onChange(next ?? number?.start ?? 0)}
        />
      )}
    </div>
  );
}

/** With what the file says, where that is none of the choices. */
function choiceData(
  choices: readonly OptionChoice[],
  now: Json,
  isOwn: boolean,
): { value: string; label: string }[] {
  const data = choices.map(({ value, label }) => ({ value: JSON.stringify(value), label }));
  const text = JSON.stringify(now);
  const isKnown = now === null || isOwn || data.some(({ value }) => value === text);
  if (!isKnown) data.push({ value: text, label: `${textOf(now) || text} (as in the file)` });
  return data;
}

interface ManyControlProps extends ControlProps {
  readonly control: Extract<Control, { readonly kind: 'many' }>;
}

/** In the form that the file has: a list, or an object of yes and no. */
function ManyControl({ label, value, onChange, control }: ManyControlProps): ReactElement {
  const { choices, asFlags = false } = control;
  const isFlags = isObject(value) || (asFlags && !isList(value));
  const chosen = isObject(value)
    ? Object.keys(value).filter((key) => value[key] === true)
    : textsOf(value);
  const choose = (next: string[]): void => {
    if (!isFlags) onChange(next);
    else {
      const flags = choices.map(({ value: key }) => [String(key), next.includes(String(key))]);
      onChange({ ...(isObject(value) ? value : {}), ...(Object.fromEntries(flags) as object) });
    }
  };
  return (
    <Chip.Group multiple value={chosen} onChange={choose}>
      <div className="nx-pe-chips" role="group" aria-label={label}>
        {choices.map(({ value: key, label: name }) => (
          <Chip key={String(key)} size="xs" variant="outline" value={String(key)}>
            {name}
          </Chip>
        ))}
      </div>
    </Chip.Group>
  );
}

function ReducersControl({ label, value, usual, onChange }: ControlProps): ReactElement {
  const chosen = textsOf(value ?? usual).map((id) => reducerId(id) ?? id);
  const ids = [...new Set([...reducerChoices, ...chosen])];
  return (
    <MultiSelect
      size="sm"
      aria-label={label}
      data={ids.map((id) => ({ value: id, label: reducerName(id) }))}
      value={[...new Set(chosen)]}
      onChange={onChange}
      searchable
      hidePickedOptions
      placeholder={chosen.length === 0 ? 'None' : ''}
      nothingFoundMessage="No such calculation"
    />
  );
}

/** The name of a field, or for `isPattern` a pattern for names: `/^name$/`. */
function FieldNameControl(props: ControlProps & { readonly isPattern: boolean }): ReactElement {
  const { label, value, onChange, isPattern } = props;
  const { fieldNames } = usePanelEdit();
  const data = isPattern
    ? [
        { value: '/.*/', label: 'All fields' },
        ...fieldNames.map((name) => ({ value: `/^${escapePattern(name)}$/`, label: name })),
      ]
    : fieldNames.map((name) => ({ value: name, label: name }));
  return (
    <Autocomplete
      size="sm"
      aria-label={label}
      data={uniqueLabels(data)}
      value={labelOf(data, textOf(value))}
      placeholder={isPattern ? 'Numeric fields' : 'Automatic'}
      limit={100}
      maxDropdownHeight={300}
      onChange={(text) => {
        const known = data.find((one) => one.label === text);
        onChange(text === '' ? undefined : (known?.value ?? text));
      }}
    />
  );
}

function uniqueLabels(data: readonly { readonly label: string }[]): string[] {
  return [...new Set(data.map(({ label }) => label))].filter((label) => label !== '');
}

function labelOf(data: readonly { value: string; label: string }[], value: string): string {
  return data.find((one) => one.value === value)?.label ?? value;
}

function escapePattern(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\/]/g, String.raw`\$&`);
}

/** The first column that a table is sorted by; further ones of the file stay. */
function SortControl({ label, value, onChange }: ControlProps): ReactElement {
  const { fieldNames } = usePanelEdit();
  const list = isList(value) ? value : [];
  const first = isObject(list[0]) ? list[0] : undefined;
  const name = textOf(first?.['displayName']);
  const set = (displayName: string, desc: boolean): void => {
    const own = displayName === '' ? [] : [{ ...first, displayName, desc }];
    onChange([...own, ...list.slice(1)]);
  };
  const isDescending = first?.['desc'] === true;
  return (
    <div className="nx-choice">
      <Autocomplete
        size="sm"
        aria-label={label}
        data={uniqueLabels(fieldNames.map((one) => ({ label: one })))}
        value={name}
        placeholder="As answered"
        onChange={(text) => set(text, isDescending)}
      />
      {name !== '' && (
        <Switch
          size="xs"
          label="Highest first"
          checked={isDescending}
          onChange={(event) => set(name, event.currentTarget.checked)}
        />
      )}
    </div>
  );
}

export function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

export function textsOf(value: Json | undefined): string[] {
  return isList(value) ? value.map(textOf).filter((text) => text !== '') : [];
}
