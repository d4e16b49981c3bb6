import '../../styles/dashboard-panels.css';
import { type ReactElement, useMemo } from 'react';
import type { PanelProps } from './panel-props.ts';
import { TimeseriesPanel } from './TimeseriesPanel.tsx';

const WORDS_HEIGHT_PX = 30;
const GRAPH_HEIGHT_MIN_PX = 60;

/** A kind of panel that nobody here knows: what it is, and what its queries say. */
export function UnknownPanel(props: PanelProps<'unknown'>): ReactElement {
  const { panel, size, frames } = props;
  const graph = useMemo(() => graphOptions(), []);
  const hasGraph = frames.some(({ fields }) => fields.some(({ type }) => type === 'number'));
  const height = size.height - WORDS_HEIGHT_PX;
  const name = panel.sourceType === '' ? 'without a type' : `“${panel.sourceType.slice(0, 80)}”`;
  return (
    <div className="nx-unknown-panel">
      <p className="nx-panel-words">
        Panels {name} are not known here.
        {panel.queries.length > 0 ? ' The queries:' : ' There are no queries.'}
      </p>
      {hasGraph && height >= GRAPH_HEIGHT_MIN_PX && (
        <TimeseriesPanel {...props} options={graph} size={{ width: size.width, height }} />
      )}
    </div>
  );
}

function graphOptions(): PanelProps<'timeseries'>['options'] {
  return {
    kind: 'timeseries',
    legend: {
      mode: 'list',
      placement: 'bottom',
      reducers: [],
      width: 0,
      sortBy: '',
      sortsDescending: false,
      hidesEmpty: false,
      hidesZero: false,
    },
    tooltip: { mode: 'single', sort: 'none', hidesZeros: false },
  };
}
