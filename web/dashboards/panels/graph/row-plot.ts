import type uPlot from 'uplot';
import { plainAxis } from '../../../chart/axes.ts';
import type { PlotLook, PlotParts } from '../../../chart/Plot.tsx';
import { type CellHover, cellHover } from './cell-hover.ts';
import { timePlot, type TimeFrame } from './time-plot.ts';

export interface RowPlot {
  readonly frame: TimeFrame;
  /** Milliseconds. */
  readonly times: Float64Array;
  readonly rowCount: number;
  /** Heights on the scale from 0 to `rowCount`, with their texts. */
  readonly labels: readonly { readonly at: number; readonly text: string }[];
  /** The first row is on top rather than at the bottom. */
  readonly isDownwards: boolean;
  readonly draw: (chart: uPlot) => void;
  readonly textAt: CellHover['textAt'];
}

const LABEL_PX_MIN = 16;
const LABEL_SHARE_MAX = 0.3;

/** Rows of cells over time: heatmaps, states. */
export function rowPlot(plot: RowPlot): (look: PlotLook) => PlotParts {
  const times = Array.from(plot.times, (timeMs) => timeMs / 1000);
  const data: uPlot.AlignedData = [times, times.map(() => null)];
  return (look) => {
    const base = timePlot(look, plot.frame);
    const y: uPlot.Scale = {
      range: () => [0, Math.max(1, plot.rowCount)],
      ...(plot.isDownwards ? { dir: -1 } : {}),
    };
    return {
      data,
      options: {
        ...base,
        scales: { ...base.scales, y },
        axes: [...(base.axes ?? []), rowAxis(look, plot)],
        series: [{}, { scale: 'y', paths: () => null, points: { show: false } }],
        hooks: { drawAxes: [plot.draw] },
        plugins: [
          ...(base.plugins ?? []),
          cellHover({ cursor: plot.frame.cursor, textAt: plot.textAt }),
        ],
      },
    };
  };
}

function rowAxis(look: PlotLook, { labels, rowCount }: RowPlot): uPlot.Axis {
  const room = Math.max(1, Math.floor(look.height / LABEL_PX_MIN));
  const every = Math.max(1, Math.ceil(labels.length / room));
  const shown = labels.filter((_, i) => i % every === 0);
  const widthMax = Math.floor(look.width * LABEL_SHARE_MAX);
  const texts = new Map(shown.map(({ at, text }) => [at, text]));
  return {
    ...plainAxis(look),
    grid: { show: false },
    show: rowCount > 0,
    splits: () => shown.map(({ at }) => at),
    values: (chart, splits) =>
      splits.map((at) => fitText(chart, texts.get(at) ?? '', widthMax - 16)),
    size: (chart, values: string[] | null) => {
      const widest = (values ?? []).reduce((most, text) => Math.max(most, textPx(chart, text)), 0);
      return Math.min(Math.ceil(widest) + 16, widthMax);
    },
  };
}

const CHARACTER_PX = 6.7;

/** The axis asks before its font is set. */
function textPx(chart: uPlot, text: string): number {
  const font = chart.axes[1]?.font;
  chart.ctx.font = Array.isArray(font) ? font[0] : (font ?? chart.ctx.font);
  return chart.ctx.measureText(text).width / devicePixelRatio;
}

function fitText(chart: uPlot, text: string, widthPx: number): string {
  if (textPx(chart, text) <= widthPx) return text;
  const count = Math.max(1, Math.floor(widthPx / CHARACTER_PX) - 1);
  return `${text.slice(0, count)}…`;
}
