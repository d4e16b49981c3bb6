import { NativeSelect, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import {
  changeVariableKind,
  type JsonObject,
  readVariableItem,
  renameVariable,
  type VariableKind,
  variableNameProblem,
  VARIABLES_PATH,
} from '#dashboards';
import { itemEdit, textOf, useSettingsEdit } from './settings-edit.ts';
import { SettledText } from './SettledText.tsx';
import { VariableFields } from './VariableFields.tsx';
import { VariablePreview } from './VariablePreview.tsx';
import { KIND_WORDS } from './variable-words.ts';

interface VariableFormProps {
  readonly index: number;
  readonly item: JsonObject;
  /** Where it is named. */
  readonly places: readonly string[];
}

const HIDING = [
  { value: '0', label: 'With its label' },
  { value: '1', label: 'Without its label' },
  { value: '2', label: 'Not at all' },
];

/** All of one variable. A new name is written wherever the old one stood. */
export function VariableForm({ index, item, places }: VariableFormProps): ReactElement {
  const settings = useSettingsEdit();
  const { json, change } = settings;
  const name = textOf(item['name']);
  const edit = itemEdit(settings, [...VARIABLES_PATH, index], { item, name: `variable ${name}` });
  const variable = readVariableItem(item);
  const hidden = { none: '0', label: '1', all: '2' }[variable?.hide ?? 'none'];
  return (
    <>
      <div className="nx-settings-row">
        <SettledText
          label="Name"
          {...(places.length > 0 ? { description: 'Renamed wherever it is named' } : {})}
          value={name}
          settlesByItself={false}
          problemOf={(text) => variableNameProblem(json, index, text)}
          onSettle={(text) => change(renameVariable(json, index, text), `Name of variable ${name}`)}
        />
        <NativeSelect
          label="Kind"
          value={variable?.kind ?? ''}
          onChange={(event) =>
            change(
              changeVariableKind(json, index, event.currentTarget.value as VariableKind),
              `Kind of variable ${name}`,
            )
          }
          data={[
            ...(variable === undefined ? [{ value: '', label: textOf(item['type']) }] : []),
            ...(Object.keys(KIND_WORDS) as VariableKind[]).map((kind) => ({
              value: kind,
              label: KIND_WORDS[kind],
            })),
          ]}
        />
        <TextInput
          label="Label"
          placeholder={name}
          value={textOf(item['label'])}
          onChange={(event) => edit.set('label', event.currentTarget.value, 'Label')}
        />
        <NativeSelect
          label="Shown"
          value={hidden}
          onChange={(event) => edit.set('hide', Number(event.currentTarget.value), 'Hiding')}
          data={HIDING}
        />
      </div>
      {variable === undefined ? (
        <p className="nx-quiet">
          What the file has here cannot be read as a variable; it is kept as it is.
        </p>
      ) : (
        <>
          <VariableFields variable={variable} edit={edit} />
          <VariablePreview variable={variable} edit={edit} />
        </>
      )}
      <UsedBy name={name} places={places} isFilter={variable?.kind === 'adhoc'} />
    </>
  );
}

interface UsedByProps {
  readonly name: string;
  readonly places: readonly string[];
  readonly isFilter: boolean;
}

function UsedBy({ name, places, isFilter }: UsedByProps): ReactElement {
  if (isFilter)
    return <p className="nx-quiet">Filters are added to each query of the dashboard.</p>;
  if (places.length === 0) return <p className="nx-quiet">Nothing names ${name}.</p>;
  return (
    <div>
      <span className="nx-settings-label">Used by</span>
      <ul className="nx-settings-uses" aria-label={`Who uses ${name}`}>
        {places.map((place) => (
          <li key={place}>{place}</li>
        ))}
      </ul>
    </div>
  );
}
