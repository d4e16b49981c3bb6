import { SETTINGS_TABS, type SettingsTab } from './editor/editor-props.ts';

/** What can be seen of what is behind a panel. */
export const INSPECT_TABS = ['data', 'query', 'json'] as const;

export type InspectTab = (typeof INSPECT_TABS)[number];

export interface Inspected {
  readonly panelKey: string;
  readonly tab: InspectTab;
}

/** What of the URL says how the page is looked at, besides time and variables. */
export interface PageParams {
  /** Key of the one panel that is shown; '' for all. */
  readonly viewPanel: string;
  readonly isKiosk: boolean;
  /** `5s`; '' for off; undefined: as the dashboard has it. */
  readonly refresh: string | undefined;
  readonly isEditing: boolean;
  /** Id of the panel in the panel editor. */
  readonly editPanel: number | undefined;
  /** The open tab of the settings. */
  readonly editView: SettingsTab | undefined;
  readonly inspected: Inspected | undefined;
  /** What a link leaves out of the page: for a screen on the wall. */
  readonly hidesTime: boolean;
  readonly hidesVariables: boolean;
  readonly hidesLinks: boolean;
}

/** Reads Grafana's parameters, the older ones (`panelId=2&fullscreen`, `kiosk=tv`) too. */
export function parsePageParams(params: URLSearchParams): PageParams {
  const kiosk = params.get('kiosk');
  const refresh = params.get('refresh');
  return {
    viewPanel: parseViewPanel(params),
    isKiosk: kiosk !== null && kiosk !== '0' && kiosk !== 'false',
    refresh: refresh === null ? undefined : parseRefresh(refresh),
    isEditing: params.has('edit'),
    editPanel: parseEditPanel(params.get('editPanel')),
    editView: SETTINGS_TABS.find((tab) => tab === params.get('editview')),
    inspected: parseInspected(params),
    hidesTime: isSet(params, '_dash.hideTimePicker'),
    hidesVariables: isSet(params, '_dash.hideVariables'),
    hidesLinks: isSet(params, '_dash.hideLinks'),
  };
}

/** The name alone, or `true`. */
function isSet(params: URLSearchParams, name: string): boolean {
  const text = params.get(name);
  return text !== null && text !== 'false' && text !== '0';
}

function parseEditPanel(text: string | null): number | undefined {
  const id = /^(?:panel-)?(\d{1,15})$/.exec(text ?? '')?.[1];
  return id === undefined ? undefined : Number(id);
}

function parseInspected(params: URLSearchParams): Inspected | undefined {
  const panel = params.get('inspect') ?? '';
  if (panel === '') return undefined;
  const tab = INSPECT_TABS.find((known) => known === params.get('inspectTab'));
  return { panelKey: panel.replace(/^panel-/, ''), tab: tab ?? 'data' };
}

function parseViewPanel(params: URLSearchParams): string {
  const viewed = params.get('viewPanel');
  if (viewed !== null) return viewed.replace(/^panel-/, '');
  const isFull = params.has('fullscreen') && params.get('fullscreen') !== 'false';
  return isFull ? (params.get('panelId') ?? '') : '';
}

/** Old links say `false`. */
function parseRefresh(text: string): string {
  return text === 'false' || text === 'off' || text === '0' ? '' : text;
}

/** What a change of the page's parameters makes of the others. */
export function printPageParams(
  params: URLSearchParams,
  change: Partial<PageParams>,
): URLSearchParams {
  const next = new URLSearchParams(params);
  if (change.viewPanel !== undefined) {
    for (const name of ['viewPanel', 'panelId', 'fullscreen']) next.delete(name);
    if (change.viewPanel !== '') next.set('viewPanel', change.viewPanel);
  }
  if (change.isKiosk !== undefined) {
    next.delete('kiosk');
    if (change.isKiosk) next.set('kiosk', '1');
  }
  if (change.isEditing !== undefined) {
    next.delete('edit');
    if (change.isEditing) next.set('edit', '1');
  }
  if ('editPanel' in change) {
    next.delete('editPanel');
    if (change.editPanel !== undefined) next.set('editPanel', String(change.editPanel));
  }
  if ('editView' in change) {
    next.delete('editview');
    if (change.editView !== undefined) next.set('editview', change.editView);
  }
  if ('inspected' in change) {
    for (const name of ['inspect', 'inspectTab']) next.delete(name);
    if (change.inspected !== undefined) {
      next.set('inspect', change.inspected.panelKey);
      next.set('inspectTab', change.inspected.tab);
    }
  }
  if (change.refresh !== undefined) next.set('refresh', change.refresh);
  return next;
}
