import type uPlot from 'uplot';
import { formatText, type PanelOptions, schemeSteps } from '#dashboards';
import type { PlotLook, PlotParts } from '../../../chart/Plot.tsx';
import { type HeatCells, type HeatRow, heatStep } from './heat-cells.ts';
import type { HoverText } from './hover-card.ts';
import { rowPlot } from './row-plot.ts';
import type { TimeFrame } from './time-plot.ts';
import { timeText } from './time-text.ts';

export type HeatOptions = Extract<PanelOptions, { readonly kind: 'heatmap' }>;

/** Grafana leaves out cells up to this, where the file says nothing. */
const HIDDEN_COUNT = 1e-9;
const STEPS_USUAL = 64;

export interface HeatColours {
  readonly colours: readonly string[];
  readonly exponent: number;
  readonly hidesBelow: number;
}

export function heatColours(options: HeatOptions, isDark: boolean): HeatColours {
  const steps = options.steps >= 2 ? options.steps : STEPS_USUAL;
  const colours = schemeSteps(options.scheme, steps, isDark);
  const isCurved = options.colourScale === 'exponential' && options.exponent > 0;
  return {
    colours: options.isReversed ? colours.toReversed() : colours,
    exponent: isCurved ? options.exponent : 1,
    hidesBelow: options.hidesBelow ?? HIDDEN_COUNT,
  };
}

interface HeatPlot {
  readonly cells: HeatCells;
  readonly options: HeatOptions;
  readonly frame: TimeFrame;
  readonly isDark: boolean;
}

export function heatPlot(plot: HeatPlot): (look: PlotLook) => PlotParts {
  const { cells, options, frame, isDark } = plot;
  const look = heatColours(options, isDark);
  return rowPlot({
    frame,
    times: cells.times,
    rowCount: cells.rows.length,
    labels: cells.rows.map((row, i) => ({ at: i + 1, text: boundText(row, row.to, options) })),
    isDownwards: false,
    draw: (chart) => drawCells(chart, cells, { ...look, gap: options.cellGap }),
    textAt: (x, y, isForeign) => describeAt(plot, { x, y, isForeign }),
  });
}

function boundText(row: HeatRow, bound: number, { unit, decimals }: HeatOptions): string {
  if (Number.isNaN(bound)) return row.name;
  if (!Number.isFinite(bound)) return bound > 0 ? '+Inf' : '-Inf';
  return formatText(bound, unit || 'short', decimals);
}

/** A rectangle for each count; rows of one colour that touch are one. */
function drawCells(
  chart: uPlot,
  cells: HeatCells,
  look: HeatColours & { readonly gap: number },
): void {
  const { ctx, bbox } = chart;
  const scale = {
    steps: look.colours.length,
    exponent: look.exponent,
    hidesBelow: look.hidesBelow,
  };
  const xs = Float64Array.from(cells.times, (timeMs) => chart.valToPos(timeMs / 1000, 'x', true));
  const width = chart.valToPos(cells.stepMs / 1000, 'x', true) - chart.valToPos(0, 'x', true);
  const gap = width > 4 ? look.gap * devicePixelRatio : 0;
  ctx.save();
  ctx.beginPath();
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
  ctx.clip();
  for (const [r, row] of cells.rows.entries()) {
    const bottom = Math.round(chart.valToPos(r, 'y', true));
    const top = Math.round(chart.valToPos(r + 1, 'y', true));
    for (let i = 0; i < xs.length; i++) {
      const step = heatStep(row.counts[i] ?? NaN, cells.countMax, scale);
      if (step < 0) continue;
      const right = Math.round(xs[i] ?? 0);
      const left = Math.round((xs[i] ?? 0) - width);
      ctx.fillStyle = look.colours[step] ?? '';
      ctx.fillRect(left, top, Math.max(1, right - left - gap), Math.max(1, bottom - top - gap));
    }
  }
  ctx.restore();
}

function describeAt(
  { cells, options, frame }: HeatPlot,
  { x, y, isForeign }: { readonly x: number; readonly y: number; readonly isForeign: boolean },
): HoverText | undefined {
  const index = cells.times.findIndex((timeMs) => timeMs >= x * 1000);
  const row = cells.rows[Math.floor(y)];
  const timeMs = cells.times[index];
  if (timeMs === undefined || row === undefined || isForeign) return undefined;
  const count = row.counts[index] ?? NaN;
  const from = Number.isNaN(row.from) ? '' : `${boundText(row, row.from, options)} – `;
  return {
    title: `${timeText(timeMs - cells.stepMs, frame.zone)} – ${timeText(timeMs, frame.zone).slice(11)}`,
    rows: [
      {
        colour: '',
        name: from + boundText(row, row.to, options),
        value: Number.isNaN(count) ? '–' : formatText(count, 'short'),
        isNear: true,
      },
    ],
    restCount: 0,
  };
}
