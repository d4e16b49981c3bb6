import { MultiSelect, Select } from '@mantine/core';
import { type ReactElement, useEffect, useRef, useState } from 'react';
import { ALL_TEXT, ALL_VALUE, type ResolvedVariable } from '#dashboards';
import { FilterVariable } from './FilterVariable.tsx';
import type { LabelledProps } from './VariablesBar.tsx';

interface ChoiceProps extends LabelledProps {
  /** What is searched for at first; '' for all. */
  readonly typed: string;
}

/** What a variable is chosen with, by its kind. Opened at once: it is loaded when it is asked for. */
export function VariableChoice(props: ChoiceProps): ReactElement {
  const { variable } = props.resolved;
  if (variable.kind === 'adhoc') return <FilterVariable {...props} />;
  return variable.isMulti ? <ManyVariable {...props} /> : <OneVariable {...props} />;
}

/** More lines than anybody scrolls through; a search finds the others. */
const SHOWN_MAX = 300;

function choicesOf({
  variable,
  options,
  selected,
}: ResolvedVariable): { value: string; label: string }[] {
  const choices = options.map(({ text, value }) => ({
    value,
    label: text === '' ? '(empty)' : text,
  }));
  if (variable.includesAll) choices.unshift({ value: ALL_VALUE, label: ALL_TEXT });
  // A link may name what is not there any more.
  const known = new Set(choices.map(({ value }) => value));
  for (const value of selected) if (!known.has(value)) choices.push({ value, label: value });
  return [...new Map(choices.map((choice) => [choice.value, choice])).values()];
}

function OneVariable({ label, resolved, onChoose, typed }: ChoiceProps): ReactElement {
  const choices = choicesOf(resolved);
  const chosen = choices.find(({ value }) => value === resolved.selected[0]);
  const shown = chosen?.label ?? '';
  const [search, setSearch] = useState(shown);
  const initial = useRef(shown);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (typed === '') input.current?.select();
    else setSearch((before) => searchFor(typed, before, initial.current));
  }, [typed]);
  return (
    <Select
      ref={input}
      size="sm"
      aria-label={label}
      className="nx-variable-one"
      data={choices}
      value={chosen?.value ?? null}
      onChange={(value) => value !== null && onChoose([value])}
      searchable
      checkIconPosition="right"
      searchValue={search}
      onSearchChange={setSearch}
      selectFirstOptionOnChange={search !== shown}
      onClick={(event) => event.currentTarget.select()}
      defaultDropdownOpened
      autoFocus
      allowDeselect={false}
      limit={SHOWN_MAX}
      maxDropdownHeight={340}
      nothingFoundMessage="No such value"
      placeholder={resolved.state === 'asking' || resolved.state === 'waiting' ? 'Loading' : 'None'}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
      styles={{ input: { width: `${widthOf(shown)}ch` } }}
    />
  );
}

/** What was typed before the list was there, and since then; it has begun with what is chosen. */
function searchFor(typed: string, since: string, chosen: string): string {
  return typed + (since.startsWith(chosen) ? since.slice(chosen.length) : since);
}

function widthOf(text: string): number {
  return Math.min(Math.max(text.length + 8, 12), 40);
}

function ManyVariable({ label, resolved, onChoose, typed }: ChoiceProps): ReactElement {
  const [search, setSearch] = useState('');
  // Once the list is there, which then points at the first that fits.
  useEffect(() => setSearch((before) => searchFor(typed, before, '')), [typed]);
  const choose = (values: readonly string[]): void => {
    const isAllNew = values.at(-1) === ALL_VALUE;
    const others = values.filter((value) => value !== ALL_VALUE);
    const isAll = isAllNew || (others.length === 0 && resolved.variable.includesAll);
    onChoose(isAll ? [ALL_VALUE] : others);
  };
  return (
    <MultiSelect
      size="sm"
      aria-label={label}
      className="nx-variable-many"
      data={choicesOf(resolved)}
      value={[...resolved.selected]}
      onChange={choose}
      searchable
      checkIconPosition="right"
      searchValue={search}
      onSearchChange={setSearch}
      selectFirstOptionOnChange={search !== ''}
      defaultDropdownOpened
      autoFocus
      limit={SHOWN_MAX}
      maxDropdownHeight={340}
      nothingFoundMessage="No such value"
      placeholder={resolved.selected.length === 0 ? 'None' : undefined}
      comboboxProps={{ width: 'max-content', position: 'bottom-start' }}
    />
  );
}
