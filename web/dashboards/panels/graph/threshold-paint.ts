import type uPlot from 'uplot';
import type { SeriesStyle } from '#dashboards';
import { withAlpha } from './tint.ts';

export interface DrawnThresholds {
  readonly scaleKey: string;
  readonly style: SeriesStyle['thresholdsStyle'];
  readonly isPercentage: boolean;
  /** Ascending, the first from -Infinity; CSS colours. */
  readonly steps: readonly { readonly value: number; readonly colour: string }[];
}

const AREA_ALPHA = 0.12;
const LINE_ALPHA = 0.75;

/** Areas lie below the series, lines above. */
export function thresholdsPlugin(thresholds: readonly DrawnThresholds[]): uPlot.Plugin {
  return {
    hooks: {
      drawAxes: (chart) => {
        for (const one of thresholds) if (one.style.includes('area')) drawAreas(chart, one);
      },
      draw: (chart) => {
        for (const one of thresholds) if (one.style !== 'area') drawLines(chart, one);
      },
    },
  };
}

/** Values of steps given in percent lie between the ends of the axis. */
export function thresholdValues(
  { steps, isPercentage }: Pick<DrawnThresholds, 'steps' | 'isPercentage'>,
  min: number,
  max: number,
): number[] {
  return steps.map(({ value }) => (isPercentage ? min + ((max - min) * value) / 100 : value));
}

function drawAreas(chart: uPlot, thresholds: DrawnThresholds): void {
  const { ctx, bbox } = chart;
  const { min = 0, max = 1 } = chart.scales[thresholds.scaleKey] ?? {};
  const values = thresholdValues(thresholds, min, max);
  ctx.save();
  for (const [i, { colour }] of thresholds.steps.entries()) {
    const from = Math.max(values[i] ?? min, min);
    const to = Math.min(values[i + 1] ?? max, max);
    if (from >= to) continue;
    const bottom = chart.valToPos(from, thresholds.scaleKey, true);
    const top = chart.valToPos(to, thresholds.scaleKey, true);
    ctx.fillStyle = withAlpha(colour, AREA_ALPHA);
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
  }
  ctx.restore();
}

function drawLines(chart: uPlot, thresholds: DrawnThresholds): void {
  const { ctx, bbox } = chart;
  const { min = 0, max = 1 } = chart.scales[thresholds.scaleKey] ?? {};
  const values = thresholdValues(thresholds, min, max);
  ctx.save();
  ctx.lineWidth = 2 * devicePixelRatio;
  if (thresholds.style.startsWith('dashed')) {
    ctx.setLineDash([10 * devicePixelRatio, 8 * devicePixelRatio]);
  }
  for (const [i, { colour }] of thresholds.steps.entries()) {
    const value = values[i] ?? NaN;
    if (!(value > min && value <= max)) continue;
    const y = Math.round(chart.valToPos(value, thresholds.scaleKey, true));
    ctx.strokeStyle = withAlpha(colour, LINE_ALPHA);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}
