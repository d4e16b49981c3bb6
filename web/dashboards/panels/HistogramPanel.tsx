import { type ReactElement, useMemo } from 'react';
import { HistogramGraph } from './graph/HistogramGraph.tsx';
import { bucketSeries } from './graph/histogram-buckets.ts';
import { graphModel } from './graph/series-model.ts';
import type { PanelProps } from './panel-props.ts';

export function HistogramPanel(props: PanelProps<'histogram'>): ReactElement {
  const { options, frames, settings, interpolate, isDark } = props;
  const model = useMemo(
    () => graphModel({ frames, settings, interpolate, isDark }),
    [frames, settings, interpolate, isDark],
  );
  const buckets = useMemo(() => bucketSeries(frames, settings, isDark), [frames, settings, isDark]);
  return (
    <HistogramGraph
      panel={props}
      series={model.series}
      counted={buckets}
      buckets={options}
      isCombined={options.isCombined}
      legend={options.legend}
    />
  );
}
