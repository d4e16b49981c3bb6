import { NativeSelect, SegmentedControl, Switch, Textarea, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import { type Json, jsonAt, withJsonAt } from '#dashboards';
import { LinksControl } from './controls/LinksControl.tsx';
import { NumberField } from './controls/NumberField.tsx';
import { OptionRow } from './OptionRow.tsx';
import { usePanelEdit } from './panel-edit.ts';

/** What every panel has, of whatever kind. */
export function PanelBasics(): ReactElement {
  const { panel, view, name, variables, change } = usePanelEdit();
  const set = (key: string, value: Json | undefined, what: string): void =>
    change(withJsonAt(panel, [key], value), `${what} of ${name}`);
  return (
    <>
      <TextInput
        size="sm"
        label="Title"
        description={variablesHint(variables)}
        value={view.title}
        // The name in the words of the step would change with each letter.
        onChange={(event) =>
          change(
            withJsonAt(panel, ['title'], event.currentTarget.value),
            `Title of panel ${view.id}`,
          )
        }
      />
      <Textarea
        size="sm"
        label="Description"
        autosize
        minRows={2}
        maxRows={8}
        value={view.description}
        onChange={(event) => set('description', event.currentTarget.value, 'Description')}
      />
      <OptionRow name="Transparent" help="Without a frame and a background.">
        <Switch
          size="sm"
          aria-label="Transparent"
          checked={view.isTransparent}
          onChange={(event) => set('transparent', event.currentTarget.checked, 'Transparency')}
        />
      </OptionRow>
      <RepeatOptions />
      <OptionRow name="Links" help="In the panel’s heading." isWide>
        <LinksControl
          value={jsonAt(panel, ['links'])}
          hint="Variables stand for what is chosen; ${__url_time_range} keeps the time."
          onChange={(links) => set('links', links, 'Links')}
        />
      </OptionRow>
    </>
  );
}

function variablesHint(variables: readonly string[]): string {
  const [first] = variables;
  return first === undefined ? '' : `$${first} stands for what is chosen`;
}

/** Once for each value of a variable. */
function RepeatOptions(): ReactElement {
  const { panel, view, name, variables, change } = usePanelEdit();
  const { repeat } = view;
  const set = (key: string, value: Json | undefined): void =>
    change(withJsonAt(panel, [key], value), `Repeat of ${name}`);
  const names = [...new Set([...variables, ...(repeat === undefined ? [] : [repeat.variable])])];
  return (
    <>
      <OptionRow name="Repeat by" help="One panel for each value of a variable.">
        <NativeSelect
          size="sm"
          aria-label="Repeat by"
          data={[{ value: '', label: 'Not repeated' }, ...names]}
          value={repeat?.variable ?? ''}
          onChange={(event) => set('repeat', event.currentTarget.value || undefined)}
        />
      </OptionRow>
      {repeat !== undefined && (
        <OptionRow name="Direction" help="Beside each other, or below.">
          <SegmentedControl
            size="xs"
            fullWidth
            aria-label="Direction of copies"
            data={[
              { value: 'h', label: 'Beside' },
              { value: 'v', label: 'Below' },
            ]}
            value={repeat.direction}
            onChange={(direction) => set('repeatDirection', direction)}
          />
        </OptionRow>
      )}
      {repeat?.direction === 'h' && (
        <OptionRow name="At most in a row" help="Copies beside each other.">
          <NumberField
            label="At most in a row"
            isLabelHidden
            value={repeat.maxPerRow}
            min={1}
            max={24}
            step={1}
            onChange={(count) => set('maxPerRow', count)}
          />
        </OptionRow>
      )}
    </>
  );
}
