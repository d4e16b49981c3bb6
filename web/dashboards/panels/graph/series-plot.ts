import type uPlot from 'uplot';
import { type TooltipOptions, withOpacity } from '#dashboards';
import type { PlotLook, PlotParts } from '../../../chart/Plot.tsx';
import { type DrawnColumn, drawnColumn } from './columns.ts';
import { planScales, type ScalePlan } from './scales.ts';
import { seriesHover } from './series-hover.ts';
import { formatWith, type GraphModel, type GraphSeries } from './series-model.ts';
import { paintSeries } from './series-paint.ts';
import { type StackBand, stack } from './stacks.ts';
import { drawnThresholds } from './threshold-steps.ts';
import { thresholdsPlugin } from './threshold-paint.ts';
import { timePlot, type TimeFrame } from './time-plot.ts';
import { timeText } from './time-text.ts';
import { valueAxis, valueScale } from './value-axis.ts';

export interface SeriesPlot extends GraphModel {
  readonly frame: TimeFrame;
  readonly tooltip: TooltipOptions;
  readonly isDark: boolean;
}

interface Prepared {
  readonly series: readonly GraphSeries[];
  readonly scales: readonly ScalePlan[];
  /** Of each series. */
  readonly scaleKeys: readonly string[];
  readonly columns: readonly DrawnColumn[];
  readonly bands: readonly StackBand[];
}

/** Lines, bars and points over time. What does not depend on the size is done once. */
export function seriesPlot(plot: SeriesPlot): (look: PlotLook) => PlotParts {
  const shown = plot.series.filter(({ settings }) => !settings.style.hideFrom.graph);
  const prepared = prepare(shown.toSorted((a, b) => zIndexOf(a) - zIndexOf(b)));
  const times = Array.from(plot.times, (timeMs) => timeMs / 1000);
  const data: uPlot.AlignedData = [times, ...prepared.columns];
  return (look) => ({ options: plotOptions(look, plot, prepared), data });
}

function prepare(series: readonly GraphSeries[]): Prepared {
  const { scales, indexes } = planScales(series.map(({ settings }) => settings));
  const scaleKeys = indexes.map((index) => scales[index]?.key ?? 'y0');
  const members = series.map((one, i) => {
    const { style } = one.settings;
    const { mode, group } = style.stacking;
    return {
      column: drawnColumn(one, style),
      key: mode === 'none' ? '' : [scaleKeys[i], mode, group, style.draw].join('\u0000'),
      isPercent: mode === 'percent',
    };
  });
  return { series, scales, scaleKeys, ...stack(members) };
}

function plotOptions(look: PlotLook, plot: SeriesPlot, prepared: Prepared): PlotParts['options'] {
  const base = timePlot(look, plot.frame);
  const { series, scales, scaleKeys } = prepared;
  return {
    ...base,
    scales: {
      ...base.scales,
      ...Object.fromEntries(scales.map((plan) => [plan.key, valueScale(plan)])),
    },
    axes: [...(base.axes ?? []), ...scales.map((plan, i) => valueAxis(look, plan, i === 0))],
    series: [
      {},
      ...series.map(({ name, colour, colourAt, settings }, i) =>
        paintSeries({
          name,
          colour,
          style: settings.style,
          scaleKey: scaleKeys[i] ?? 'y0',
          colourAt: settings.style.gradient === 'scheme' ? colourAt : undefined,
        }),
      ),
    ],
    bands: [...stackBands(prepared), ...fillBands(series)],
    plugins: [
      thresholdsPlugin(drawnThresholds(scales, plot.isDark)),
      ...(base.plugins ?? []),
      hoverOf(plot, prepared),
    ],
  };
}

/** uPlot counts the times as its first series. */
function stackBands({ bands, series }: Prepared): uPlot.Band[] {
  return bands.map(({ upper, lower }) => {
    const below = series[upper]?.settings.style.transform === 'negative-Y';
    return { series: [upper + 1, lower + 1], ...(below ? { dir: 1 } : {}) };
  });
}

/** Filled down to another series rather than to the axis. */
function fillBands(series: readonly GraphSeries[]): uPlot.Band[] {
  return series.flatMap(({ settings: { style }, colour }, i): uPlot.Band[] => {
    if (style.fillBelowTo === '') return [];
    const lower = series.findIndex(({ name }) => name === style.fillBelowTo);
    if (lower < 0 || lower === i) return [];
    const alpha = style.fillOpacity > 0 ? style.fillOpacity / 100 : FILL_BELOW_ALPHA;
    return [{ series: [i + 1, lower + 1], fill: withOpacity(colour, alpha) }];
  });
}

const FILL_BELOW_ALPHA = 0.35;

function hoverOf(plot: SeriesPlot, { series, scaleKeys, columns }: Prepared): uPlot.Plugin {
  const { cursor, zone } = plot.frame;
  return seriesHover({
    tooltip: plot.tooltip,
    cursor,
    titleOf: (index) => timeText(plot.times[index] ?? 0, zone),
    series: series.map(({ name, colour, values, settings }, i) => ({
      name,
      colour,
      values,
      scaleKey: scaleKeys[i] ?? 'y0',
      drawn: columns[i] ?? [],
      isHidden: settings.style.hideFrom.tooltip,
      format: formatWith(settings, zone),
    })),
  });
}

function zIndexOf({ settings }: GraphSeries): number {
  return settings.style.zIndex;
}
