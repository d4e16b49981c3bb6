import { TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { Icon } from './Icon.tsx';

interface SearchFieldProps {
  /** What it is called, and what stands in it while it is empty, unless `placeholder` says so. */
  readonly label: string;
  readonly placeholder?: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
}

/** What narrows a page's list down; the shortcut for searching leads here. */
export function SearchField(props: SearchFieldProps): ReactElement {
  const { label, placeholder = label, text, onChange } = props;
  return (
    <TextInput
      className="nx-filter-text"
      data-shortcut="search"
      aria-label={label}
      placeholder={placeholder}
      leftSection={<Icon name="search" size={16} />}
      value={text}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
