import { useEffect } from 'react';
import { navigate, rememberedSearch } from '../location/location.ts';
import { PAGE_LIST } from './page-list.ts';

export interface Shortcut {
  readonly keys: readonly string[];
  readonly does: string;
}

export const SHORTCUTS: readonly Shortcut[] = [
  ...PAGE_LIST.map((entry) => ({ keys: ['g', entry.key], does: `Go to ${entry.title}` })),
  { keys: ['/'], does: 'To the query editor, or the filter of the page' },
  { keys: ['m'], does: 'Choose from all metrics (on Query)' },
  { keys: ['Enter'], does: 'Execute the query (in the editor)' },
  { keys: ['Shift', 'Enter'], does: 'New line (in the editor)' },
  { keys: ['t', 'z'], does: 'Zoom out (on a dashboard)' },
  { keys: ['t', '←'], does: 'Earlier; t → later (on a dashboard)' },
  { keys: ['d', 'r'], does: 'Refresh all panels (on a dashboard)' },
  { keys: ['d', 'k'], does: 'Kiosk: the dashboard alone' },
  { keys: ['d', 'e'], does: 'Edit the dashboard, and back' },
  { keys: ['d', 's'], does: 'Settings of the dashboard' },
  { keys: ['v'], does: 'View a panel alone: the focused one, or under the pointer' },
  { keys: ['e'], does: 'Edit that panel' },
  { keys: ['i'], does: 'Inspect that panel: data, queries, JSON' },
  { keys: ['Esc'], does: 'Leave the editor, the single panel, the kiosk; close a dialog' },
  { keys: ['?'], does: 'This help' },
];

/** How long after `g` the second key counts. */
const CHORD_MS = 1200;

/** Keys of the whole page; they rest while something is being typed or a dialog is open. */
export function useShortcuts(showHelp: () => void): void {
  useEffect(() => {
    let chordUntilMs = 0;
    const press = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || document.querySelector('[aria-modal="true"]') !== null) return;
      const isChord = Date.now() < chordUntilMs;
      chordUntilMs = event.key === 'g' && !isChord ? Date.now() + CHORD_MS : 0;
      if (runShortcut(event.key, isChord, showHelp)) event.preventDefault();
    };
    window.addEventListener('keydown', press);
    return () => window.removeEventListener('keydown', press);
  }, [showHelp]);
}

function runShortcut(key: string, isChord: boolean, showHelp: () => void): boolean {
  if (isChord) {
    const entry = PAGE_LIST.find((candidate) => candidate.key === key);
    if (entry !== undefined) {
      navigate({ page: entry.page, search: rememberedSearch(entry.page) });
    }
    return entry !== undefined;
  }
  if (key === '?') {
    showHelp();
    return true;
  }
  if (key === '/')
    return focusFirst('[data-shortcut="search"] .cm-content, [data-shortcut="search"]');
  if (key === 'm') return clickFirst('[data-shortcut="metrics"]');
  return false;
}

function focusFirst(selector: string): boolean {
  const elements = [...document.querySelectorAll<HTMLElement>(selector)];
  const element = elements.find((candidate) => candidate.matches('input, textarea, .cm-content'));
  element?.focus();
  return element !== undefined;
}

function clickFirst(selector: string): boolean {
  const element = document.querySelector<HTMLElement>(selector);
  element?.click();
  return element !== null;
}

/** Keys then belong to what is being typed into. */
export function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || target.matches('input, textarea, select'))
  );
}
