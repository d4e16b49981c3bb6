import uPlot from 'uplot';
import { formatTicks } from '../../format/numbers.ts';
import type { Zone } from '../../format/times.ts';
import { findLonePoints } from './columns.ts';
import type { ChartSeries, ChartUnit } from './Chart.tsx';

export interface ChartLook {
  readonly width: number;
  readonly height: number;
  readonly zone: Zone;
  readonly isStacked: boolean;
  /** Undefined: as the data asks. */
  readonly yAxisMin: number | undefined;
  readonly series: readonly ChartSeries[];
  /** Both in seconds. */
  readonly start: number;
  readonly end: number;
  readonly axisColour: string;
  readonly gridColour: string;
  readonly fontFamily: string;
  readonly unit: ChartUnit | undefined;
}

/** A 24-hour clock, the date where a day begins. Columns: see uPlot's docs, "axis & grid opts". */
const TIME_TICKS: uPlot.Axis.Values = [
  [3600 * 24 * 365, '{YYYY}', null, null, null, null, null, null, 1],
  [3600 * 24 * 28, '{MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [3600 * 24, '{D} {MMM}', '\n{YYYY}', null, null, null, null, null, 1],
  [3600, '{HH}:{mm}', '\n{D} {MMM} {YYYY}', null, '\n{D} {MMM}', null, null, null, 1],
  [60, '{HH}:{mm}', '\n{D} {MMM} {YYYY}', null, '\n{D} {MMM}', null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', '\n{D} {MMM} {YYYY}', null, '\n{D} {MMM}', null, null, null, 1],
  [0.001, '{HH}:{mm}:{ss}.{fff}', '\n{D} {MMM} {YYYY}', null, '\n{D} {MMM}', null, null, null, 1],
];

export function chartOptions(look: ChartLook, hooks: uPlot.Hooks.Arrays): uPlot.Options {
  return {
    width: look.width,
    height: look.height,
    // Room for half of the last time's label.
    padding: [12, 22, 0, 4],
    legend: { show: false },
    // The graph is redrawn from a finer query, not scaled.
    cursor: { drag: { x: true, y: false, setScale: false }, points: { show: false } },
    tzDate: (seconds) => {
      const date = new Date(seconds * 1000);
      return look.zone === 'utc' ? uPlot.tzDate(date, 'Etc/UTC') : date;
    },
    scales: {
      x: { time: true, range: () => [look.start, look.end] },
      y: { range: (_chart, min, max) => rangeY(min, max, look) },
    },
    axes: [timeAxis(look), valueAxis(look)],
    series: [{}, ...look.series.map((series) => lineOf(series, look.isStacked))],
    bands: look.isStacked
      ? look.series.slice(1).map((_, i): uPlot.Band => ({ series: [i + 2, i + 1] }))
      : [],
    hooks,
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

function timeAxis(look: ChartLook): uPlot.Axis {
  return {
    space: 80,
    size: 46,
    font: `12px ${look.fontFamily}`,
    stroke: look.axisColour,
    ticks: { show: false },
    grid: { show: true, stroke: look.gridColour, width: 1 },
    values: TIME_TICKS,
  };
}

function valueAxis(look: ChartLook): uPlot.Axis {
  const { unit } = look;
  return {
    ...(unit?.increments === undefined ? {} : { incrs: [...unit.increments] }),
    font: `12px ${look.fontFamily}`,
    stroke: look.axisColour,
    ticks: { show: false },
    grid: { show: true, stroke: look.gridColour, width: 1 },
    values: (_chart, ticks) =>
      unit === undefined ? formatTicks(ticks) : ticks.map((tick) => unit.format(tick)),
    size: (chart, texts, axis) =>
      Math.max(axisWidth(chart, texts, axis), unit === undefined ? 0 : UNIT_AXIS_PX_MIN),
  };
}

const AXIS_GAP_PX = 16;
/** Wide enough for nearly every amount with a unit, so that graphs below each other share their times. */
const UNIT_AXIS_PX_MIN = 74;

/** As wide as its longest tick. */
function axisWidth(chart: uPlot, texts: string[] | null, axis: number): number {
  const longest = (texts ?? []).reduce((a, b) => (a.length >= b.length ? a : b), '');
  const font = chart.axes[axis]?.font;
  chart.ctx.font = Array.isArray(font) ? font[0] : (font ?? chart.ctx.font);
  return Math.ceil(chart.ctx.measureText(longest).width / devicePixelRatio) + AXIS_GAP_PX;
}

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
