import { type ComponentType, lazy } from 'react';
import type { PanelKind } from '#dashboards';
import type { PanelProps } from './panel-props.ts';

export interface PanelEntry {
  readonly component: ComponentType<PanelProps>;
  /** Has its code loaded, so that it is there when the answers are. */
  readonly preload: () => void;
  /** False: drawn though no query answered; what it shows it gets by itself. */
  readonly needsFrames: boolean;
  /** False: it says what is missing, which is `unsupported` to who counts. */
  readonly isSupported: boolean;
}

interface PanelLoad<Kind extends PanelKind> {
  readonly load: () => Promise<ComponentType<PanelProps<Kind>>>;
  readonly needsFrames?: boolean;
  readonly isSupported?: boolean;
}

/** The registry hands a renderer the options of its own kind only, which the types cannot say of a table. */
function entry<Kind extends PanelKind>(panel: PanelLoad<Kind>): PanelEntry {
  const { load, needsFrames = true, isSupported = true } = panel;
  const component = lazy(async () => ({
    default: (await load()) as unknown as ComponentType<PanelProps>,
  }));
  // Where that fails, `component` says so.
  const preload = (): void => void load().catch(() => undefined);
  return { component, preload, needsFrames, isSupported };
}

const timeseries = entry<'timeseries'>({
  load: async () => (await import('./TimeseriesPanel.tsx')).TimeseriesPanel,
});
const stat = entry<'stat'>({ load: async () => (await import('./StatPanel.tsx')).StatPanel });
const gauge = entry<'gauge'>({ load: async () => (await import('./GaugePanel.tsx')).GaugePanel });
const bargauge = entry<'bargauge'>({
  load: async () => (await import('./BarGaugePanel.tsx')).BarGaugePanel,
});
const table = entry<'table'>({ load: async () => (await import('./TablePanel.tsx')).TablePanel });
const piechart = entry<'piechart'>({
  load: async () => (await import('./PieChartPanel.tsx')).PieChartPanel,
});
const text = entry<'text'>({
  load: async () => (await import('./TextPanel.tsx')).TextPanel,
  needsFrames: false,
});
const dashlist = entry<'dashlist'>({
  load: async () => (await import('./DashListPanel.tsx')).DashListPanel,
  needsFrames: false,
});
const alertlist = entry<'alertlist'>({
  load: async () => (await import('./AlertListPanel.tsx')).AlertListPanel,
  needsFrames: false,
});
const logs = entry<'logs'>({
  load: async () => (await import('./LogsPanel.tsx')).LogsPanel,
  needsFrames: false,
  isSupported: false,
});
const unknown = entry<'unknown'>({
  load: async () => (await import('./UnknownPanel.tsx')).UnknownPanel,
  needsFrames: false,
  isSupported: false,
});
const heatmap = entry<'heatmap'>({
  load: async () => (await import('./HeatmapPanel.tsx')).HeatmapPanel,
});
const barchart = entry<'barchart'>({
  load: async () => (await import('./BarChartPanel.tsx')).BarChartPanel,
});
const histogram = entry<'histogram'>({
  load: async () => (await import('./HistogramPanel.tsx')).HistogramPanel,
});
const stateTimeline = entry<'state-timeline'>({
  load: async () => (await import('./StateTimelinePanel.tsx')).StateTimelinePanel,
});
const statusHistory = entry<'status-history'>({
  load: async () => (await import('./StatusHistoryPanel.tsx')).StatusHistoryPanel,
});

/** How each kind of panel is drawn, each in a chunk of its own. A kind that is not here is not drawn. */
export const PANELS: Readonly<Partial<Record<PanelKind, PanelEntry>>> = {
  timeseries,
  heatmap,
  histogram,
  barchart,
  'state-timeline': stateTimeline,
  'status-history': statusHistory,
  stat,
  gauge,
  bargauge,
  table,
  piechart,
  text,
  dashlist,
  alertlist,
  logs,
  unknown,
};
