import { TextInput } from '@mantine/core';
import { lazy, type ReactElement, Suspense, useState } from 'react';
import { ALL_TEXT, ALL_VALUE, type Dashboard, type ResolvedVariable } from '#dashboards';
import { Icon } from '../components/Icon.tsx';
import type { Variables } from './use-variables.ts';

const VariableChoice = lazy(async () => ({
  default: (await import('./VariableChoice.tsx')).VariableChoice,
}));

interface VariablesBarProps {
  readonly dashboard: Dashboard;
  readonly variables: Variables;
}

/** What can be chosen on this dashboard. Nothing where there is nothing to choose. */
export function VariablesBar({ dashboard, variables }: VariablesBarProps): ReactElement | null {
  const { resolved, choose } = variables;
  // They come in the order in which they need each other; people know them as the file has them.
  const shown = dashboard.variables.flatMap(({ name, hide, kind }) => {
    if (hide === 'all' || kind === 'constant') return [];
    return resolved.variables.filter(
      // There is one source of data: where it is all that a file accepts, there is nothing to choose.
      ({ variable, options }) =>
        variable.name === name && (kind !== 'datasource' || options.length > 1),
    );
  });
  if (shown.length === 0) return null;
  return (
    <div className="nx-variables" role="group" aria-label="Variables">
      {shown.map((one) => (
        <VariableControl
          key={one.variable.name}
          resolved={one}
          onChoose={(values) => choose(one.variable.name, values)}
        />
      ))}
    </div>
  );
}

export interface VariableControlProps {
  readonly resolved: ResolvedVariable;
  readonly onChoose: (values: readonly string[]) => void;
}

function VariableControl({ resolved, onChoose }: VariableControlProps): ReactElement {
  const { variable, problem } = resolved;
  const label = variable.label === '' ? variable.name : variable.label;
  return (
    <div className="nx-variable" data-variable={variable.name} data-state={resolved.state}>
      <span className={variable.hide === 'label' ? 'nx-hidden' : 'nx-variable-label'}>{label}</span>
      {variable.kind === 'textbox' ? (
        <TextVariable
          key={resolved.selected[0] ?? ''}
          label={label}
          resolved={resolved}
          onChoose={onChoose}
        />
      ) : (
        <ChosenVariable label={label} resolved={resolved} onChoose={onChoose} />
      )}
      {problem !== '' && (
        <span className="nx-variable-problem" title={problem} role="img" aria-label={problem}>
          <Icon name="warning" size={16} />
        </span>
      )}
    </div>
  );
}

export type LabelledProps = VariableControlProps & { readonly label: string };

/** What is chosen, until another choice is wanted: lists with a search are loaded then. */
function ChosenVariable(props: LabelledProps): ReactElement {
  const { label, resolved } = props;
  const [isWanted, setWanted] = useState(false);
  const text = chosenText(resolved);
  const button = (
    <button
      type="button"
      role="combobox"
      className="nx-variable-closed"
      aria-label={label}
      aria-haspopup="listbox"
      aria-expanded={false}
      title={text}
      onClick={() => setWanted(true)}
    >
      <span>{text}</span>
      <Icon name="chevronDown" size={14} />
    </button>
  );
  const isShort = resolved.variable.kind !== 'adhoc';
  if (isShort && !isWanted) return button;
  return (
    <Suspense fallback={isShort ? button : <span className="nx-variable-closed" />}>
      <VariableChoice {...props} />
    </Suspense>
  );
}

function chosenText({ options, selected, state }: ResolvedVariable): string {
  const texts = new Map(options.map(({ value, text }) => [value, text === '' ? '(empty)' : text]));
  texts.set(ALL_VALUE, ALL_TEXT);
  const chosen = selected.map((value) => texts.get(value) ?? value).join(' + ');
  if (chosen !== '') return chosen;
  return state === 'asking' || state === 'waiting' ? 'Loading' : 'None';
}

function TextVariable({ label, resolved, onChoose }: LabelledProps): ReactElement {
  const shown = resolved.selected[0] ?? '';
  const [text, setText] = useState(shown);
  const commit = (): void => {
    if (text !== shown) onChoose([text]);
  };
  return (
    <TextInput
      size="sm"
      aria-label={label}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  );
}
