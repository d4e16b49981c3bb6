import { useCallback } from 'react';
import { navigate, usePlace } from '../location/location.ts';
import { DEFAULT_PANEL, type PanelState } from './panel-state.ts';
import { parsePanels, printPanels } from './panel-url.ts';

export interface PanelEntry {
  /** Stays with the panel while others come and go, also over back and forward. */
  readonly id: number;
  readonly state: PanelState;
}

export interface Panels {
  readonly entries: readonly PanelEntry[];
  readonly change: (id: number, change: Partial<PanelState>) => void;
  /** Below the panel given, as its copy; at the end and empty without one. */
  readonly add: (copied?: number) => void;
  readonly remove: (id: number) => void;
}

interface PanelHistoryState {
  readonly panelIds: readonly number[];
}

/** The panels of the page. The URL is the only place that holds them. */
export function usePanels(): Panels {
  const place = usePlace();
  const entries = readEntries(place.search, place.state);
  const change = useCallback((id: number, changes: Partial<PanelState>) => {
    editPanels((list) =>
      list.map((entry) =>
        entry.id === id ? { id, state: { ...entry.state, ...changes } } : entry,
      ),
    );
  }, []);
  const add = useCallback((copied?: number) => {
    editPanels((list) => insertPanel(list, copied));
  }, []);
  const remove = useCallback((id: number) => {
    editPanels((list) => list.filter((entry) => entry.id !== id));
  }, []);
  return { entries, change, add, remove };
}

function readEntries(search: string, state: unknown): PanelEntry[] {
  const parsed = parsePanels(search);
  const panels = parsed.length === 0 ? [DEFAULT_PANEL] : parsed;
  const ids = isPanelHistoryState(state) ? state.panelIds : [];
  const known = ids.length === panels.length ? ids : panels.map((_, i) => i);
  return panels.map((panel, i) => ({ id: known[i] ?? i, state: panel }));
}

function isPanelHistoryState(state: unknown): state is PanelHistoryState {
  return (
    typeof state === 'object' &&
    state !== null &&
    'panelIds' in state &&
    Array.isArray(state.panelIds)
  );
}

function insertPanel(list: readonly PanelEntry[], copied: number | undefined): PanelEntry[] {
  const id = Math.max(-1, ...list.map((entry) => entry.id)) + 1;
  const at = list.findIndex((entry) => entry.id === copied);
  const state = list[at]?.state ?? DEFAULT_PANEL;
  const position = at === -1 ? list.length : at + 1;
  return list.toSpliced(position, 0, { id, state });
}

function editPanels(edit: (list: readonly PanelEntry[]) => readonly PanelEntry[]): void {
  const { search } = window.location;
  const entries = edit(readEntries(search, window.history.state));
  const next = printPanels(entries.map((entry) => entry.state));
  if (next === search) return;
  navigate({
    page: 'query',
    search: next,
    state: { panelIds: entries.map((entry) => entry.id) } satisfies PanelHistoryState,
  });
}
