import { Button, NativeSelect, Switch, TextInput } from '@mantine/core';
import type { ReactElement } from 'react';
import {
  type AdHocFilter,
  changeQueryKind,
  compilePattern,
  parseInterval,
  readVariableQuery,
  type Variable,
  type VariableQueryForm,
  type VariableQueryKind,
  withDerived,
  withJsonAt,
  withVariableQuery,
  writeVariableQuery,
} from '#dashboards';
import { IconButton } from '../../../components/IconButton.tsx';
import type { ItemEdit } from './settings-edit.ts';
import { QueryField } from './QueryField.tsx';
import { SettledText } from './SettledText.tsx';
import { QUERY_WORDS, SORT_WORDS } from './variable-words.ts';

interface FieldsProps {
  readonly variable: Variable;
  readonly edit: ItemEdit;
}

/** What only variables of its kind have. */
export function VariableFields(props: FieldsProps): ReactElement {
  const { variable, edit } = props;
  const setQuery = (text: string): void =>
    edit.replace(withVariableQuery(edit.item, text), 'Query');
  const common = { value: variable.query, onSettle: setQuery };
  switch (variable.kind) {
    case 'query':
      return <QueryFields {...props} />;
    case 'custom':
      return (
        <>
          <SettledText
            {...common}
            label="Values"
            description="With commas between; text : value where the two differ"
            lines={2}
          />
          <ManyFields {...props} />
        </>
      );
    case 'textbox':
      return <SettledText {...common} label="Text it begins with" />;
    case 'constant':
      return <SettledText {...common} label="Value" />;
    case 'interval':
      return <IntervalFields {...props} onQuery={setQuery} />;
    case 'datasource':
      return (
        <>
          <SettledText
            {...common}
            label="Type"
            description="Narthex is the one of type prometheus"
          />
          <PatternField {...props} />
          <ManyFields {...props} />
        </>
      );
    case 'adhoc':
      return <FilterFields {...props} />;
  }
}

function QueryFields(props: FieldsProps): ReactElement {
  const { variable, edit } = props;
  const form = readVariableQuery(variable.query);
  const write = (next: VariableQueryForm): void =>
    edit.replace(withVariableQuery(edit.item, writeVariableQuery(next)), 'Query');
  return (
    <>
      <div className="nx-settings-row">
        <NativeSelect
          label="Asks for"
          value={form.kind}
          onChange={(event) =>
            write(changeQueryKind(form, event.currentTarget.value as VariableQueryKind))
          }
          data={Object.entries(QUERY_WORDS).map(([value, label]) => ({ value, label }))}
        />
        <QueryParts form={form} onWrite={write} />
      </div>
      <div className="nx-settings-row">
        <PatternField {...props} />
        <NativeSelect
          label="Order"
          value={String(variable.sort)}
          onChange={(event) => edit.set('sort', Number(event.currentTarget.value), 'Order')}
          data={SORT_WORDS.map((label, i) => ({ value: String(i), label }))}
        />
        <NativeSelect
          label="Asked for"
          value={{ never: '0', load: '1', time: '2' }[variable.refresh]}
          onChange={(event) => edit.set('refresh', Number(event.currentTarget.value), 'Refresh')}
          data={[
            { value: '0', label: 'Never: as saved in the file' },
            { value: '1', label: 'When the dashboard opens' },
            { value: '2', label: 'When the time changes, too' },
          ]}
        />
      </div>
      <ManyFields {...props} />
    </>
  );
}

interface QueryPartsProps {
  readonly form: VariableQueryForm;
  readonly onWrite: (form: VariableQueryForm) => void;
}

function QueryParts({ form, onWrite }: QueryPartsProps): ReactElement {
  switch (form.kind) {
    case 'label_values':
      return (
        <>
          <SettledText
            isCode
            label="Label"
            placeholder="job"
            value={form.label}
            onSettle={(label) => onWrite({ ...form, label })}
          />
          <QueryField
            label="Of the series"
            placeholder="all series"
            value={form.selector}
            onSettle={(selector) => onWrite({ ...form, selector })}
          />
        </>
      );
    case 'label_names':
    case 'metrics':
      return (
        <SettledText
          isCode
          label={form.kind === 'metrics' ? 'Whose names match' : 'Of metrics whose names match'}
          placeholder="node_.*"
          value={form.pattern}
          onSettle={(pattern) => onWrite({ ...form, pattern })}
        />
      );
    case 'query_result':
      return (
        <QueryField
          label="PromQL"
          value={form.expr}
          onSettle={(expr) => onWrite({ ...form, expr })}
        />
      );
    case 'series':
      return (
        <QueryField
          label="Selector"
          placeholder={'up{job="api"}'}
          value={form.selector}
          onSettle={(selector) => onWrite({ ...form, selector })}
        />
      );
  }
}

function PatternField({ variable, edit }: FieldsProps): ReactElement {
  return (
    <SettledText
      isCode
      label="Pattern"
      description="What it captures is the value"
      placeholder="/.*-(\d+)/"
      value={variable.regex}
      problemOf={(text) => {
        const compiled = text.trim() === '' ? undefined : compilePattern(text.trim());
        return compiled === undefined || compiled.ok ? '' : compiled.message;
      }}
      onSettle={(text) => edit.set('regex', text, 'Pattern')}
    />
  );
}

function ManyFields({ variable, edit }: FieldsProps): ReactElement {
  return (
    <>
      <div className="nx-settings-switches">
        <Switch
          label="Several can be chosen"
          checked={variable.isMulti}
          onChange={(event) => edit.set('multi', event.currentTarget.checked, 'Choice of several')}
        />
        <Switch
          label="All can be chosen"
          checked={variable.includesAll}
          onChange={(event) => edit.set('includeAll', event.currentTarget.checked, 'Choice of all')}
        />
      </div>
      {variable.includesAll && (
        <div className="nx-settings-start">
          <SettledText
            isCode
            label="All stands for"
            placeholder="all values; or a pattern: .*"
            value={variable.allValue}
            onSettle={(text) =>
              edit.set('allValue', text === '' ? undefined : text, 'Value of all')
            }
          />
        </div>
      )}
    </>
  );
}

interface IntervalFieldsProps extends FieldsProps {
  readonly onQuery: (text: string) => void;
}

function IntervalFields({ variable, edit, onQuery }: IntervalFieldsProps): ReactElement {
  const { auto } = variable;
  return (
    <div className="nx-settings-row">
      <SettledText
        label="Intervals"
        placeholder="1m,10m,1h"
        value={variable.query}
        onSettle={onQuery}
      />
      <Switch
        label="One fits the time that is shown"
        checked={auto !== undefined}
        onChange={(event) => {
          const next = withJsonAt(edit.item, ['auto'], event.currentTarget.checked);
          edit.replace(withDerived(next), 'Automatic interval');
        }}
      />
      {auto !== undefined && (
        <>
          <SettledText
            label="In how many steps"
            value={String(auto.count)}
            problemOf={(text) => (/^[1-9]\d{0,3}$/.test(text.trim()) ? '' : 'From 1 to 9999')}
            onSettle={(text) => edit.set('auto_count', Number(text), 'Steps')}
          />
          <SettledText
            label="At least"
            value={auto.min}
            problemOf={(text) => (parseInterval(text) === undefined ? 'Something like 10s' : '')}
            onSettle={(text) => edit.set('auto_min', text.trim(), 'Least interval')}
          />
        </>
      )}
    </div>
  );
}

function FilterFields({ variable, edit }: FieldsProps): ReactElement {
  const { filters } = variable;
  const keep = (next: readonly AdHocFilter[]): void =>
    edit.set(
      'filters',
      next.map((filter) => ({ ...filter })),
      'Filters',
    );
  const put = (index: number, part: Partial<AdHocFilter>): void =>
    keep(filters.map((filter, i) => (i === index ? Object.assign({}, filter, part) : filter)));
  return (
    <div className="nx-settings-filters">
      <span className="nx-settings-label">Filters it begins with</span>
      {filters.map((filter, i) => (
        <div key={i} className="nx-settings-filter">
          <TextInput
            aria-label="Label"
            value={filter.key}
            onChange={(event) => put(i, { key: event.currentTarget.value || 'label' })}
          />
          <NativeSelect
            aria-label="Operator"
            value={filter.operator}
            onChange={(event) => put(i, { operator: event.currentTarget.value })}
            data={['=', '!=', '=~', '!~']}
          />
          <TextInput
            aria-label="Value"
            value={filter.value}
            onChange={(event) => put(i, { value: event.currentTarget.value })}
          />
          <IconButton
            icon="trash"
            label={`Remove the filter on ${filter.key}`}
            onClick={() => keep(filters.filter((_, other) => other !== i))}
          />
        </div>
      ))}
      <Button
        size="compact-sm"
        variant="default"
        onClick={() => keep([...filters, { key: 'job', operator: '=', value: '' }])}
      >
        Add a filter
      </Button>
    </div>
  );
}
