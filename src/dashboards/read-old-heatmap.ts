import type { Cursor } from './read-cursor.ts';
import { noFieldSettings } from './read-field-settings.ts';
import type { PanelParts } from './read-panel.ts';

/** Heatmaps before 2022. */
export function readOldHeatmap(panel: Cursor): PanelParts {
  const colour = panel.child('color');
  const yAxis = panel.child('yAxis');
  const unit = yAxis.text('format', 'short');
  const format = panel.oneOf('dataFormat', ['timeseries', 'tsbuckets'], 'timeseries');
  const isLinear = colour.oneOf('colorScale', ['sqrt', 'linear'], 'sqrt') === 'linear';
  return {
    defaults: { ...noFieldSettings, unit, min: yAxis.number('min'), max: yAxis.number('max') },
    overrides: [],
    options: {
      kind: 'heatmap',
      hasBuckets: format === 'tsbuckets',
      scheme: colour.text('colorScheme', 'Oranges').replace(/^interpolate/, ''),
      colourScale: isLinear ? 'linear' : 'exponential',
      exponent: colour.numberOr('exponent', 0.5),
      steps: 64,
      isReversed: false,
      unit,
      decimals: yAxis.number('decimals'),
      cellGap: Math.min(Math.max(0, panel.child('cards').numberOr('cardPadding', 1)), 25),
      showsLegend: panel.child('legend').flag('show'),
      hidesBelow: panel.flag('hideZeroBuckets') ? 1e-9 : undefined,
    },
  };
}
