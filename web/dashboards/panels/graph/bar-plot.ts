import type uPlot from 'uplot';
import { type FieldSettings, type TooltipOptions, textColourOn, withOpacity } from '#dashboards';
import { plainAxis } from '../../../chart/axes.ts';
import type { PlotLook, PlotParts } from '../../../chart/Plot.tsx';
import { type Bar, type BarLayout, layBars } from './bar-layout.ts';
import { cellHover } from './cell-hover.ts';
import type { HoverText } from './hover-card.ts';
import { orderHover } from './hover-rows.ts';
import { planScales, type ScalePlan, scaleRange } from './scales.ts';
import { formatWith } from './series-model.ts';
import { valueAxis } from './value-axis.ts';

export interface BarSeries {
  readonly name: string;
  readonly colour: string;
  /** Of one value; the series' own where it says nothing else. */
  readonly colourAt: ((value: number) => string) | undefined;
  /** Of each category, where another field gives them. */
  readonly colours?: readonly string[] | undefined;
  readonly settings: FieldSettings;
  /** One for each category. */
  readonly values: Float64Array;
}

/** How the names of the categories stand along the axis. */
export interface BarNames {
  /** Degrees; 0 for level ones. */
  readonly nameRotation: number;
  /** Characters; 0 for as many as there is room for. */
  readonly nameLengthMax: number;
}

export interface BarPlot extends BarLayout, BarNames {
  readonly categories: readonly string[];
  readonly series: readonly BarSeries[];
  readonly isHorizontal: boolean;
  readonly showsValue: 'auto' | 'always' | 'never';
  readonly tooltip: TooltipOptions;
  readonly zone: string;
}

// uPlot declares these as const enums, which have no values at run time.
// oxlint-disable typescript/no-unsafe-enum-assignment
const LEFT = 3 as uPlot.Axis.Side;
const BOTTOM = 2 as uPlot.Axis.Side;
// oxlint-enable typescript/no-unsafe-enum-assignment

/** Bars over categories, upright or lying. */
export function barPlot(plot: BarPlot): (look: PlotLook) => PlotParts {
  const bars = layBars(
    plot.series.map(({ values }) => values),
    plot,
  );
  const [first] = planScales(plot.series.map(({ settings }) => settings)).scales;
  const indexes = plot.categories.map((_, i) => i);
  const data: uPlot.AlignedData = [indexes, indexes.map(() => null)];
  const low = bars.reduce((least, bar) => Math.min(least, bar.low), 0);
  const high = bars.reduce((most, bar) => Math.max(most, bar.high), 0);
  const isPercent = plot.stacking === 'percent';
  return (look) => {
    const plan =
      first === undefined ? undefined : { ...first, key: 'y', hasGround: true, isPercent };
    const range = plan === undefined ? ([0, 1] as const) : scaleRange(low, high, plan);
    return { data, options: barOptions(look, plot, { bars, plan, range: [...range] }) };
  };
}

interface Laid {
  readonly bars: readonly Bar[];
  readonly plan: ScalePlan | undefined;
  readonly range: [number, number];
}

function barOptions(look: PlotLook, plot: BarPlot, laid: Laid): PlotParts['options'] {
  const { isHorizontal, categories } = plot;
  const count = Math.max(1, categories.length);
  const along = isHorizontal ? ({ ori: 1, dir: -1 } as const) : {};
  const across = isHorizontal ? ({ ori: 0, dir: 1 } as const) : {};
  const axis = laid.plan === undefined ? {} : valueAxis(look, { ...laid.plan, side: 'left' }, true);
  return {
    padding: [10, 14, 4, 2],
    cursor: { x: false, y: false, drag: { x: false, y: false }, points: { show: false } },
    scales: {
      x: { time: false, range: () => [-0.5, count - 0.5], ...along },
      y: { range: () => laid.range, ...across },
    },
    axes: [
      categoryAxis(look, plot),
      isHorizontal ? { ...axis, side: BOTTOM, size: 30, space: 60 } : axis,
    ],
    series: [{}, { scale: 'y', paths: () => null, points: { show: false } }],
    hooks: { draw: [(chart) => drawBars(chart, plot, { bars: laid.bars, font: look.fontFamily })] },
    plugins: [
      cellHover({
        cursor: { mode: 'none', syncKey: '' },
        textAt: (x, y) => describeAt(plot, laid.bars, { x, y }),
      }),
    ],
  };
}

const LABEL_PX = 18;
const CHARACTER_PX = 6.7;

function categoryAxis(look: PlotLook, plot: BarPlot): uPlot.Axis {
  const { categories, isHorizontal } = plot;
  const { every, lengthMax, rotation, sizePx } = nameLayout(look, plot);
  return {
    ...plainAxis(look),
    side: isHorizontal ? LEFT : BOTTOM,
    size: sizePx,
    ...(rotation === 0 ? {} : { rotate: rotation }),
    grid: { show: false },
    splits: () => categories.flatMap((_, i) => (i % every === 0 ? [i] : [])),
    values: (_chart, splits) => splits.map((i) => shorten(categories[i] ?? '', lengthMax)),
  };
}

interface NameLayout {
  /** Each, every second, ... category has its name. */
  readonly every: number;
  readonly lengthMax: number;
  readonly rotation: number;
  /** Of the axis, across it. */
  readonly sizePx: number;
}

/** Names that lean stand closer, and take more of the height. */
export function nameLayout(
  { width, height }: Pick<PlotLook, 'width' | 'height'>,
  { categories, isHorizontal, nameRotation, nameLengthMax }: BarPlot,
): NameLayout {
  const wanted = categories.reduce((most, name) => Math.max(most, name.length), 1);
  const rotation = isHorizontal ? 0 : nameRotation;
  const isLeaning = Math.abs(rotation) > 5;
  const share = isHorizontal ? width * 0.3 : height * 0.4;
  const fitting = isHorizontal || isLeaning ? Math.max(4, Math.floor(share / CHARACTER_PX)) : 16;
  const lengthMax = nameLengthMax > 0 ? Math.min(nameLengthMax, fitting) : fitting;
  const longestPx = Math.min(wanted, lengthMax) * CHARACTER_PX;
  const apartPx = isLeaning ? LABEL_PX : Math.min(longestPx + 12, 110);
  const room = isHorizontal ? height / LABEL_PX : width / apartPx;
  const every = Math.max(1, Math.ceil(categories.length / Math.max(1, room)));
  const leaningPx = longestPx * Math.abs(Math.sin((rotation * Math.PI) / 180)) + LABEL_PX;
  const sizePx = isHorizontal ? longestPx + 16 : isLeaning ? Math.max(28, leaningPx) : 28;
  return { every, lengthMax, rotation, sizePx: Math.ceil(sizePx) };
}

function shorten(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;
}

const FONT_PX = 11;

function drawBars(
  chart: uPlot,
  plot: BarPlot,
  { bars, font }: { readonly bars: readonly Bar[]; readonly font: string },
): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `${FONT_PX * devicePixelRatio}px ${font}`;
  ctx.textAlign = 'center';
  ctx.textBaseline = 'middle';
  for (const bar of bars) {
    const series = plot.series[bar.series];
    if (series === undefined) continue;
    const along = [chart.valToPos(bar.from, 'x', true), chart.valToPos(bar.to, 'x', true)];
    const across = [chart.valToPos(bar.low, 'y', true), chart.valToPos(bar.high, 'y', true)];
    const [xs, ys] = plot.isHorizontal ? [across, along] : [along, across];
    const left = Math.round(Math.min(...xs));
    const top = Math.round(Math.min(...ys));
    const width = Math.max(1, Math.round(Math.max(...xs)) - left);
    const height = Math.max(1, Math.round(Math.max(...ys)) - top);
    const colour = colourOf(series, bar.category, bar.value);
    const { fillOpacity } = series.settings.style;
    const opacity = fillOpacity > 0 ? fillOpacity / 100 : FILL_USUAL;
    ctx.fillStyle = withOpacity(colour, opacity);
    ctx.fillRect(left, top, width, height);
    if (plot.showsValue === 'never') continue;
    const text = formatWith(series.settings, plot.zone)(bar.value);
    const isRoomy =
      ctx.measureText(text).width < width - 4 && height > FONT_PX * devicePixelRatio + 2;
    if (!isRoomy && plot.showsValue === 'auto') continue;
    ctx.fillStyle = textColourOn(colour);
    ctx.fillText(text, left + width / 2, top + height / 2);
  }
  ctx.restore();
}

function colourOf(series: BarSeries, category: number, value: number): string {
  return series.colours?.[category] ?? series.colourAt?.(value) ?? series.colour;
}

const FILL_USUAL = 0.8;
const ROWS_MAX = 24;

function describeAt(
  plot: BarPlot,
  bars: readonly Bar[],
  { x, y }: { readonly x: number; readonly y: number },
): HoverText | undefined {
  const index = Math.round(x);
  const title = plot.categories[index];
  if (title === undefined) return undefined;
  const under = bars.find(
    (bar) =>
      bar.category === index && x >= bar.from && x <= bar.to && y >= bar.low && y <= bar.high,
  );
  const beside = bars.find((bar) => bar.category === index && x >= bar.from && x <= bar.to);
  const nearest = (under ?? beside)?.series ?? 0;
  const columns = {
    values: plot.series.map(({ values }) => values),
    isHidden: plot.series.map(({ settings }) => settings.style.hideFrom.tooltip),
  };
  const at = { index, nearest, rowsMax: ROWS_MAX };
  const { indexes, restCount } = orderHover(columns, at, plot.tooltip);
  const rows = indexes.flatMap((i) => {
    const series = plot.series[i];
    if (series === undefined) return [];
    const { name, settings, values } = series;
    const value = values[index] ?? NaN;
    return [
      {
        colour: colourOf(series, index, value),
        name,
        value: Number.isNaN(value) ? '–' : formatWith(settings, plot.zone)(value),
        isNear: i === nearest && indexes.length > 1,
      },
    ];
  });
  return { title, rows, restCount };
}
