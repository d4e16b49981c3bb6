import { type ReactElement, useMemo, useState } from 'react';
import type { LegendOptions } from '#dashboards';
import type { PanelProps } from '../panel-props.ts';
import { GraphLayout } from './GraphLayout.tsx';
import { displayNames } from './series-model.ts';
import { statePlot } from './state-plot.ts';
import { stateRows } from './state-rows.ts';

interface StateGraphProps {
  readonly panel: Omit<PanelProps, 'options'>;
  readonly legend: LegendOptions;
  readonly showsValue: 'auto' | 'always' | 'never';
  readonly rowHeight: number;
  readonly columnWidth: number;
  readonly isMerged: boolean;
}

const NOTHING_HIDDEN: ReadonlySet<string> = new Set();
const NO_TITLES: readonly string[] = [];

/** Rows of states over time; the legend says which colour is which. */
export function StateGraph(props: StateGraphProps): ReactElement {
  const { panel, showsValue, rowHeight, columnWidth, isMerged } = props;
  const { frames, settings, interpolate, isDark, range, zone, events } = panel;
  const [hidden, setHidden] = useState(NOTHING_HIDDEN);
  const model = useMemo(() => {
    const names = displayNames({ frames, settings, interpolate });
    const { toMs: endMs, stepMs } = range;
    return stateRows({ frames, settings, names, isDark, zone, endMs, stepMs, isMerged });
  }, [frames, settings, interpolate, isDark, range, zone, isMerged]);
  const { mode, syncKey } = panel.cursor;
  const build = useMemo(() => {
    const rows = model.rows.map(({ name, cells }) => ({
      name,
      cells: cells.filter(({ group }) => !hidden.has(group)),
    }));
    const frame = { range, zone, events, cursor: { mode, syncKey } };
    return statePlot({ rows, times: model.times, frame, showsValue, rowHeight, columnWidth });
  }, [model, hidden, range, zone, events, mode, syncKey, showsValue, rowHeight, columnWidth]);
  const legendRows = useMemo(
    () =>
      model.states.map(({ group, colour }) => ({
        key: group,
        name: group,
        colour,
        cells: [],
        isEmpty: false,
        isZero: false,
      })),
    [model],
  );
  const label = `${interpolate(panel.panel.title) || 'States'}: ${model.rows.length} rows of states over time`;
  return (
    <GraphLayout
      size={panel.size}
      rows={legendRows}
      titles={NO_TITLES}
      legend={props.legend}
      hidden={hidden}
      onHiddenChange={setHidden}
      plot={{ build, isDark, label, onZoom: panel.onZoom }}
    />
  );
}
