import { formatDuration, parseDuration } from '#model';
import { formatInstant, parseInstant } from '../format/times.ts';
import {
  DEFAULT_PANEL,
  type DisplayMode,
  type PanelState,
  type PanelTab,
  type Resolution,
} from './panel-state.ts';

/** More panels than a page can show; bounds the work that a made-up link can ask for. */
const PANELS_MAX = 100;

/**
 * Reads a link of Prometheus' graph page, old (`g0.tab=0`, `g0.step_input`, `g0.stacked`) or new.
 * What does not make sense is left at its default.
 */
export function parsePanels(search: string): PanelState[] {
  const params = new URLSearchParams(search);
  const panels: PanelState[] = [];
  while (panels.length < PANELS_MAX && params.has(`g${panels.length}.expr`)) {
    const prefix = `g${panels.length}.`;
    panels.push(parsePanel((name) => params.get(prefix + name) ?? undefined));
  }
  return panels;
}

type Read = (name: string) => string | undefined;

function parsePanel(read: Read): PanelState {
  return {
    expr: read('expr') ?? '',
    tab: parseTab(read('tab')),
    rangeMs: parsePositiveDuration(read('range_input')) ?? DEFAULT_PANEL.rangeMs,
    endMs: parseEnd(read),
    resolution: parseResolution(read),
    displayMode: parseDisplayMode(read),
    yAxisMin: parseFinite(read('y_axis_min')),
    showExemplars: read('show_exemplars') === '1',
    showTree: read('show_tree') === '1',
    showEvents: parseSwitch(read('show_events')),
    refreshMs: parsePositiveDuration(read('refresh')) ?? 0,
    live: read('refresh') === 'live',
  };
}

/** Undefined where it is not said. */
function parseSwitch(text: string | undefined): boolean | undefined {
  return text === '1' || text === '0' ? text === '1' : undefined;
}

function parseTab(text: string | undefined): PanelTab {
  if (text === '0' || text === 'graph') return 'graph';
  return text === 'explain' ? 'explain' : 'table';
}

function parseEnd(read: Read): number | undefined {
  const text = read('moment_input') ?? read('end_input');
  return text === undefined ? undefined : parseInstant(text);
}

function parseDisplayMode(read: Read): DisplayMode {
  const stacked = read('stacked');
  if (stacked !== undefined) return stacked === '1' ? 'stacked' : 'lines';
  return read('display_mode') === 'stacked' ? 'stacked' : 'lines';
}

function parseResolution(read: Read): Resolution {
  const type = read('res_type');
  const stepMs = parseSeconds(read('res_step'));
  if ((type === 'fixed' || type === 'custom') && stepMs !== undefined) return { type, stepMs };
  const density = read('res_density');
  if (type === 'auto' && (density === 'low' || density === 'medium' || density === 'high')) {
    return { type, density };
  }
  const oldStepMs = parseSeconds(read('step_input'));
  if (type === undefined && oldStepMs !== undefined) return { type: 'custom', stepMs: oldStepMs };
  return DEFAULT_PANEL.resolution;
}

function parseSeconds(text: string | undefined): number | undefined {
  const seconds = parseFinite(text);
  if (seconds === undefined || seconds <= 0) return undefined;
  return Math.max(Math.round(seconds * 1000), 1);
}

function parseFinite(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** Undefined where the text is no duration or zero. */
export function parsePositiveDuration(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  try {
    const durationMs = parseDuration(text.trim());
    return durationMs > 0 ? durationMs : undefined;
  } catch {
    return undefined;
  }
}

/** Writes the newer parameters, as Prometheus 3 does; `refresh` and `show_events` are ours and only there if set. */
export function printPanels(panels: readonly PanelState[]): string {
  const params = new URLSearchParams();
  for (const [i, panel] of panels.entries()) {
    for (const [name, value] of printPanel(panel)) params.append(`g${i}.${name}`, value);
  }
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}

function printPanel(panel: PanelState): [string, string][] {
  const params: [string, string][] = [
    ['expr', panel.expr],
    ['show_tree', panel.showTree ? '1' : '0'],
    ['tab', panel.tab],
  ];
  if (panel.endMs !== undefined) {
    const end = formatInstant(panel.endMs);
    params.push(['end_input', end], ['moment_input', end]);
  }
  params.push(['range_input', formatDuration(panel.rangeMs)]);
  params.push(['res_type', panel.resolution.type]);
  if (panel.resolution.type === 'auto') params.push(['res_density', panel.resolution.density]);
  else params.push(['res_step', String(panel.resolution.stepMs / 1000)]);
  params.push(['display_mode', panel.displayMode]);
  if (panel.yAxisMin !== undefined) params.push(['y_axis_min', String(panel.yAxisMin)]);
  params.push(['show_exemplars', panel.showExemplars ? '1' : '0']);
  if (panel.showEvents !== undefined) params.push(['show_events', panel.showEvents ? '1' : '0']);
  if (panel.live) params.push(['refresh', 'live']);
  else if (panel.refreshMs > 0) params.push(['refresh', formatDuration(panel.refreshMs)]);
  return params;
}
