import { NativeSelect } from '@mantine/core';
import type { ReactElement } from 'react';
import { ALL_TEXT, ALL_VALUE, type Variable, withChosen } from '#dashboards';
import { Icon } from '../../../components/Icon.tsx';
import { type ItemEdit, useSettingsEdit } from './settings-edit.ts';

interface VariablePreviewProps {
  readonly variable: Variable;
  readonly edit: ItemEdit;
}

/** More than anybody reads here. */
const SHOWN_MAX = 60;

/** The values that there are now, and which of them the dashboard begins with. */
export function VariablePreview({ variable, edit }: VariablePreviewProps): ReactElement | null {
  const { variables } = useSettingsEdit();
  const resolved = variables.resolved.variables.find((one) => one.variable.name === variable.name);
  if (!['query', 'custom', 'interval', 'datasource'].includes(variable.kind)) return null;
  const options = resolved?.options ?? [];
  const isAsking = resolved?.state === 'asking' || resolved?.state === 'waiting';
  const all = variable.includesAll ? [{ value: ALL_VALUE, label: ALL_TEXT }] : [];
  const [current = ''] = variable.current;
  const isKnown = [...all, ...options].some(({ value }) => value === current);
  return (
    <section
      className="nx-settings-preview"
      aria-label={`Values of ${variable.name}`}
      aria-busy={isAsking}
    >
      <h3>
        Values <span className="nx-quiet nx-number">{isAsking ? '…' : options.length}</span>
      </h3>
      {resolved !== undefined && resolved.problem !== '' && (
        <p className="nx-settings-problem" role="alert">
          <Icon name="warning" size={15} /> {resolved.problem}
        </p>
      )}
      <ul>
        {options.slice(0, SHOWN_MAX).map(({ text, value }) => (
          <li key={value} title={value === text ? undefined : value}>
            {text === '' ? '(empty)' : text}
          </li>
        ))}
        {options.length > SHOWN_MAX && (
          <li className="nx-quiet">and {options.length - SHOWN_MAX} more</li>
        )}
      </ul>
      <NativeSelect
        className="nx-settings-start"
        label="The dashboard begins with"
        value={current}
        onChange={(event) => {
          const { value } = event.currentTarget;
          edit.replace(withChosen(edit.item, value === '' ? [] : [value], options), 'First choice');
        }}
        data={[
          { value: '', label: variable.includesAll ? 'All of them' : 'The first of them' },
          ...(isKnown || current === '' ? [] : [{ value: current, label: current }]),
          ...all,
          ...options.slice(0, 500).map(({ text, value }) => ({ value, label: text || '(empty)' })),
        ]}
      />
    </section>
  );
}
