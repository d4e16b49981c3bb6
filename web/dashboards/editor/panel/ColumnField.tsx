import { Autocomplete } from '@mantine/core';
import type { ReactElement } from 'react';
import type { JsonObject, TransformationKind } from '#dashboards';

export interface TransformationFormProps {
  /** Undefined: its JSON is edited. */
  readonly kind: TransformationKind | undefined;
  readonly title: string;
  readonly options: JsonObject;
  /** Of the columns that come in. */
  readonly names: readonly string[];
  readonly onChange: (options: JsonObject) => void;
}

interface ColumnFieldProps {
  readonly label: string;
  readonly value: string;
  readonly names: readonly string[];
  readonly onChange: (name: string | undefined) => void;
}

export function ColumnField({ label, value, names, onChange }: ColumnFieldProps): ReactElement {
  return (
    <Autocomplete
      size="sm"
      aria-label={label}
      placeholder="Column"
      data={[...names]}
      limit={100}
      value={value}
      onChange={(name) => onChange(name || undefined)}
    />
  );
}
