import { type ReactElement, useState } from 'react';
import type { QueryData } from '#contract';
import { Empty } from '../../components/Empty.tsx';
import { FirstRows } from '../../components/FirstRows.tsx';
import { VirtualRows } from '../../components/VirtualRows.tsx';
import { formatInstantPrecisely } from '../../format/times.ts';
import { useZone } from '../../settings/settings.ts';
import type { PanelState } from '../panel-state.ts';
import { ResultBody } from '../ResultBody.tsx';
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
  const asked = useInstantQuery(state, run);
  const { data, error } = asked;
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
      <ResultBody asked={asked} expr={state.expr}>
        {(result) => (
          <>
            <ResultNotices warnings={result.warnings} infos={result.infos} />
            <ResultTable result={result} />
          </>
        )}
      </ResultBody>
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
      <FirstRows
        shown={shown.length}
        count={rows.length}
        noun="series"
        onShowAll={() => setAllShown(true)}
      />
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
