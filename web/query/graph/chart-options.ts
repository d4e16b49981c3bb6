import uPlot from 'uplot';
import { axisWidth, plainAxis, timeAxis, zonedDate } from '../../chart/axes.ts';
import type { PlotLook, PlotParts } from '../../chart/Plot.tsx';
import { formatTicks } from '../../format/numbers.ts';
import type { Zone } from '../../format/times.ts';
import { findLonePoints } from './columns.ts';
import type { ChartSeries, ChartUnit } from './Chart.tsx';

export interface ChartLook extends PlotLook {
  readonly zone: Zone;
  readonly isStacked: boolean;
  /** Undefined: as the data asks. */
  readonly yAxisMin: number | undefined;
  readonly series: readonly ChartSeries[];
  /** Both in seconds. */
  readonly start: number;
  readonly end: number;
  readonly unit: ChartUnit | undefined;
}

export function chartOptions(look: ChartLook): PlotParts['options'] {
  return {
    // Room for half of the last time's label.
    padding: [12, 22, 0, 4],
    // The graph is redrawn from a finer query, not scaled.
    cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false } },
    tzDate: zonedDate(look.zone === 'utc' ? 'Etc/UTC' : ''),
    scales: {
      x: { time: true, range: () => [look.start, look.end] },
      y: { range: (_chart, min, max) => rangeY(min, max, look) },
    },
    axes: [timeAxis(look), valueAxis(look)],
    series: [{}, ...look.series.map((series) => lineOf(series, look.isStacked))],
    bands: look.isStacked
      ? look.series.slice(1).map((_, i): uPlot.Band => ({ series: [i + 2, i + 1] }))
      : [],
  };
}

/** A margin of a tenth; from zero where asked for or where areas need their ground. */
function rangeY(min: number | null, max: number | null, look: ChartLook): uPlot.Range.MinMax {
  if (min === null || max === null) return [0, 1];
  const floor = look.yAxisMin ?? (look.isStacked ? Math.min(0, min) : undefined);
  const [low, high] = uPlot.rangeNum(floor ?? min, max, 0.1, true);
  return floor === undefined
    ? [low, high]
    : [floor, high === null || high <= floor ? floor + 1 : high];
}

function valueAxis(look: ChartLook): uPlot.Axis {
  const { unit } = look;
  return {
    ...plainAxis(look),
    ...(unit?.increments === undefined ? {} : { incrs: [...unit.increments] }),
    values: (_chart, ticks) =>
      unit === undefined ? formatTicks(ticks) : ticks.map((tick) => unit.format(tick)),
    size: (chart, texts, axis) =>
      Math.max(axisWidth(chart, texts, axis), unit === undefined ? 0 : UNIT_AXIS_PX_MIN),
  };
}

/** Wide enough for nearly every amount with a unit, so that graphs below each other share their times. */
const UNIT_AXIS_PX_MIN = 74;

function lineOf(series: ChartSeries, isStacked: boolean): uPlot.Series {
  const { colour, label, isDashed = false, isFilled = false } = series;
  const line: uPlot.Series = {
    label,
    stroke: colour,
    width: 1.6,
    spanGaps: false,
    points: {
      show: false,
      size: 5,
      fill: colour,
      stroke: colour,
      filter: (chart, index) => {
        const [from = 0, to = 0] = chart.series[index]?.idxs ?? [];
        const lone = findLonePoints(chart.data[index] ?? [], from, to);
        return lone.length === 0 ? null : lone;
      },
    },
  };
  if (isStacked) return { ...line, fill: `${colour}55`, width: 1 };
  if (isDashed) return { ...line, dash: [6, 5], width: 1.2 };
  return isFilled ? { ...line, fill: `${colour}26` } : line;
}
