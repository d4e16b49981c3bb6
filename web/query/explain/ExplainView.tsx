import '../../styles/plan.css';
import { SegmentedControl } from '@mantine/core';
import { type ReactElement, useState } from 'react';
import { RangeInput } from '../graph/RangeInput.tsx';
import { ResolutionInput } from '../graph/ResolutionInput.tsx';
import type { PanelState } from '../panel-state.ts';
import { QueryFailure } from '../QueryFailure.tsx';
import { ResultBody } from '../ResultBody.tsx';
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
  const asked = useExplain(state, scope, run);
  const { data, error } = asked;
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
      <ResultBody asked={asked} expr={state.expr}>
        {({ failure, warnings, infos, data: { plan } }) => (
          <>
            {failure !== undefined && <QueryFailure expr={state.expr} error={failure} />}
            <ResultNotices warnings={warnings} infos={infos} />
            <PlanTree plan={plan} />
          </>
        )}
      </ResultBody>
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
