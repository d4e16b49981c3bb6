import { TextInput } from '@mantine/core';
import { type KeyboardEvent, type ReactElement, useState } from 'react';

interface NumberFieldProps {
  readonly label: string;
  /** The label is the accessible name alone. */
  readonly isLabelHidden?: boolean;
  readonly hint?: string;
  readonly value: number | undefined;
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  readonly step?: number | undefined;
  readonly placeholder?: string;
  readonly size?: 'xs' | 'sm';
  /** Undefined: it was emptied. */
  readonly onChange: (value: number | undefined) => void;
}

/** A number that may be absent. What is no number yet (`-`, `1e`) is kept as it is typed until the field is left. */
export function NumberField(props: NumberFieldProps): ReactElement {
  const {
    label,
    isLabelHidden = false,
    hint,
    value,
    min,
    max,
    step,
    placeholder,
    onChange,
  } = props;
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const isInteger = step !== undefined && Number.isInteger(step);
  const take = (text: string): void => {
    setDraft(text);
    const number = parseNumber(text, isInteger);
    if (text.trim() === '') onChange(undefined);
    else if (number !== undefined) onChange(bounded(number, min, max));
  };
  const press = (event: KeyboardEvent): void => {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    const next = bounded((value ?? 0) + by * (step ?? 1), min, max);
    setDraft(undefined);
    onChange(Number(next.toPrecision(12)));
  };
  return (
    <TextInput
      size={props.size ?? 'sm'}
      inputMode="decimal"
      {...(isLabelHidden ? { 'aria-label': label } : { label })}
      description={hint}
      placeholder={placeholder ?? ''}
      value={draft ?? (value === undefined ? '' : String(value))}
      error={isWrong(draft, isInteger) ? 'no number' : undefined}
      onChange={(event) => take(event.currentTarget.value)}
      onBlur={() => setDraft(undefined)}
      onKeyDown={press}
    />
  );
}

function isWrong(draft: string | undefined, isInteger: boolean): boolean {
  return draft !== undefined && draft.trim() !== '' && parseNumber(draft, isInteger) === undefined;
}

/** With a comma, too. */
export function parseNumber(text: string, isInteger: boolean): number | undefined {
  const plain = text.trim().replace(',', '.');
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(plain)) return undefined;
  const number = Number(plain);
  if (!Number.isFinite(number)) return undefined;
  return isInteger ? Math.round(number) : number;
}

function bounded(value: number, min = -Infinity, max = Infinity): number {
  return Math.min(Math.max(value, min), max);
}
