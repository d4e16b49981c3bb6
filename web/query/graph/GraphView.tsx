import { SegmentedControl, Skeleton, Switch } from '@mantine/core';
import type { ReactElement } from 'react';
import { useSettings } from '../../settings/settings.ts';
import { LoadingRows } from '../../components/Loading.tsx';
import { LiveMark } from '../LiveMark.tsx';
import { isLive, type PanelState } from '../panel-state.ts';
import { QueryFailure } from '../QueryFailure.tsx';
import { ResultBody } from '../ResultBody.tsx';
import { ResultSummary } from '../ResultSummary.tsx';
import { useRangeQuery } from '../run-query.ts';
import { TimeInput } from '../TimeInput.tsx';
import { useLiveQuery } from '../use-live-query.ts';
import { GraphResult } from './GraphResult.tsx';
import { RangeInput } from './RangeInput.tsx';
import { ResolutionInput } from './ResolutionInput.tsx';

export interface GraphViewProps {
  readonly state: PanelState;
  readonly run: number;
  readonly onChange: (change: Partial<PanelState>) => void;
}

export function GraphView(props: GraphViewProps): ReactElement {
  return isLive(props.state) ? <LiveGraph {...props} /> : <AskedGraph {...props} />;
}

function AskedGraph({ state, run, onChange }: GraphViewProps): ReactElement {
  const asked = useRangeQuery(state, run);
  const { data, error } = asked;
  return (
    <div className="nx-result">
      <div className="nx-controls">
        <GraphControls state={state} onChange={onChange} />
        {data !== undefined && error === null && (
          <ResultSummary seriesCount={data.series.length} loadMs={data.loadMs} stats={data.stats} />
        )}
      </div>
      <ResultBody asked={asked} expr={state.expr} outline={<GraphOutline />}>
        {(result) => <GraphResult result={result} state={state} onChange={onChange} />}
      </ResultBody>
    </div>
  );
}

/** The server pushes what is new; what there is stays in sight while the connection is lost. */
function LiveGraph({ state, run, onChange }: GraphViewProps): ReactElement {
  const { connection, result, error } = useLiveQuery(state, run);
  return (
    <div className="nx-result">
      <div className="nx-controls">
        <GraphControls state={state} onChange={onChange} />
        <LiveMark connection={connection} seriesCount={result?.series.length} />
      </div>
      <div className="nx-busy-line" data-busy={connection === 'connecting'} />
      {error !== null && <QueryFailure expr={state.expr} error={error} />}
      {result === undefined ? (
        error === null && <GraphOutline />
      ) : (
        <div className="nx-result-body" data-old={connection === 'lost'}>
          <GraphResult result={result} state={state} onChange={onChange} />
        </div>
      )}
    </div>
  );
}

function GraphControls({ state, onChange }: Omit<GraphViewProps, 'run'>): ReactElement {
  const { events } = useSettings();
  return (
    <>
      <RangeInput
        label="Range"
        durationMs={state.rangeMs}
        onChange={(rangeMs) => onChange({ rangeMs })}
      />
      <TimeInput
        label="End time"
        timeMs={state.endMs}
        shiftMs={state.rangeMs / 2}
        onChange={(endMs) => onChange({ endMs })}
      />
      <ResolutionInput
        resolution={state.resolution}
        rangeMs={state.rangeMs}
        onChange={(resolution) => onChange({ resolution })}
      />
      <SegmentedControl
        size="sm"
        aria-label="How series are drawn"
        value={state.displayMode}
        onChange={(mode) => onChange({ displayMode: mode === 'stacked' ? 'stacked' : 'lines' })}
        data={[
          { value: 'lines', label: 'Lines' },
          { value: 'stacked', label: 'Stacked' },
        ]}
      />
      <Switch
        size="sm"
        label="From zero"
        checked={state.yAxisMin === 0}
        onChange={(event) => onChange({ yAxisMin: event.currentTarget.checked ? 0 : undefined })}
      />
      <Switch
        size="sm"
        label="Events"
        checked={state.showEvents ?? events}
        onChange={(event) => onChange({ showEvents: event.currentTarget.checked })}
      />
    </>
  );
}

function GraphOutline(): ReactElement {
  return (
    <>
      <Skeleton className="nx-chart-outline" radius="md" />
      <LoadingRows count={3} />
    </>
  );
}
