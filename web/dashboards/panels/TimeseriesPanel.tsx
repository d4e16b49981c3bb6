import { type ReactElement, useMemo, useState } from 'react';
import { GraphLayout } from './graph/GraphLayout.tsx';
import { graphModel, legendRows, legendTitles } from './graph/series-model.ts';
import { seriesPlot } from './graph/series-plot.ts';
import { timeText } from './graph/time-text.ts';
import type { PanelProps } from './panel-props.ts';

const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

export function TimeseriesPanel(props: PanelProps<'timeseries'>): ReactElement {
  const { panel, options, frames, settings, interpolate, isDark, range, zone, events } = props;
  const [hidden, setHidden] = useState(NOTHING_HIDDEN);
  const model = useMemo(
    () => graphModel({ frames, settings, interpolate, isDark }),
    [frames, settings, interpolate, isDark],
  );
  const { legend, tooltip } = options;
  const rows = useMemo(
    () => legendRows(model.series, legend.reducers, zone),
    [model, legend, zone],
  );
  const { mode, syncKey } = props.cursor;
  const build = useMemo(() => {
    const series = model.series.filter(({ name }) => !hidden.has(name));
    const frame = { range, zone, events, cursor: { mode, syncKey } };
    return seriesPlot({ times: model.times, series, frame, tooltip, isDark });
  }, [model, hidden, range, zone, events, mode, syncKey, tooltip, isDark]);
  const label = `${interpolate(panel.title) || 'Graph'}: ${model.series.length} series from ${timeText(range.fromMs, zone)} to ${timeText(range.toMs, zone)}`;
  return (
    <GraphLayout
      size={props.size}
      rows={rows}
      titles={legendTitles(legend.reducers)}
      legend={legend}
      hidden={hidden}
      onHiddenChange={setHidden}
      plot={{ build, isDark, label, onZoom: props.onZoom }}
    />
  );
}
