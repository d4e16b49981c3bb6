import { Textarea, TextInput } from '@mantine/core';
import { type ReactElement, useEffect, useRef, useState } from 'react';

interface SettledTextProps {
  readonly label: string;
  readonly value: string;
  /** The text as it rests for a moment, or is left. */
  readonly onSettle: (text: string) => void;
  readonly description?: string;
  readonly placeholder?: string;
  /** What is wrong with a text; it is not handed on then. '' for nothing. */
  readonly problemOf?: (text: string) => string;
  /** False: only when the field is left, or Enter is pressed. */
  readonly settlesByItself?: boolean;
  readonly lines?: number;
  readonly isCode?: boolean;
}

const REST_MS = 500;

/** A text of which each letter would ask the server something, or change the whole file. */
export function SettledText(props: SettledTextProps): ReactElement {
  const { value, problemOf, settlesByItself = true, lines = 1, isCode = false } = props;
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const text = draft ?? value;
  const problem = draft === undefined ? '' : (problemOf?.(draft) ?? '');
  const settle = useRef((): void => undefined);
  useEffect(() => {
    settle.current = () => {
      if (draft !== undefined && problem === '' && draft !== value) props.onSettle(draft);
      if (problem === '') setDraft(undefined);
    };
  });
  useEffect(() => {
    if (!settlesByItself || draft === undefined) return undefined;
    const timer = window.setTimeout(() => settle.current(), REST_MS);
    return () => window.clearTimeout(timer);
  }, [draft, settlesByItself]);
  // What is typed is not lost where the page goes before it rested.
  useEffect(() => () => settle.current(), []);
  const common = {
    size: 'sm',
    label: props.label,
    description: props.description,
    placeholder: props.placeholder,
    value: text,
    error: problem === '' ? undefined : problem,
    spellCheck: !isCode,
    classNames: isCode ? { input: 'nx-code-input' } : {},
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      setDraft(event.currentTarget.value),
    onBlur: () => {
      settle.current();
      if (problem !== '') setDraft(undefined);
    },
  } as const;
  if (lines > 1) return <Textarea {...common} autosize minRows={lines} maxRows={12} />;
  return <TextInput {...common} onKeyDown={(event) => event.key === 'Enter' && settle.current()} />;
}
