import uPlot from 'uplot';
import type { PlotLook } from './Plot.tsx';

type AxisLook = Pick<PlotLook, 'axisColour' | 'gridColour' | 'fontFamily'>;

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

/** The same in one line: over more than some hours the date stands in place of midnight, and of the first time. */
const LOW_TIME_TICKS: uPlot.Axis.Values = [
  [3600 * 24 * 365, '{YYYY}', null, null, null, null, null, null, 1],
  [3600 * 24 * 28, '{MMM}', '{YYYY}', null, null, null, null, null, 0],
  [3600 * 24, '{D} {MMM}', null, null, null, null, null, null, 1],
  [3600, '{HH}:{mm}', null, null, '{D} {MMM}', null, null, null, 0],
  [60, '{HH}:{mm}', null, null, null, null, null, null, 1],
  [1, '{HH}:{mm}:{ss}', null, null, null, null, null, null, 1],
  [0.001, '{HH}:{mm}:{ss}.{fff}', null, null, null, null, null, null, 1],
];

/** Without ticks, its grid in the page's colours. */
export function plainAxis(look: AxisLook): uPlot.Axis {
  return {
    font: `12px ${look.fontFamily}`,
    stroke: look.axisColour,
    ticks: { show: false },
    grid: { show: true, stroke: look.gridColour, width: 1 },
  };
}

/** Of times; `low`: for a chart with room for one line of them. */
export function timeAxis(look: AxisLook, height: 'high' | 'low' = 'high'): uPlot.Axis {
  const isLow = height === 'low';
  const values = isLow ? LOW_TIME_TICKS : TIME_TICKS;
  return { ...plainAxis(look), space: 80, size: isLow ? 28 : 42, values };
}

/** A date whose parts are those of the clock of a zone; '' for the browser's own. */
export function zonedDate(timeZone: string): (seconds: number) => Date {
  return (seconds) => {
    const date = new Date(seconds * 1000);
    return timeZone === '' ? date : uPlot.tzDate(date, timeZone);
  };
}

const AXIS_GAP_PX = 16;

/** As wide as the longest tick; null is one without a text. */
export function axisWidth(
  chart: uPlot,
  texts: readonly (string | null)[] | null,
  axis: number,
): number {
  let longest = '';
  for (const text of texts ?? []) if (text !== null && text.length > longest.length) longest = text;
  const font = chart.axes[axis]?.font;
  chart.ctx.font = Array.isArray(font) ? font[0] : (font ?? chart.ctx.font);
  return Math.ceil(chart.ctx.measureText(longest).width / devicePixelRatio) + AXIS_GAP_PX;
}
