import { ActionIcon, NativeSelect, SegmentedControl, TextInput } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import {
  duplicateQuery,
  isRefIdTaken,
  type JsonObject,
  moveItem,
  queriesPath,
  type QueryInFile,
  type QueryType,
  removeItem,
  withQueryKey,
  withQueryType,
} from '#dashboards';
import { Icon } from '../../../components/Icon.tsx';
import { IconButton } from '../../../components/IconButton.tsx';
import { formatCount } from '../../../format/numbers.ts';
import { hrefOf } from '../../../location/location.ts';
import { DEFAULT_PANEL } from '../../../query/panel-state.ts';
import { printPanels } from '../../../query/panel-url.ts';
import { QueryFailure } from '../../../query/QueryFailure.tsx';
import type { RequestAnswer } from '../../use-panel-answers.ts';
import { PromqlField } from '../PromqlField.tsx';
import { ItemMoves } from './ItemMoves.tsx';
import { usePanelEdit } from './panel-edit.ts';

interface QueryRowProps {
  readonly query: QueryInFile;
  readonly count: number;
}

/** One query: its PromQL, what is said of it, and what went wrong with it. */
export function QueryRow({ query, count }: QueryRowProps): ReactElement {
  const { name, change, answers } = usePanelEdit();
  const [isOpen, setOpen] = useState(true);
  const { index, refId } = query;
  const own = answers.filter(({ request }) => request.query.refId === refId);
  const set = (next: JsonObject, what: string): void =>
    change(next, `${what} of query ${refId} of ${name}`);
  return (
    <section className="nx-pe-query" data-hidden={query.isHidden} aria-label={`Query ${refId}`}>
      <header className="nx-pe-item-head">
        <IconButton
          icon={isOpen ? 'chevronDown' : 'chevronRight'}
          label={isOpen ? `Fold query ${refId}` : `Unfold query ${refId}`}
          size={28}
          onClick={() => setOpen(!isOpen)}
        />
        <RefIdField query={query} />
        <QuerySummary query={query} answers={own} isOpen={isOpen} />
        <QueryActions {...{ query, count, own }} />
      </header>
      {isOpen &&
        (query.isPromql ? (
          <>
            <ExpressionField query={query} />
            {own.map(
              ({ request, error }) =>
                error !== undefined && (
                  <QueryFailure key={request.kind} expr={request.expr} error={error} />
                ),
            )}
            <QuerySettings query={query} onSet={set} />
          </>
        ) : (
          <p className="nx-quiet">
            It is none of PromQL: the file keeps it, and nothing is asked for it.
          </p>
        ))}
      <span className="nx-hidden">{`Query ${index + 1} of ${count}`}</span>
    </section>
  );
}

interface QuerySummaryProps {
  readonly query: QueryInFile;
  readonly answers: readonly RequestAnswer[];
  readonly isOpen: boolean;
}

function QuerySummary({ query, answers, isOpen }: QuerySummaryProps): ReactElement {
  const failed = answers.some(({ error }) => error !== undefined);
  const count = answers.reduce((sum, { answer }) => {
    const result = answer?.data.result;
    return sum + (Array.isArray(result) ? result.length : 0);
  }, 0);
  return (
    <span className="nx-pe-summary">
      {query.isHidden && <span className="nx-quiet">hidden</span>}
      {failed ? (
        <span className="nx-tile-failed">failed</span>
      ) : (
        answers.length > 0 && <span className="nx-quiet">{`${formatCount(count)} series`}</span>
      )}
      {!isOpen && <code className="nx-pe-folded">{query.expr}</code>}
    </span>
  );
}

interface QueryActionsProps extends QueryRowProps {
  readonly own: readonly RequestAnswer[];
}

function QueryActions({ query, count, own }: QueryActionsProps): ReactElement {
  const { panel, name, change } = usePanelEdit();
  const { index, refId, isHidden } = query;
  const about = `query ${refId} of ${name}`;
  const [first] = own;
  return (
    <span className="nx-pe-actions">
      {first !== undefined && <ExplainLink answer={first} refId={refId} />}
      <IconButton
        icon={isHidden ? 'eyeOff' : 'eye'}
        label={isHidden ? `Ask query ${refId} again` : `Do not ask query ${refId}`}
        size={28}
        onClick={() => {
          const value = isHidden ? undefined : true;
          change(withQueryKey(panel, index, { key: 'hide', value }), `Hiding of ${about}`);
        }}
      />
      <IconButton
        icon="duplicate"
        label={`Duplicate query ${refId}`}
        size={28}
        onClick={() => change(duplicateQuery(panel, index), `Copy of ${about}`)}
      />
      <ItemMoves
        what={`query ${refId}`}
        index={index}
        count={count}
        onMove={(by) => change(moveItem(panel, queriesPath, { index, by }), `Place of ${about}`)}
        onRemove={() => change(removeItem(panel, queriesPath, index), `Removal of ${about}`)}
      />
    </span>
  );
}

/** The query as it was sent, on the query page, where it is explained. */
function ExplainLink({
  answer,
  refId,
}: {
  readonly answer: RequestAnswer;
  readonly refId: string;
}): ReactElement {
  const { expr, startMs, endMs } = answer.request;
  const rangeMs = Math.max(endMs - startMs, 60_000);
  const search = printPanels([{ ...DEFAULT_PANEL, expr, tab: 'explain', rangeMs }]);
  const label = `Explain query ${refId} on the query page`;
  return (
    <ActionIcon
      component="a"
      href={hrefOf('query', search)}
      target="_blank"
      rel="noopener"
      variant="subtle"
      color="gray"
      size={28}
      aria-label={label}
      title={label}
    >
      <Icon name="tree" size={15} />
    </ActionIcon>
  );
}

/** Transformations and overrides go by this name, so that it is taken only when it is done and free. */
function RefIdField({ query }: { readonly query: QueryInFile }): ReactElement {
  const { panel, name, change } = usePanelEdit();
  const { index, refId } = query;
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const text = draft ?? refId;
  const isTaken = isRefIdTaken(panel, index, text.trim());
  const commit = (): void => {
    setDraft(undefined);
    const value = text.trim();
    if (value === '' || value === refId || isTaken) return;
    change(
      withQueryKey(panel, index, { key: 'refId', value }),
      `Name of query ${refId} of ${name}`,
    );
  };
  return (
    <TextInput
      size="xs"
      className="nx-pe-refid"
      aria-label={`Name of query ${refId}`}
      value={text}
      maxLength={40}
      error={isTaken && draft !== undefined ? 'taken' : undefined}
      onChange={(event) => setDraft(event.currentTarget.value)}
      onBlur={commit}
      onKeyDown={(event) => event.key === 'Enter' && commit()}
    />
  );
}

function ExpressionField({ query }: { readonly query: QueryInFile }): ReactElement {
  const { panel, name, change } = usePanelEdit();
  const { index, refId, expr } = query;
  return (
    <PromqlField
      label={`PromQL of query ${refId}`}
      value={expr}
      autoFocus={expr === ''}
      onSettle={(value) =>
        change(withQueryKey(panel, index, { key: 'expr', value }), `Query ${refId} of ${name}`)
      }
    />
  );
}

const TYPES: readonly { readonly value: QueryType; readonly label: string }[] = [
  { value: 'range', label: 'Range' },
  { value: 'instant', label: 'Instant' },
  { value: 'both', label: 'Both' },
];

interface QuerySettingsProps {
  readonly query: QueryInFile;
  readonly onSet: (next: JsonObject, what: string) => void;
}

function QuerySettings({ query, onSet }: QuerySettingsProps): ReactElement {
  const { panel } = usePanelEdit();
  const { index, refId, legend, minInterval, type, format } = query;
  const setKey = (key: string, value: string, what: string): void =>
    onSet(withQueryKey(panel, index, { key, value: value === '' ? undefined : value }), what);
  return (
    <div className="nx-pe-settings">
      <TextInput
        size="xs"
        className="nx-pe-legend"
        label="Legend"
        description="{{instance}} is the value of a label"
        placeholder="Automatic"
        value={legend === '__auto' ? '' : legend}
        onChange={(event) => {
          const { value } = event.currentTarget;
          setKey('legendFormat', value === '' ? '__auto' : value, 'Legend');
        }}
      />
      <TextInput
        size="xs"
        className="nx-pe-short"
        label="Min step"
        description="15s, 1m"
        placeholder="Automatic"
        value={minInterval}
        onChange={(event) => setKey('interval', event.currentTarget.value, 'Min step')}
      />
      <NativeSelect
        size="xs"
        label="Format"
        description="As what it is read"
        value={format}
        data={[
          { value: 'time_series', label: 'Time series' },
          { value: 'table', label: 'Table' },
          { value: 'heatmap', label: 'Heatmap' },
        ]}
        onChange={(event) => setKey('format', event.currentTarget.value, 'Format')}
      />
      <div className="nx-pe-field">
        <span className="nx-pe-label">Asks</span>
        <span className="nx-pe-hint">Over time, at its end</span>
        <SegmentedControl
          size="xs"
          aria-label={`What query ${refId} asks`}
          data={[...TYPES]}
          value={type}
          onChange={(value) => onSet(withQueryType(panel, index, value), 'Type')}
        />
      </div>
    </div>
  );
}
