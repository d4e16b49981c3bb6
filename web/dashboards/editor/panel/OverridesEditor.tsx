import { Autocomplete, Button, Menu, NativeSelect, Select, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import {
  addOverride,
  type Json,
  moveItem,
  overrideOptions,
  type OverrideInFile,
  overridesOf,
  overridesPath,
  overrideValue,
  type PanelOption,
  propertyOf,
  queriesOf,
  removeOverride,
  removeProperty,
  usualOf,
  withMatcherOptions,
  withOverrideValue,
} from '#dashboards';
import { Icon } from '../../../components/Icon.tsx';
import { ItemMoves } from './ItemMoves.tsx';
import { OptionControlField, textOf } from './OptionControls.tsx';
import { OptionRow } from './OptionRow.tsx';
import { isWide, labelOf } from './OptionsPane.tsx';
import { usePanelEdit } from './panel-edit.ts';

interface MatcherEntry {
  readonly id: string;
  readonly name: string;
  readonly hint: string;
  readonly start: Json;
}

const MATCHERS: readonly MatcherEntry[] = [
  { id: 'byName', name: 'Name', hint: 'One series or column', start: '' },
  { id: 'byRegexp', name: 'Pattern', hint: 'Names that a pattern finds', start: '' },
  { id: 'byType', name: 'Type', hint: 'Numbers, texts, times', start: 'number' },
  { id: 'byFrameRefID', name: 'Query', hint: 'All that a query answers', start: 'A' },
];

/** What holds otherwise for some series or columns. A later one wins. */
export function OverridesEditor(): ReactElement {
  const { panel, name, fieldNames, change } = usePanelEdit();
  const overrides = overridesOf(panel);
  const add = ({ id, start }: MatcherEntry): void => {
    const [first = ''] = queriesOf(panel).map(({ refId }) => refId);
    const field = fieldNames.find((one) => one !== 'Time') ?? '';
    const options = id === 'byFrameRefID' ? first || start : id === 'byName' ? field : start;
    change(addOverride(panel, id, options), `New override of ${name}`);
  };
  return (
    <div className="nx-pe-list">
      {overrides.length === 0 && (
        <p className="nx-quiet">
          All fields are shown alike. An override says something else of some of them: another
          colour, unit or axis.
        </p>
      )}
      {overrides.map((override, index) => (
        <OverrideCard key={index} {...{ override, index }} count={overrides.length} />
      ))}
      <Menu position="bottom-start" shadow="md" keepMounted={false}>
        <Menu.Target>
          <Button
            size="sm"
            variant="default"
            className="nx-pe-add"
            leftSection={<Icon name="add" size={15} />}
          >
            Add override
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {MATCHERS.map((matcher) => (
            <Menu.Item key={matcher.id} onClick={() => add(matcher)}>
              {matcher.name} <span className="nx-quiet">{matcher.hint}</span>
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </div>
  );
}

interface OverrideCardProps {
  readonly override: OverrideInFile;
  readonly index: number;
  readonly count: number;
}

function OverrideCard({ override, index, count }: OverrideCardProps): ReactElement {
  const { panel, kind, name, change } = usePanelEdit();
  const options = overrideOptions(kind);
  const ids = [...new Set(override.properties.map(({ id }) => id))];
  const known = options.filter(
    (option) => ids.includes(propertyOf(option)) && isSaid(option, override, options),
  );
  const unknown = ids.filter((id) => !options.some((option) => propertyOf(option) === id));
  const number = index + 1;
  const drop = (id: string): void =>
    change(removeProperty(panel, index, id), `Override ${number} of ${name}`);
  return (
    <section className="nx-pe-card" aria-label={`Override ${number}`}>
      <header className="nx-pe-item-head">
        <MatcherFields override={override} index={index} />
        <span className="nx-pe-actions">
          <ItemMoves
            what={`override ${number}`}
            index={index}
            count={count}
            onMove={(by) =>
              change(moveItem(panel, overridesPath, { index, by }), `Order of overrides of ${name}`)
            }
            onRemove={() => change(removeOverride(panel, index), `Override removed from ${name}`)}
          />
        </span>
      </header>
      {known.map((option) => (
        <OverrideProperty key={option.id} {...{ option, override, index }} onDrop={drop} />
      ))}
      {unknown.map((id) => (
        <OptionRow
          key={id}
          name={id}
          help="Nothing here draws it; the file keeps it."
          onReset={() => drop(id)}
          resetLabel={`Remove ${id}`}
        >
          <code className="nx-pe-json">
            {JSON.stringify(override.properties.find((property) => property.id === id)?.value)}
          </code>
        </OptionRow>
      ))}
      <AddProperty {...{ index, ids }} options={options} />
    </section>
  );
}

/** Of a property with parts, those that it says; the first where it says none. */
function isSaid(
  option: PanelOption,
  override: OverrideInFile,
  options: readonly PanelOption[],
): boolean {
  if (overrideValue(override, option) !== undefined) return true;
  const parts = options.filter((other) => propertyOf(other) === propertyOf(option));
  const says = parts.some((part) => overrideValue(override, part) !== undefined);
  return says ? option.id.startsWith('custom.hideFrom') : parts[0] === option;
}

interface OverridePropertyProps {
  readonly option: PanelOption;
  readonly override: OverrideInFile;
  readonly index: number;
  readonly onDrop: (id: string) => void;
}

function OverrideProperty(props: OverridePropertyProps): ReactElement {
  const { option, override, index, onDrop } = props;
  const { panel, kind, name, change } = usePanelEdit();
  const label = `${labelOf(option)} of override ${index + 1}`;
  const set = (value: Json | undefined): void =>
    change(
      withOverrideValue(panel, index, { option, value: value ?? null }),
      `${option.name} of override ${index + 1} of ${name}`,
    );
  return (
    <OptionRow
      name={option.name}
      help={option.help}
      isWide={isWide(option)}
      onReset={() => onDrop(propertyOf(option))}
      resetLabel={`Remove ${option.name}`}
    >
      <OptionControlField
        control={option.control}
        label={label}
        value={overrideValue(override, option)}
        usual={usualOf(option, kind)}
        onChange={set}
      />
    </OptionRow>
  );
}

const TYPES = [
  { value: 'number', label: 'Numbers' },
  { value: 'string', label: 'Texts' },
  { value: 'time', label: 'Times' },
  { value: 'boolean', label: 'Yes or no' },
];

function MatcherFields(props: Pick<OverrideCardProps, 'override' | 'index'>): ReactElement {
  const { override, index } = props;
  const { panel, name, fieldNames, change } = usePanelEdit();
  const { matcherId, matcherOptions } = override;
  const label = `Override ${index + 1} for`;
  const text = textOf(matcherOptions);
  const set = (options: Json): void =>
    change(withMatcherOptions(panel, index, options), `Override ${index + 1} of ${name}`);
  const title = MATCHERS.find(({ id }) => id === matcherId)?.name ?? matcherId;
  return (
    <span className="nx-pe-matcher">
      <span className="nx-quiet">{title}</span>
      {matcherId === 'byName' && (
        <Autocomplete
          size="sm"
          aria-label={label}
          placeholder="Name"
          data={[...fieldNames]}
          limit={100}
          value={text}
          onChange={set}
        />
      )}
      {matcherId === 'byRegexp' && (
        <TextInput
          size="sm"
          aria-label={label}
          placeholder="/.*/"
          value={text}
          onChange={(event) => set(event.currentTarget.value)}
        />
      )}
      {matcherId === 'byType' && (
        <NativeSelect
          size="sm"
          aria-label={label}
          data={TYPES}
          value={text}
          onChange={(event) => set(event.currentTarget.value)}
        />
      )}
      {matcherId === 'byFrameRefID' && (
        <NativeSelect
          size="sm"
          aria-label={label}
          data={[...new Set([...queriesOf(panel).map(({ refId }) => refId), text])]}
          value={text}
          onChange={(event) => set(event.currentTarget.value)}
        />
      )}
      {!MATCHERS.some(({ id }) => id === matcherId) && (
        <code className="nx-pe-json">{JSON.stringify(matcherOptions)}</code>
      )}
    </span>
  );
}

interface AddPropertyProps {
  readonly index: number;
  readonly ids: readonly string[];
  readonly options: readonly PanelOption[];
}

function AddProperty({ index, ids, options }: AddPropertyProps): ReactElement {
  const { panel, kind, name, change } = usePanelEdit();
  const free = options.filter((option) => !ids.includes(propertyOf(option)));
  const groups = [...new Set(free.map(({ section }) => section))].map((group) => ({
    group,
    items: free
      .filter(({ section }) => section === group)
      .map((option) => ({ value: option.id, label: option.name })),
  }));
  const add = (id: string | null): void => {
    const option = free.find((one) => one.id === id);
    if (option === undefined) return;
    const value = startOf(option, usualOf(option, kind));
    change(
      withOverrideValue(panel, index, { option, value }),
      `${option.name} of override ${index + 1} of ${name}`,
    );
  };
  return (
    <Select
      // Emptied by what it added.
      key={ids.join(' ')}
      size="xs"
      className="nx-pe-add"
      aria-label={`Add a property to override ${index + 1}`}
      placeholder="+ Add property"
      data={groups}
      value={null}
      searchable
      maxDropdownHeight={320}
      comboboxProps={{ width: 260, position: 'bottom-start' }}
      onChange={add}
    />
  );
}

/** What a new property says: something that shows. */
function startOf(option: PanelOption, usual: Json): Json {
  switch (option.control.kind) {
    case 'flag':
      return usual !== true;
    case 'colour':
      return { mode: 'fixed', fixedColor: 'blue' };
    case 'choice':
      return option.control.choices.find(({ value }) => value !== usual)?.value ?? usual;
    default:
      return usual;
  }
}
