import { useElementSize } from '@mantine/hooks';
import { type ReactElement, useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { AnnotationData, LabelObject } from '#contract';
import { eventsPlugin } from '../../events/events-plugin.ts';
import type { Zone } from '../../format/times.ts';
import { type ChartLook, chartOptions } from './chart-options.ts';
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
const ZOOM_MS_MIN = 1000;
const NO_EVENTS: readonly AnnotationData[] = [];

/** The only place that knows uPlot. Loaded on demand. */
export function Chart(props: ChartProps): ReactElement {
  const { ref, width } = useElementSize();
  const parent = useRef<HTMLDivElement>(null);
  const zoom = useRef(props.onZoom);
  useEffect(() => {
    zoom.current = props.onZoom;
  });
  const { times, startMs, endMs, series, isStacked, yAxisMin, zone, isDark, unit, heightPx } =
    props;
  const { events = NO_EVENTS } = props;
  const columnWidth = Math.floor(width);
  useEffect(() => {
    if (parent.current === null || columnWidth === 0) return undefined;
    const look: ChartLook = {
      ...readColours(parent.current),
      width: columnWidth,
      height: heightPx ?? (columnWidth < PHONE_WIDTH_PX ? HEIGHT_PHONE_PX : HEIGHT_PX),
      start: startMs / 1000,
      end: endMs / 1000,
      series,
      isStacked,
      yAxisMin,
      zone,
      unit,
    };
    const options = chartOptions(look, { setSelect: [(chart) => readZoom(chart, zoom.current)] });
    options.plugins = [tooltipPlugin({ series, zone, unit })];
    if (events.length > 0) options.plugins.unshift(eventsPlugin({ events, zone }));
    const columns = series.map((one) => one.values);
    const data: uPlot.AlignedData = [times, ...(isStacked ? stackColumns(columns) : columns)];
    const chart = new uPlot(options, data, parent.current);
    return () => chart.destroy();
    // `isDark` changes the colours that are read from the document.
  }, [
    times,
    startMs,
    endMs,
    series,
    isStacked,
    yAxisMin,
    events,
    zone,
    isDark,
    unit,
    heightPx,
    columnWidth,
  ]);
  return (
    <div ref={ref} className="nx-chart" data-small={heightPx !== undefined}>
      <div ref={parent} role="img" aria-label={props.label} />
    </div>
  );
}

function readColours(
  element: HTMLElement,
): Pick<ChartLook, 'axisColour' | 'gridColour' | 'fontFamily'> {
  const style = getComputedStyle(element);
  return {
    axisColour: style.getPropertyValue('--nx-quiet').trim(),
    gridColour: style.getPropertyValue('--nx-grid').trim(),
    fontFamily: style.fontFamily,
  };
}

function readZoom(chart: uPlot, onZoom: ChartProps['onZoom']): void {
  const { left, width } = chart.select;
  if (width <= 0) return;
  const startMs = Math.floor(chart.posToVal(left, 'x')) * 1000;
  const endMs = Math.ceil(chart.posToVal(left + width, 'x')) * 1000;
  chart.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (endMs - startMs >= ZOOM_MS_MIN) onZoom(startMs, endMs);
}
