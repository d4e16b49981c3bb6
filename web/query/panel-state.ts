export type PanelTab = 'table' | 'graph' | 'explain';
export type DisplayMode = 'lines' | 'stacked';
export type Density = 'low' | 'medium' | 'high';

export type Resolution =
  | { readonly type: 'auto'; readonly density: Density }
  | { readonly type: 'fixed' | 'custom'; readonly stepMs: number };

/** All of a panel that a link carries. */
export interface PanelState {
  /** The query that was executed last; what is being typed lives in the editor alone. */
  readonly expr: string;
  readonly tab: PanelTab;
  readonly rangeMs: number;
  /** Undefined: now. The same moment ends the graph and evaluates the table. */
  readonly endMs: number | undefined;
  readonly resolution: Resolution;
  readonly displayMode: DisplayMode;
  readonly yAxisMin: number | undefined;
  readonly showExemplars: boolean;
  readonly showTree: boolean;
  /** Undefined: as the settings say. */
  readonly showEvents: boolean | undefined;
  /** 0: only when asked. */
  readonly refreshMs: number;
  /** The server continues the graph as soon as there is something new. */
  readonly live: boolean;
}

export const DEFAULT_PANEL: PanelState = {
  expr: '',
  tab: 'table',
  rangeMs: 3_600_000,
  endMs: undefined,
  resolution: { type: 'auto', density: 'medium' },
  displayMode: 'lines',
  yAxisMin: undefined,
  showExemplars: false,
  showTree: false,
  showEvents: undefined,
  refreshMs: 0,
  live: false,
};

/** Whether it is followed: what ends at a fixed moment does not go on. */
export function isLive({ live, endMs }: PanelState): boolean {
  return live && endMs === undefined;
}

/** What is not a graph is asked for again that often while the panel is live. */
const LIVE_REFRESH_MS = 5000;

/** How often the result is asked for anew; 0: only when asked. */
export function pollingMs(panel: PanelState): number {
  return isLive(panel) ? LIVE_REFRESH_MS : panel.refreshMs;
}

/** Points over the whole range. (Prometheus' page: getEffectiveResolution) */
const AUTO_POINTS: Readonly<Record<Density, number>> = { low: 100, medium: 250, high: 750 };

/** Milliseconds between two points, at least 1. */
export function effectiveStepMs(resolution: Resolution, rangeMs: number): number {
  if (resolution.type !== 'auto') return resolution.stepMs;
  return Math.max(Math.floor(rangeMs / AUTO_POINTS[resolution.density]), 1);
}

/** The steps of the − and + buttons beside the range. */
export const RANGE_STEPS_MS: readonly number[] = [
  1, 10, 60, 300, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600,
  2_419_200, 4_838_400, 15_724_800, 31_536_000, 63_072_000,
].map((seconds) => seconds * 1000);

export function widerRange(rangeMs: number): number {
  return RANGE_STEPS_MS.find((step) => step > rangeMs) ?? rangeMs;
}

export function narrowerRange(rangeMs: number): number {
  return RANGE_STEPS_MS.findLast((step) => step < rangeMs) ?? rangeMs;
}
