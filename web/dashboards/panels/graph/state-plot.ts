import type uPlot from 'uplot';
import { textColourOn } from '#dashboards';
import type { PlotLook, PlotParts } from '../../../chart/Plot.tsx';
import type { HoverText } from './hover-card.ts';
import { rowPlot } from './row-plot.ts';
import { cellAt, type StateCell } from './state-cells.ts';
import type { TimeFrame } from './time-plot.ts';
import { timeText } from './time-text.ts';

export interface StateRow {
  readonly name: string;
  readonly cells: readonly StateCell[];
}

export interface StatePlot {
  readonly rows: readonly StateRow[];
  readonly times: Float64Array;
  readonly frame: TimeFrame;
  readonly showsValue: 'auto' | 'always' | 'never';
  /** Of the row, 0 to 1. */
  readonly rowHeight: number;
  /** Of the time a cell has, 0 to 1. */
  readonly columnWidth: number;
}

export function statePlot(plot: StatePlot): (look: PlotLook) => PlotParts {
  return (look) =>
    rowPlot({
      frame: plot.frame,
      times: plot.times,
      rowCount: plot.rows.length,
      labels: plot.rows.map(({ name }, i) => ({ at: i + 0.5, text: name })),
      isDownwards: true,
      draw: (chart) => drawRows(chart, plot, look.fontFamily),
      textAt: (x, y, isForeign) => describeAt(plot, { x, y, isForeign }),
    })(look);
}

const FONT_PX = 11;
const TEXT_GAP_PX = 4;

function drawRows(chart: uPlot, plot: StatePlot, fontFamily: string): void {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  ctx.font = `${FONT_PX * devicePixelRatio}px ${fontFamily}`;
  ctx.textAlign = 'left';
  ctx.textBaseline = 'middle';
  const height = Math.min(1, Math.max(0.1, plot.rowHeight || 0.9));
  for (const [i, row] of plot.rows.entries()) {
    const top = Math.round(chart.valToPos(i + (1 - height) / 2, 'y', true));
    const bottom = Math.round(chart.valToPos(i + (1 + height) / 2, 'y', true));
    for (const cell of row.cells) drawCell(chart, cell, { top, bottom, plot });
  }
  ctx.restore();
}

interface CellPlace {
  readonly top: number;
  readonly bottom: number;
  readonly plot: StatePlot;
}

function drawCell(chart: uPlot, cell: StateCell, { top, bottom, plot }: CellPlace): void {
  const { ctx, bbox } = chart;
  const from = chart.valToPos(cell.fromMs / 1000, 'x', true);
  const to = chart.valToPos(cell.toMs / 1000, 'x', true);
  const margin = ((to - from) * (1 - plot.columnWidth)) / 2;
  const left = Math.max(Math.round(from + margin), bbox.left);
  const right = Math.min(Math.round(to - margin), bbox.left + bbox.width);
  if (right < left) return;
  ctx.fillStyle = cell.colour;
  ctx.fillRect(left, top, Math.max(1, right - left), Math.max(1, bottom - top));
  if (plot.showsValue === 'never' || cell.text === '') return;
  const gap = TEXT_GAP_PX * devicePixelRatio;
  const isRoomy = bottom - top >= (FONT_PX + 2) * devicePixelRatio && right - left > 3 * gap;
  if (!isRoomy) return;
  const width = ctx.measureText(cell.text).width;
  if (plot.showsValue === 'auto' && width > right - left - 2 * gap) return;
  ctx.fillStyle = textColourOn(cell.colour);
  ctx.fillText(
    cell.text,
    left + Math.max(gap, (right - left - width) / 2),
    (top + bottom) / 2,
    right - left - 2 * gap,
  );
}

function describeAt(
  { rows, frame }: StatePlot,
  { x, y, isForeign }: { readonly x: number; readonly y: number; readonly isForeign: boolean },
): HoverText | undefined {
  const timeMs = x * 1000;
  const shown = isForeign ? rows : rows.filter((_, i) => i === Math.floor(y));
  const found = shown.slice(0, ROWS_MAX).flatMap((row) => {
    const cell = cellAt(row.cells, timeMs);
    return cell === undefined ? [] : [{ row, cell }];
  });
  const [first] = found;
  if (first === undefined) return undefined;
  const { fromMs, toMs } = first.cell;
  const text = (ms: number): string => timeText(ms, frame.zone);
  return {
    title: isForeign ? text(timeMs) : `${text(fromMs)} – ${text(toMs)}`,
    rows: found.map(({ row, cell }) => ({
      colour: cell.colour,
      name: row.name,
      value: cell.text,
      isNear: false,
    })),
    restCount: Math.max(0, shown.length - ROWS_MAX),
  };
}

const ROWS_MAX = 20;
