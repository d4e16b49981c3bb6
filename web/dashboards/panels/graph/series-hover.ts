import type uPlot from 'uplot';
import type { TooltipOptions } from '#dashboards';
import type { PanelCursor } from '../panel-props.ts';
import type { DrawnColumn } from './columns.ts';
import { HoverCard, type HoverRow } from './hover-card.ts';
import { orderHover } from './hover-rows.ts';

export interface HoveredSeries {
  readonly name: string;
  readonly colour: string;
  readonly scaleKey: string;
  /** What the card says. */
  readonly values: Float64Array;
  /** Where it is drawn: stacked, below zero. */
  readonly drawn: DrawnColumn;
  readonly isHidden: boolean;
  readonly format: (value: number) => string;
}

export interface SeriesHover {
  readonly series: readonly HoveredSeries[];
  readonly tooltip: TooltipOptions;
  readonly cursor: PanelCursor;
  /** Of the index of a point. */
  readonly titleOf: (index: number) => string;
}

const ROW_PX = 20;
/** More are not read at a glance. */
const ROWS_MAX = 20;

/** A point on the series nearest to the pointer, its value or all of that time beside it. */
export function seriesHover(hover: SeriesHover): uPlot.Plugin {
  const point = document.createElement('div');
  point.className = 'nx-plot-point';
  point.hidden = true;
  let card: HoverCard | undefined;
  const values = hover.series.map((one) => one.values);
  const isHidden = hover.series.map((one) => one.isHidden);
  const hide = (): void => {
    point.hidden = true;
    card?.hide();
  };
  const show = (chart: uPlot): void => {
    const index = chart.cursor.idx;
    const isForeign = chart.cursor.event === null;
    const nearest = index == null ? undefined : findNearest(chart, hover.series, index);
    if (index == null || nearest === undefined) return hide();
    placePoint(chart, point, {
      ...nearest,
      index,
      colour: hover.series[nearest.series]?.colour ?? '',
    });
    if (hover.tooltip.mode === 'none' || (isForeign && hover.cursor.mode !== 'tooltip')) {
      card?.hide();
      return;
    }
    card ??= new HoverCard();
    const rowsMax = Math.min(ROWS_MAX, Math.max(3, Math.floor((innerHeight * 0.6) / ROW_PX)));
    const at = { index, nearest: nearest.series, rowsMax };
    const { indexes, restCount } = orderHover({ values, isHidden }, at, hover.tooltip);
    const rows = indexes.map((series) => rowOf(hover, series, { index, nearest: nearest.series }));
    const { left, top } = chart.over.getBoundingClientRect();
    const text = { title: hover.titleOf(index), rows, restCount };
    card.show(text, left + (chart.cursor.left ?? 0), top + (chart.cursor.top ?? 0));
  };
  return {
    hooks: {
      init: (chart) => {
        chart.over.append(point);
        chart.over.addEventListener('mouseleave', hide);
      },
      setCursor: (chart) => ((chart.cursor.left ?? -1) < 0 ? hide() : show(chart)),
      destroy: () => card?.remove(),
    },
  };
}

function rowOf(
  { series, tooltip }: SeriesHover,
  index: number,
  at: { readonly index: number; readonly nearest: number },
): HoverRow {
  const one = series[index];
  const value = one?.values[at.index] ?? NaN;
  return {
    colour: one?.colour ?? '',
    name: one?.name ?? '',
    value: one === undefined || Number.isNaN(value) ? '–' : one.format(value),
    isNear: index === at.nearest && tooltip.mode === 'multi',
  };
}

interface Nearest {
  readonly series: number;
  /** CSS pixels from the top of the plot. */
  readonly y: number;
}

/** Without an object for each series, since it runs at each move of the pointer. */
function findNearest(
  chart: uPlot,
  series: readonly HoveredSeries[],
  index: number,
): Nearest | undefined {
  const top = chart.cursor.top ?? 0;
  let nearest = -1;
  let nearestY = 0;
  let distance = Infinity;
  for (let i = 0; i < series.length; i++) {
    const one = series[i];
    const value = one?.drawn[index] ?? NaN;
    if (one === undefined || one.isHidden || Number.isNaN(value)) continue;
    const y = chart.valToPos(value, one.scaleKey);
    const away = Math.abs(y - top);
    if (away >= distance) continue;
    distance = away;
    nearest = i;
    nearestY = y;
  }
  return nearest < 0 ? undefined : { series: nearest, y: nearestY };
}

function placePoint(
  chart: uPlot,
  point: HTMLElement,
  at: { readonly index: number; readonly y: number; readonly colour: string },
): void {
  const x = chart.valToPos(chart.data[0][at.index] ?? 0, 'x');
  point.hidden = at.y < 0 || at.y > chart.over.clientHeight;
  point.style.transform = `translate(${x}px, ${at.y}px)`;
  point.style.backgroundColor = at.colour;
}
