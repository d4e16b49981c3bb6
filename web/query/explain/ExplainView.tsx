import { SegmentedControl } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { LoadingRows } from '../../components/Loading.tsx';
import { RangeInput } from '../graph/RangeInput.tsx';
import { ResolutionInput } from '../graph/ResolutionInput.tsx';
import type { PanelState } from '../panel-state.ts';
import { QueryFailure } from '../QueryFailure.tsx';
import { ResultNotices } from '../ResultNotices.tsx';
import { ResultSummary } from '../ResultSummary.tsx';
import { TimeInput } from '../TimeInput.tsx';
import { PlanTree } from './PlanTree.tsx';
import { type ExplainScope, useExplain } from './use-explain.ts';

interface ExplainViewProps {
  readonly state: PanelState;
  readonly run: number;
  readonly onChange: (change: Partial<PanelState>) => void;
}

/** How the server evaluates the query, and where its time goes. */
export function ExplainView({ state, run, onChange }: ExplainViewProps): ReactElement {
  const [scope, setScope] = useState<ExplainScope>('range');
  const { data, error, isFetching, isPlaceholderData } = useExplain(state, scope, run);
  const analysis = data?.data.plan.analysis;
  return (
    <div className="nx-result">
      <div className="nx-controls">
        <SegmentedControl
          size="sm"
          aria-label="For which times"
          value={scope}
          onChange={(value) => setScope(value === 'instant' ? 'instant' : 'range')}
          data={[
            { value: 'range', label: 'As graph' },
            { value: 'instant', label: 'As table' },
          ]}
        />
        <ExplainTimes state={state} scope={scope} onChange={onChange} />
        {data !== undefined && analysis !== undefined && error === null && (
          <ResultSummary
            seriesCount={analysis.resultSeries}
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
          {data.failure !== undefined && <QueryFailure expr={state.expr} error={data.failure} />}
          <ResultNotices warnings={data.warnings} infos={data.infos} />
          <PlanTree plan={data.data.plan} />
        </div>
      )}
    </div>
  );
}

interface ExplainTimesProps extends Omit<ExplainViewProps, 'run'> {
  readonly scope: ExplainScope;
}

function ExplainTimes({ state, scope, onChange }: ExplainTimesProps): ReactElement {
  const isRange = scope === 'range';
  return (
    <>
      {isRange && (
        <RangeInput
          label="Range"
          durationMs={state.rangeMs}
          onChange={(rangeMs) => onChange({ rangeMs })}
        />
      )}
      <TimeInput
        label={isRange ? 'End time' : 'Evaluation time'}
        timeMs={state.endMs}
        shiftMs={state.rangeMs / 2}
        onChange={(endMs) => onChange({ endMs })}
      />
      {isRange && (
        <ResolutionInput
          resolution={state.resolution}
          rangeMs={state.rangeMs}
          onChange={(resolution) => onChange({ resolution })}
        />
      )}
    </>
  );
}
