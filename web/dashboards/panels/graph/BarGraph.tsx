import { type ReactElement, useMemo, useState } from 'react';
import type { LegendOptions, TooltipOptions } from '#dashboards';
import type { PanelProps } from '../panel-props.ts';
import type { BarModel } from './bar-model.ts';
import type { BarLayout } from './bar-layout.ts';
import { barPlot } from './bar-plot.ts';
import { GraphLayout } from './GraphLayout.tsx';
import type { LegendRow } from './legend-rows.ts';
import { legendTitles } from './series-model.ts';

interface BarGraphProps {
  readonly panel: Pick<PanelProps, 'panel' | 'interpolate' | 'isDark' | 'zone' | 'size'>;
  readonly model: BarModel;
  /** The same object each time, or the graph is made anew. */
  readonly layout: BarLayout;
  readonly isHorizontal: boolean;
  readonly showsValue: 'auto' | 'always' | 'never';
  readonly legend: LegendOptions;
  readonly legendRows: readonly LegendRow[];
  readonly tooltip: TooltipOptions;
}

const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

export function BarGraph(props: BarGraphProps): ReactElement {
  const { panel, model, layout, isHorizontal, showsValue, legend, legendRows, tooltip } = props;
  const { zone, isDark, interpolate } = panel;
  const [hidden, setHidden] = useState(NOTHING_HIDDEN);
  const build = useMemo(() => {
    const series = model.series.filter(({ name }) => !hidden.has(name));
    const { categories } = model;
    return barPlot({ ...layout, categories, series, isHorizontal, showsValue, tooltip, zone });
  }, [model, hidden, layout, isHorizontal, showsValue, tooltip, zone]);
  const label = `${interpolate(panel.panel.title) || 'Bar chart'}: ${model.series.length} series of ${model.categories.length} bars`;
  return (
    <GraphLayout
      size={panel.size}
      rows={legendRows}
      titles={legendTitles(legend.reducers)}
      legend={legend}
      hidden={hidden}
      onHiddenChange={setHidden}
      plot={{ build, isDark, label }}
    />
  );
}
