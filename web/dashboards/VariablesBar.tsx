import { TextInput } from '@mantine/core';
import {
  type KeyboardEvent,
  lazy,
  type ReactElement,
  startTransition,
  Suspense,
  useState,
} from 'react';
import { ALL_TEXT, ALL_VALUE, type Dashboard, type ResolvedVariable } from '#dashboards';
import { Icon } from '../components/Icon.tsx';
import type { Variables } from './use-variables.ts';

const loadChoice = async (): Promise<typeof import('./VariableChoice.tsx')> =>
  await import('./VariableChoice.tsx');

/** Somebody is about to open one. */
const loadSoon = (): void => void loadChoice();

const VariableChoice = lazy(async () => ({ default: (await loadChoice()).VariableChoice }));

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

/** What is chosen, until another choice is wanted: lists with a search are loaded then, and search for what was typed. */
function ChosenVariable(props: LabelledProps): ReactElement {
  const { label, resolved } = props;
  const [isWanted, setWanted] = useState(false);
  const [typed, setTyped] = useState('');
  const text = chosenText(resolved);
  // Until it is there the button stays, with the focus and what is typed meanwhile.
  const open = (): void => startTransition(() => setWanted(true));
  const press = (event: KeyboardEvent): void => {
    const { key } = event;
    const isText = key.length === 1 && key !== ' ';
    const isCommand = event.ctrlKey || event.metaKey || event.altKey;
    if (isCommand || !(isText || key === 'ArrowDown' || key === 'ArrowUp')) return;
    event.preventDefault();
    if (isText) setTyped((before) => before + key);
    open();
  };
  const button = (
    <button
      type="button"
      role="combobox"
      className="nx-variable-closed"
      aria-label={label}
      aria-haspopup="listbox"
      aria-expanded={false}
      title={text}
      onFocus={loadSoon}
      onPointerEnter={loadSoon}
      onKeyDown={press}
      onClick={open}
    >
      <span>{text}</span>
      <Icon name="chevronDown" size={14} />
    </button>
  );
  const isShort = resolved.variable.kind !== 'adhoc';
  return (
    <Suspense fallback={isShort ? button : <span className="nx-variable-closed" />}>
      {isShort && !isWanted ? button : <VariableChoice {...props} typed={typed} />}
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
