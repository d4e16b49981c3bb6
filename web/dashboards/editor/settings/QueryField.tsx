import type { ReactElement } from 'react';
import { PromqlField } from '../PromqlField.tsx';

interface QueryFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onSettle: (text: string) => void;
  readonly description?: string;
  readonly placeholder?: string;
}

/** PromQL among the fields of a form. */
export function QueryField({ description, ...field }: QueryFieldProps): ReactElement {
  return (
    <div className="nx-settings-field">
      <span className="nx-settings-label" aria-hidden="true">
        {field.label}
      </span>
      {description !== undefined && <span className="nx-settings-hint">{description}</span>}
      <PromqlField {...field} />
    </div>
  );
}
