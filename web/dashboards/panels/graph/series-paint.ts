import uPlot from 'uplot';
import { type SeriesStyle, withOpacity } from '#dashboards';
import { longGaps } from './columns.ts';
import { shiftHue } from './tint.ts';

export interface PaintedSeries {
  readonly name: string;
  readonly colour: string;
  readonly style: SeriesStyle;
  readonly scaleKey: string;
  /** Of a value, where the series is coloured along its axis. */
  readonly colourAt: ((value: number) => string) | undefined;
}

const LINE_CAP: uPlot.Series.Cap = 'round';
const BAR_SHARE = 0.8;
const BAR_PX_MAX = 100;

/** How uPlot draws a series of that style. */
export function paintSeries(series: PaintedSeries): uPlot.Series {
  const { style, colour, name, scaleKey } = series;
  const isPoints = style.draw === 'points';
  const fill = fillOf(series);
  return {
    label: name,
    scale: scaleKey,
    stroke: strokeOf(series),
    width: isPoints ? 0 : style.lineWidth,
    ...(fill === undefined || isPoints ? {} : { fill, fillTo: groundOf(style) }),
    ...(style.dash.length > 0 ? { dash: [...style.dash] } : {}),
    ...(style.isDotted ? { cap: LINE_CAP } : {}),
    spanGaps: style.spanNulls === true,
    ...(typeof style.spanNulls === 'number' ? { gaps: gapsLongerThan(style.spanNulls) } : {}),
    ...pathsOf(style),
    points: pointsOf(series, isPoints, colour),
  };
}

function pathsOf({ draw, interpolation, barAlignment }: SeriesStyle): Pick<uPlot.Series, 'paths'> {
  const { paths } = uPlot;
  if (draw === 'points') return { paths: () => null };
  const size: [number, number] = [BAR_SHARE, BAR_PX_MAX];
  const build =
    draw === 'bars'
      ? paths.bars?.({ align: barAlignment, size })
      : interpolation === 'smooth'
        ? paths.spline?.()
        : interpolation === 'stepBefore'
          ? paths.stepped?.({ align: -1 })
          : interpolation === 'stepAfter'
            ? paths.stepped?.({ align: 1 })
            : paths.linear?.();
  return build === undefined ? {} : { paths: build };
}

function pointsOf(series: PaintedSeries, isPoints: boolean, colour: string): uPlot.Series.Points {
  const { showPoints, pointSize, draw } = series.style;
  const isAlways = isPoints || showPoints === 'always';
  const size = Math.max(pointSize, 1);
  const dots = { size, width: 0, fill: series.colourAt === undefined ? colour : strokeOf(series) };
  if (isAlways) return { ...dots, show: true, space: 0 };
  if (draw === 'bars') return { ...dots, show: false };
  if (showPoints === 'auto') return { ...dots, space: size * 4, filter: lonePoints };
  return { ...dots, show: false, filter: lonePoints };
}

/** Where the points are too dense to be shown, a value with gaps on both sides is one nevertheless: no line goes through it. */
function lonePoints(
  chart: uPlot,
  index: number,
  isShown: boolean,
  gaps?: number[][] | null,
): number[] | null {
  if (isShown || gaps == null || gaps.length === 0) return null;
  const [from = 0, to = 0] = chart.series[index]?.idxs ?? [];
  const column = chart.data[index] ?? [];
  const lone: number[] = [];
  for (let i = from; i <= to; i++) {
    if (column[i] != null && column[i - 1] == null && column[i + 1] == null) lone.push(i);
  }
  return lone.length === 0 ? null : lone;
}

function gapsLongerThan(spanMaxMs: number): uPlot.Series.GapsRefiner {
  return (...[chart, , , , gaps]) =>
    longGaps(gaps, spanMaxMs, (pixel) => chart.posToVal(pixel, 'x', true) * 1000);
}

/** Zero where the axis has it, else its end that is nearer to zero. */
function groundOf({ logBase }: SeriesStyle): uPlot.Series.FillTo {
  return (chart, index) => {
    const { min = 0, max = 0 } = chart.scales[chart.series[index]?.scale ?? 'y'] ?? {};
    return logBase === 0 ? Math.min(Math.max(0, min), max) : min;
  };
}

function strokeOf(series: PaintedSeries): uPlot.Series.Stroke {
  const { colour, colourAt, scaleKey } = series;
  if (colourAt === undefined) return colour;
  return (chart) => alongAxis(chart, scaleKey, colourAt) ?? colour;
}

type FillStyle = CanvasRenderingContext2D['fillStyle'];

function fillOf(series: PaintedSeries): uPlot.Series.Fill | undefined {
  const { style, colour, colourAt, scaleKey } = series;
  const alpha = style.fillOpacity / 100;
  if (alpha <= 0) return undefined;
  if (colourAt !== undefined) {
    return (chart) =>
      alongAxis(chart, scaleKey, (value) => withOpacity(colourAt(value), alpha)) ??
      withOpacity(colour, alpha);
  }
  if (style.gradient === 'opacity') {
    return (chart) =>
      downwards(chart, [withOpacity(colour, alpha), withOpacity(colour, alpha * 0.05)]);
  }
  if (style.gradient === 'hue') {
    const lighter = withOpacity(shiftHue(colour, 30), alpha);
    return (chart) => downwards(chart, [lighter, withOpacity(shiftHue(colour, -15), alpha)]);
  }
  return withOpacity(colour, alpha);
}

/** Over the height of the plot. Before there is one, its first colour. */
function downwards(chart: uPlot, colours: readonly [string, string]): FillStyle {
  const { top, height } = chart.bbox;
  if (!Number.isFinite(top + height)) return colours[0];
  const gradient = chart.ctx.createLinearGradient(0, top, 0, top + height);
  gradient.addColorStop(0, colours[0]);
  gradient.addColorStop(1, colours[1]);
  return gradient;
}

const STOPS = 48;

/** The colour each value of the axis has, at its height. Neighbours of equal colour make sharp edges. */
function alongAxis(
  chart: uPlot,
  scaleKey: string,
  colourAt: (value: number) => string,
): FillStyle | undefined {
  const { top, height } = chart.bbox;
  if (!Number.isFinite(top + height) || height <= 0) return undefined;
  const gradient = chart.ctx.createLinearGradient(0, top, 0, top + height);
  let last = '';
  for (let i = 0; i <= STOPS; i++) {
    const offset = i / STOPS;
    const colour = colourAt(chart.posToVal(top + offset * height, scaleKey, true));
    if (last !== '' && last !== colour) gradient.addColorStop(offset, last);
    gradient.addColorStop(offset, colour);
    last = colour;
  }
  return gradient;
}
