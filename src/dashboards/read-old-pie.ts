import type { Cursor } from './read-cursor.ts';
import { noFieldSettings, readDecimals } from './read-field-settings.ts';
import { readAliasColours } from './read-old-graph.ts';
import type { PanelParts } from './read-panel.ts';
import { noLegend, reducerOf } from './read-panel-options.ts';

/** The plugin that was there before today's pie chart. */
export function readOldPie(panel: Cursor): PanelParts {
  const legend = panel.child('legend');
  const place = panel.text('legendType', 'Under graph');
  const isShown = legend.flag('show', true) && place !== 'On graph';
  const values = [
    ...(legend.flag('values') ? ['value'] : []),
    ...(legend.flag('percentage') ? ['percent'] : []),
  ];
  return {
    defaults: {
      ...noFieldSettings,
      unit: panel.text('format', 'short'),
      decimals: readDecimals(panel),
    },
    overrides: readAliasColours(panel),
    options: {
      kind: 'piechart',
      reduction: {
        reducers: [reducerOf(panel.text('valueName', 'current'))],
        fields: '',
        showsAllValues: false,
        limit: 0,
      },
      sort: 'desc',
      shape: panel.oneOf('pieType', ['pie', 'donut'], 'pie'),
      labels: place === 'On graph' ? ['name', 'percent'] : [],
      legend: {
        ...noLegend,
        mode: !isShown ? 'hidden' : values.length > 0 ? 'table' : 'list',
        placement: place === 'Right side' ? 'right' : 'bottom',
        values,
      },
      tooltip: { mode: 'single', sort: 'none', hidesZeros: false },
    },
  };
}
