import { useElementSize } from '@mantine/hooks';
import { type ReactElement, useMemo } from 'react';
import type uPlot from 'uplot';
import type { AnnotationData, LabelObject } from '#contract';
import { Plot, type PlotLook, type PlotParts } from '../../chart/Plot.tsx';
import { eventsPlugin } from '../../events/events-plugin.ts';
import { formatInstantPrecisely, type Zone } from '../../format/times.ts';
import { chartOptions } from './chart-options.ts';
import { tooltipPlugin } from './chart-tooltip.ts';
import { type Column, stackColumns } from './columns.ts';

export interface ChartSeries {
  readonly metric: LabelObject;
  readonly label: string;
  readonly colour: string;
  readonly values: Column;
  /** A limit rather than something that was measured. */
  readonly isDashed?: boolean;
  /** The area below it is tinted. */
  readonly isFilled?: boolean;
}

/** How values are written at the axis and beside the cursor. */
export interface ChartUnit {
  readonly format: (value: number) => string;
  /** Distances between ticks to choose from; round decimal ones where it is left out. */
  readonly increments?: readonly number[];
}

export interface ChartProps {
  /** Seconds. */
  readonly times: number[];
  readonly startMs: number;
  readonly endMs: number;
  readonly series: readonly ChartSeries[];
  readonly isStacked: boolean;
  readonly yAxisMin: number | undefined;
  /** Drawn as vertical marks. */
  readonly events?: readonly AnnotationData[];
  readonly zone: Zone;
  readonly isDark: boolean;
  /** Plain numbers where it is left out. The same object each time, or the graph is made anew. */
  readonly unit?: ChartUnit;
  readonly heightPx?: number;
  /** What the graph shows, in words. */
  readonly label: string;
  /** A range was dragged; at least a second long. */
  readonly onZoom: (startMs: number, endMs: number) => void;
}

const HEIGHT_PX = 400;
const HEIGHT_PHONE_PX = 300;
const PHONE_WIDTH_PX = 600;
const NO_EVENTS: readonly AnnotationData[] = [];

/** Lines over time. Loaded on demand. */
export function Chart(props: ChartProps): ReactElement {
  const { ref, width } = useElementSize();
  const { times, startMs, endMs, series, isStacked, yAxisMin, zone, isDark, unit, heightPx } =
    props;
  const { events = NO_EVENTS } = props;
  const build = useMemo(() => {
    const start = startMs / 1000;
    const end = endMs / 1000;
    return (look: PlotLook): PlotParts => {
      const options = chartOptions({
        ...look,
        start,
        end,
        series,
        isStacked,
        yAxisMin,
        zone,
        unit,
      });
      const formatTime = (timeMs: number): string => formatInstantPrecisely(timeMs, zone);
      const plugins = [tooltipPlugin({ series, zone, unit })];
      if (events.length > 0) plugins.unshift(eventsPlugin({ events, formatTime }));
      const columns = series.map((one) => one.values);
      const data: uPlot.AlignedData = [times, ...(isStacked ? stackColumns(columns) : columns)];
      return { options: { ...options, plugins }, data };
    };
  }, [times, startMs, endMs, series, isStacked, yAxisMin, events, zone, unit]);
  const columnWidth = Math.floor(width);
  return (
    <div ref={ref} className="nx-chart" data-small={heightPx !== undefined}>
      <Plot
        build={build}
        width={columnWidth}
        height={heightPx ?? (columnWidth < PHONE_WIDTH_PX ? HEIGHT_PHONE_PX : HEIGHT_PX)}
        isDark={isDark}
        label={props.label}
        onZoom={props.onZoom}
      />
    </div>
  );
}
