import type { PanelKind } from '#dashboards';

export interface KindEntry {
  readonly kind: PanelKind;
  readonly name: string;
  readonly sentence: string;
}

/** Kinds that can be chosen, those that are used most first. */
export const KIND_LIST: readonly KindEntry[] = [
  { kind: 'timeseries', name: 'Time series', sentence: 'Lines, bars or points over time.' },
  { kind: 'stat', name: 'Stat', sentence: 'One large value, with its small graph.' },
  { kind: 'gauge', name: 'Gauge', sentence: 'A value between its minimum and its maximum.' },
  { kind: 'bargauge', name: 'Bar gauge', sentence: 'Values side by side, as bars of one scale.' },
  { kind: 'table', name: 'Table', sentence: 'Rows and columns, sorted, coloured, linked.' },
  { kind: 'piechart', name: 'Pie chart', sentence: 'Parts of a whole.' },
  { kind: 'barchart', name: 'Bar chart', sentence: 'A bar for each name.' },
  { kind: 'heatmap', name: 'Heatmap', sentence: 'How many values lie where, over time.' },
  { kind: 'histogram', name: 'Histogram', sentence: 'How often values occur.' },
  { kind: 'state-timeline', name: 'State timeline', sentence: 'Which state held how long.' },
  {
    kind: 'status-history',
    name: 'Status history',
    sentence: 'The state at each moment, as cells.',
  },
  { kind: 'text', name: 'Text', sentence: 'Markdown, with variables.' },
  { kind: 'dashlist', name: 'Dashboard list', sentence: 'Links to other dashboards.' },
  { kind: 'alertlist', name: 'Alert list', sentence: 'Alerts that fire now.' },
];

export function kindName(kind: string): string {
  return KIND_LIST.find((entry) => entry.kind === kind)?.name ?? kind;
}
