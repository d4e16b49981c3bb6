import { type ReactElement, useMemo } from 'react';
import type { LegendOptions } from '#dashboards';
import type { PanelProps } from '../panel-props.ts';
import { BarGraph } from './BarGraph.tsx';
import type { BarModel } from './bar-model.ts';
import type { BarLayout } from './bar-layout.ts';
import {
  type BucketOptions,
  bucketText,
  countBuckets,
  countSettings,
} from './histogram-buckets.ts';
import { type GraphSeries, legendRows } from './series-model.ts';

interface HistogramGraphProps {
  readonly panel: Pick<PanelProps, 'panel' | 'interpolate' | 'isDark' | 'zone' | 'size'>;
  readonly series: readonly GraphSeries[];
  /** What is in buckets already; undefined where values are to be counted. */
  readonly counted: BarModel | undefined;
  readonly buckets: BucketOptions;
  readonly isCombined: boolean;
  readonly legend: LegendOptions;
}

const LAYOUT: BarLayout = { stacking: 'normal', groupWidth: 1, barWidth: 0.97 };
const TOOLTIP = { mode: 'multi', sort: 'desc', hidesZeros: true } as const;

/** How often values lie in which bucket; series on each other, so that the whole is seen too. */
export function HistogramGraph(props: HistogramGraphProps): ReactElement {
  const { panel, series, counted, buckets, isCombined, legend } = props;
  const model = useMemo(
    () => counted ?? histogramModel(series, buckets, isCombined),
    [counted, series, buckets, isCombined],
  );
  const rows = useMemo(
    () => (isCombined || counted ? [] : legendRows(series, legend.reducers, panel.zone)),
    [series, isCombined, counted, legend, panel.zone],
  );
  return (
    <BarGraph
      panel={panel}
      model={model}
      layout={LAYOUT}
      isHorizontal={false}
      showsValue="never"
      legend={legend}
      legendRows={rows}
      tooltip={TOOLTIP}
    />
  );
}

function histogramModel(
  series: readonly GraphSeries[],
  options: BucketOptions,
  isCombined: boolean,
): BarModel {
  const shown = series.filter(({ settings }) => !settings.style.hideFrom.graph);
  const [first] = shown;
  if (first === undefined) return { categories: [], series: [] };
  const { starts, size, counts } = countBuckets(
    shown.map(({ values }) => values),
    options,
  );
  const { unit } = first.settings;
  const categories = Array.from(starts, (start) => bucketText(start, start + size, unit));
  const columns = isCombined ? [sumOf(counts, starts.length)] : counts;
  return {
    categories,
    series: columns.map((values, i) => {
      const { name, colour, settings } = shown[i] ?? first;
      return {
        name: isCombined ? 'All series' : name,
        colour,
        colourAt: undefined,
        settings: countSettings(settings),
        values,
      };
    }),
  };
}

function sumOf(columns: readonly Float64Array[], length: number): Float64Array {
  const sum = new Float64Array(length);
  for (const column of columns) {
    for (let i = 0; i < length; i++) sum[i] = (sum[i] ?? 0) + (column[i] ?? 0);
  }
  return sum;
}
