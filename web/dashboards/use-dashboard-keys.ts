import { useEffect, useRef } from 'react';
import { shiftTimeRange, zoomOutTimeRange } from '#dashboards';
import { isTyping } from '../shell/shortcuts.ts';
import type { DashboardScope } from './dashboard-scope.ts';
import { printPageParams } from './page-params.ts';
import { useViewedFocus } from './use-viewed-focus.ts';

/** How long after the first key the second counts. */
const CHORD_MS = 1200;

/** Grafana's keys: of the time, the dashboard (`d`), and of the panel that has the focus or the pointer (`v`, `e`, `i`). */
export function useDashboardKeys(scope: DashboardScope, canEdit = false): void {
  const current = useRef({ scope, canEdit });
  useViewedFocus(scope.params.viewPanel);
  useEffect(() => {
    current.current = { scope, canEdit };
  });
  useEffect(() => {
    let first = '';
    let untilMs = 0;
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || document.querySelector(OPEN_LAYER) !== null) return;
      const before = Date.now() < untilMs ? first : '';
      const isFirst =
        before === '' && (event.key === 't' || event.key === 'd' || event.key === 'g');
      first = isFirst ? event.key : '';
      untilMs = isFirst ? Date.now() + CHORD_MS : 0;
      if (isFirst) return;
      const keys = `${before} ${event.key}`.trim();
      const { scope: shown, canEdit: isOwn } = current.current;
      if (runKey(keys, shown) || (isOwn && runEditKey(keys, shown))) event.preventDefault();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}

const OPEN_LAYER =
  '[aria-modal="true"], [role="menu"], [role="dialog"], [role="listbox"]:popover-open';

function runKey(keys: string, { time, params, change }: DashboardScope): boolean {
  switch (keys) {
    case 't z':
      time.setSpan(zoomOutTimeRange(time.span));
      return true;
    case 't ArrowLeft':
      time.setSpan(shiftTimeRange(time.span, -1, time.nowMs));
      return true;
    case 't ArrowRight':
      time.setSpan(shiftTimeRange(time.span, 1, time.nowMs));
      return true;
    case 'd r':
      time.refreshNow();
      return true;
    case 'd k':
      change((search) => printPageParams(search, { isKiosk: !params.isKiosk }));
      return true;
    case 'v':
      return viewPanel(params.viewPanel, change);
    case 'i':
      return inspectPanel(change);
    case 'Escape':
      return leave(params, change);
    default:
      return false;
  }
}

function runEditKey(keys: string, { params, change }: DashboardScope): boolean {
  if (params.isKiosk) return false;
  switch (keys) {
    case 'd e':
      change((search) =>
        printPageParams(search, { isEditing: !params.isEditing, viewPanel: '', ...NO_EDITOR }),
      );
      return true;
    case 'd s':
      change((search) => printPageParams(search, { ...NO_EDITOR, editView: 'settings' }), 'push');
      return true;
    case 'e':
      return editPanel(change);
    default:
      return false;
  }
}

const NO_EDITOR = { editPanel: undefined, editView: undefined } as const;

/** The one with the focus of somebody at the keys; else the one under the pointer, or that was clicked into. */
function keyOfPanel(): string {
  const places = [':focus-visible', ':has(:focus-visible)', ':hover', ':focus-within'];
  for (const place of places) {
    const panel = document.querySelector<HTMLElement>(`[data-panel-key]${place}`);
    if (panel !== null) return panel.dataset['panelKey'] ?? '';
  }
  return '';
}

function viewPanel(viewed: string, change: DashboardScope['change']): boolean {
  const key = viewed === '' ? keyOfPanel() : '';
  if (key === '' && viewed === '') return false;
  change((search) => printPageParams(search, { viewPanel: key }), 'push');
  return true;
}

function inspectPanel(change: DashboardScope['change']): boolean {
  const panelKey = keyOfPanel();
  if (panelKey === '') return false;
  change((search) => printPageParams(search, { inspected: { panelKey, tab: 'data' } }), 'push');
  return true;
}

function editPanel(change: DashboardScope['change']): boolean {
  // The key of a panel begins with its id in the file.
  const id = /^\d+/.exec(keyOfPanel())?.[0];
  if (id === undefined) return false;
  change((search) => printPageParams(search, { editPanel: Number(id), viewPanel: '' }), 'push');
  return true;
}

/** The innermost first: an editor, the single panel, then the kiosk. */
function leave(params: DashboardScope['params'], change: DashboardScope['change']): boolean {
  if (params.editPanel !== undefined || params.editView !== undefined) {
    change((search) => printPageParams(search, NO_EDITOR), 'push');
    return true;
  }
  if (params.viewPanel !== '') {
    change((search) => printPageParams(search, { viewPanel: '' }), 'push');
    return true;
  }
  if (params.isKiosk) change((search) => printPageParams(search, { isKiosk: false }));
  return params.isKiosk;
}
