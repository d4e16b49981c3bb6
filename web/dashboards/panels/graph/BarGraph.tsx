import { type ReactElement, useMemo, useState } from 'react';
import type { LegendOptions, TooltipOptions } from '#dashboards';
import type { PanelProps } from '../panel-props.ts';
import type { BarModel } from './bar-model.ts';
import type { BarLayout } from './bar-layout.ts';
import { type BarNames, barPlot } from './bar-plot.ts';
import { GraphLayout } from './GraphLayout.tsx';
import type { LegendRow } from './legend-rows.ts';
import { legendTitles } from './series-model.ts';

interface BarGraphProps {
  readonly panel: Pick<PanelProps, 'panel' | 'interpolate' | 'isDark' | 'zone' | 'size'>;
  readonly model: BarModel;
  /** The same object each time, or the graph is made anew. */
  readonly layout: BarLayout;
  readonly isHorizontal: boolean;
  /** Of the categories. */
  readonly names?: BarNames;
  readonly showsValue: 'auto' | 'always' | 'never';
  readonly legend: LegendOptions;
  readonly legendRows: readonly LegendRow[];
  readonly tooltip: TooltipOptions;
}

const PLAIN_NAMES: BarNames = { nameRotation: 0, nameLengthMax: 0 };
const NOTHING_HIDDEN: ReadonlySet<string> = new Set();

export function BarGraph(props: BarGraphProps): ReactElement {
  const { panel, model, layout, isHorizontal, showsValue, legend, legendRows, tooltip } = props;
  const { nameRotation, nameLengthMax } = props.names ?? PLAIN_NAMES;
  const { zone, isDark, interpolate } = panel;
  const [hidden, setHidden] = useState(NOTHING_HIDDEN);
  const build = useMemo(() => {
    const series = model.series.filter(({ name }) => !hidden.has(name));
    const { categories } = model;
    const names = { nameRotation, nameLengthMax };
    const look = { isHorizontal, showsValue, tooltip, zone };
    return barPlot({ ...layout, ...look, ...names, categories, series });
  }, [model, hidden, layout, isHorizontal, showsValue, tooltip, zone, nameRotation, nameLengthMax]);
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
