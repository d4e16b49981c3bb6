import { type ReactElement, useMemo } from 'react';
import { formatText, keepsUnit, reduceField } from '#dashboards';
import { BarGraph } from './graph/BarGraph.tsx';
import { barModel } from './graph/bar-model.ts';
import type { BarSeries } from './graph/bar-plot.ts';
import type { LegendRow } from './graph/legend-rows.ts';
import type { PanelProps } from './panel-props.ts';

export function BarChartPanel(props: PanelProps<'barchart'>): ReactElement {
  const { options, frames, settings, interpolate, isDark, zone } = props;
  const model = useMemo(
    () => barModel({ frames, settings, interpolate, isDark, zone }, options),
    [frames, settings, interpolate, isDark, zone, options],
  );
  const rows = useMemo(
    () => model.series.map((series) => rowOf(series, options.legend.reducers)),
    [model, options],
  );
  return (
    <BarGraph
      panel={props}
      model={model}
      layout={options}
      isHorizontal={isLying(options.orientation, props.size)}
      names={options}
      showsValue={options.showsValue}
      legend={options.legend}
      legendRows={rows}
      tooltip={options.tooltip}
    />
  );
}

/** Unless the file says, bars lie where the panel is higher than wide. */
function isLying(
  orientation: PanelProps<'barchart'>['options']['orientation'],
  { width, height }: PanelProps['size'],
): boolean {
  return orientation === 'auto' ? width < height : orientation === 'horizontal';
}

function rowOf(
  { name, colour, values, settings }: BarSeries,
  reducers: readonly string[],
): LegendRow {
  const field = { type: 'number', name, labels: {}, legend: '', values } as const;
  const cells = reducers.map((reducer) => {
    const value = reduceField(field, reducer);
    if (typeof value !== 'number') return { value: NaN, text: '–' };
    const unit = keepsUnit(reducer) ? settings.unit : 'none';
    return { value, text: formatText(value, unit, settings.decimals) };
  });
  const isEmpty = values.every(Number.isNaN);
  return {
    key: name,
    name,
    colour,
    cells,
    isEmpty,
    isZero: !isEmpty && values.every((one) => !one),
  };
}
