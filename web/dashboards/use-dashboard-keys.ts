import { useEffect, useRef } from 'react';
import { shiftTimeRange, zoomOutTimeRange } from '#dashboards';
import { isTyping } from '../shell/shortcuts.ts';
import type { DashboardScope } from './dashboard-scope.ts';
import { printPageParams } from './page-params.ts';
import { useViewedFocus } from './use-viewed-focus.ts';

/** How long after the first key the second counts. */
const CHORD_MS = 1200;

/** Grafana's keys: `t z`, `t ←`, `t →`, `d k`, `d r`, `v` for the panel under the pointer, Esc. */
export function useDashboardKeys(scope: DashboardScope): void {
  const current = useRef(scope);
  useViewedFocus(scope.params.viewPanel);
  useEffect(() => {
    current.current = scope;
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
      if (!isFirst && runKey(before, event.key, current.current)) event.preventDefault();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, []);
}

const OPEN_LAYER =
  '[aria-modal="true"], [role="menu"], [role="dialog"], [role="listbox"]:popover-open';

function runKey(first: string, key: string, { time, params, change }: DashboardScope): boolean {
  switch (`${first} ${key}`.trim()) {
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
    case 'Escape':
      return leave(params, change);
    default:
      return false;
  }
}

function viewPanel(viewed: string, change: DashboardScope['change']): boolean {
  const panel = document.querySelector<HTMLElement>(
    '[data-panel-key]:focus-within, [data-panel-key]:hover',
  );
  const key = viewed === '' ? (panel?.dataset['panelKey'] ?? '') : '';
  if (key === '' && viewed === '') return false;
  change((search) => printPageParams(search, { viewPanel: key }), 'push');
  return true;
}

/** The innermost first: the single panel, then the kiosk. */
function leave(params: DashboardScope['params'], change: DashboardScope['change']): boolean {
  if (params.viewPanel !== '') {
    change((search) => printPageParams(search, { viewPanel: '' }), 'push');
    return true;
  }
  if (params.isKiosk) change((search) => printPageParams(search, { isKiosk: false }));
  return params.isKiosk;
}
