import { type ReactElement, useMemo } from 'react';
import { formatText } from '#dashboards';
import { Plot } from '../../chart/Plot.tsx';
import { alignFrames } from './graph/align-frames.ts';
import './graph/graph-panels.css';
import { bucketCells, type HeatCells, valueCells } from './graph/heat-cells.ts';
import { type HeatOptions, heatColours, heatPlot } from './graph/heat-plot.ts';
import type { PanelProps } from './panel-props.ts';

const LEGEND_PX = 24;
const LEGEND_HEIGHT_PX_MIN = 130;

export function HeatmapPanel(props: PanelProps<'heatmap'>): ReactElement {
  const { panel, options, frames, settings, interpolate, isDark, range, zone, events } = props;
  const cells = useMemo((): HeatCells => {
    const isBucketed = options.hasBuckets || frames.some(({ kind }) => kind === 'heatmap');
    if (isBucketed) return bucketCells(frames, range.stepMs);
    const { times, fields } = alignFrames(frames, settings);
    return valueCells(
      times,
      fields.map(({ values }) => values),
      range.stepMs,
    );
  }, [frames, settings, options, range]);
  const { mode, syncKey } = props.cursor;
  const build = useMemo(() => {
    const frame = { range, zone, events, cursor: { mode, syncKey } };
    return heatPlot({ cells, options, frame, isDark });
  }, [cells, options, range, zone, events, mode, syncKey, isDark]);
  const { width, height } = props.size;
  const hasLegend = options.showsLegend && height >= LEGEND_HEIGHT_PX_MIN && cells.countMax > 0;
  return (
    <div className="nx-graph-panel">
      <Plot
        build={build}
        width={Math.floor(width)}
        height={Math.max(1, Math.floor(height - (hasLegend ? LEGEND_PX : 0)))}
        isDark={isDark}
        label={`${interpolate(panel.title) || 'Heatmap'}: ${cells.rows.length} buckets over time, at most ${formatText(cells.countMax, 'short')} in a cell`}
        onZoom={props.onZoom}
      />
      {hasLegend && <HeatLegend options={options} isDark={isDark} countMax={cells.countMax} />}
    </div>
  );
}

interface HeatLegendProps {
  readonly options: HeatOptions;
  readonly isDark: boolean;
  readonly countMax: number;
}

function HeatLegend({ options, isDark, countMax }: HeatLegendProps): ReactElement {
  const { colours } = heatColours(options, isDark);
  return (
    <div className="nx-heat-legend nx-number">
      <span>0</span>
      <span
        className="nx-heat-legend-scale"
        style={{ background: `linear-gradient(to right, ${colours.join(', ')})` }}
      />
      <span>{formatText(countMax, 'short')}</span>
    </div>
  );
}
