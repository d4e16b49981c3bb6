import type uPlot from 'uplot';
import {
  absoluteSteps,
  cssColour,
  type SeriesStyle,
  type Thresholds,
  withOpacity,
} from '#dashboards';

export interface DrawnThresholds {
  readonly scaleKey: string;
  readonly style: SeriesStyle['thresholdsStyle'];
  readonly thresholds: Thresholds;
  readonly isDark: boolean;
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

function drawAreas(chart: uPlot, thresholds: DrawnThresholds): void {
  const { ctx, bbox } = chart;
  const { min = 0, max = 1 } = chart.scales[thresholds.scaleKey] ?? {};
  const steps = absoluteSteps(thresholds.thresholds, { min, max });
  ctx.save();
  for (const [i, step] of steps.entries()) {
    const colour = cssColour(step.colour, thresholds.isDark);
    const from = Math.max(step.value, min);
    const to = Math.min(steps[i + 1]?.value ?? max, max);
    if (from >= to) continue;
    const bottom = chart.valToPos(from, thresholds.scaleKey, true);
    const top = chart.valToPos(to, thresholds.scaleKey, true);
    ctx.fillStyle = withOpacity(colour, AREA_ALPHA);
    ctx.fillRect(bbox.left, top, bbox.width, bottom - top);
  }
  ctx.restore();
}

function drawLines(chart: uPlot, thresholds: DrawnThresholds): void {
  const { ctx, bbox } = chart;
  const { min = 0, max = 1 } = chart.scales[thresholds.scaleKey] ?? {};
  const steps = absoluteSteps(thresholds.thresholds, { min, max });
  ctx.save();
  ctx.lineWidth = 2 * devicePixelRatio;
  if (thresholds.style.startsWith('dashed')) {
    ctx.setLineDash([10 * devicePixelRatio, 8 * devicePixelRatio]);
  }
  for (const step of steps) {
    const colour = cssColour(step.colour, thresholds.isDark);
    if (!(step.value > min && step.value <= max)) continue;
    const y = Math.round(chart.valToPos(step.value, thresholds.scaleKey, true));
    ctx.strokeStyle = withOpacity(colour, LINE_ALPHA);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
  }
  ctx.restore();
}
