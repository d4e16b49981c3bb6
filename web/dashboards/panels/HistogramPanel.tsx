import { type ReactElement, useMemo } from 'react';
import { HistogramGraph } from './graph/HistogramGraph.tsx';
import { graphModel } from './graph/series-model.ts';
import type { PanelProps } from './panel-props.ts';

export function HistogramPanel(props: PanelProps<'histogram'>): ReactElement {
  const { options, frames, settings, interpolate, isDark } = props;
  const model = useMemo(
    () => graphModel({ frames, settings, interpolate, isDark }),
    [frames, settings, interpolate, isDark],
  );
  return (
    <HistogramGraph
      panel={props}
      series={model.series}
      buckets={options}
      isCombined={options.isCombined}
      legend={options.legend}
    />
  );
}
