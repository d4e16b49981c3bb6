import { Button } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import type { QueryData } from '#contract';
import { Empty } from '../../components/Empty.tsx';
import { LoadingRows } from '../../components/Loading.tsx';
import { VirtualRows } from '../../components/VirtualRows.tsx';
import { formatCount } from '../../format/numbers.ts';
import { formatInstantPrecisely } from '../../format/times.ts';
import { useZone } from '../../settings/settings.ts';
import type { PanelState } from '../panel-state.ts';
import { QueryFailure } from '../QueryFailure.tsx';
import { ResultNotices } from '../ResultNotices.tsx';
import { ResultSummary } from '../ResultSummary.tsx';
import { type InstantResult, useInstantQuery } from '../run-query.ts';
import { TimeInput } from '../TimeInput.tsx';
import { ResultRow } from './ResultRow.tsx';
import { toRows } from './result-rows.ts';

interface TableViewProps {
  readonly state: PanelState;
  readonly run: number;
  readonly onChange: (change: Partial<PanelState>) => void;
}

export function TableView({ state, run, onChange }: TableViewProps): ReactElement {
  const { data, error, isFetching, isPlaceholderData } = useInstantQuery(state, run);
  return (
    <div className="nx-result">
      <div className="nx-controls">
        <TimeInput
          label="Evaluation time"
          timeMs={state.endMs}
          shiftMs={state.rangeMs / 2}
          onChange={(endMs) => onChange({ endMs })}
        />
        {data !== undefined && error === null && (
          <ResultSummary
            seriesCount={countSeries(data.data)}
            loadMs={data.loadMs}
            stats={data.data.stats}
          />
        )}
      </div>
      <div className="nx-busy-line" data-busy={isFetching} />
      {error !== null ? (
        <QueryFailure expr={state.expr} error={error} />
      ) : data === undefined ? (
        <LoadingRows />
      ) : (
        <div className="nx-result-body" data-old={isPlaceholderData}>
          <ResultNotices warnings={data.warnings} infos={data.infos} />
          <ResultTable result={data} />
        </div>
      )}
    </div>
  );
}

function countSeries(data: QueryData): number {
  return data.resultType === 'vector' || data.resultType === 'matrix' ? data.result.length : 1;
}

/** As in Prometheus: more rows than anyone reads, few enough to stay quick. */
const ROWS_MAX = 10_000;

function ResultTable({ result }: { readonly result: InstantResult }): ReactElement {
  const [isAllShown, setAllShown] = useState(false);
  const rows = toRows(result.data);
  const zone = useZone();
  if (rows.length === 0) {
    return (
      <Empty title="No series at this time">
        Nothing matches at {formatInstantPrecisely(result.timeMs, zone)}. Check the labels, or look
        at another time.
      </Empty>
    );
  }
  const shown = isAllShown ? rows : rows.slice(0, ROWS_MAX);
  return (
    <>
      {shown.length < rows.length && (
        <p className="nx-cap">
          The first {formatCount(shown.length)} of {formatCount(rows.length)} series.{' '}
          <Button size="compact-sm" variant="light" onClick={() => setAllShown(true)}>
            Show all
          </Button>
        </p>
      )}
      <VirtualRows
        count={shown.length}
        estimateHeight={() => 38}
        keyOf={(index) => index}
        render={(index) => {
          const row = shown[index];
          return row === undefined ? null : <ResultRow row={row} />;
        }}
      />
    </>
  );
}
