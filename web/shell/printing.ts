import { useSyncExternalStore } from 'react';

/**
 * Pages are printed in light colours. `drawing`: what is out of view is drawn, too, since it will be on the paper;
 * `printing`: it is laid out for it.
 */
export type PrintStage = 'none' | 'drawing' | 'printing';

/** Mantine's. Set before anything is drawn anew: graphs take their colours from the styles. */
const SCHEME = 'data-mantine-color-scheme';

let stage: PrintStage = 'none';
let schemeOfScreen: string | null = null;
const listeners = new Set<() => void>();

export function setPrintStage(next: PrintStage): void {
  if (next === stage) return;
  const root = document.documentElement;
  if (next === 'printing') {
    schemeOfScreen = root.getAttribute(SCHEME);
    root.setAttribute(SCHEME, 'light');
  } else if (stage === 'printing' && schemeOfScreen !== null) {
    root.setAttribute(SCHEME, schemeOfScreen);
  }
  stage = next;
  for (const listener of listeners) listener();
}

export function usePrintStage(): PrintStage {
  return useSyncExternalStore(subscribe, () => stage);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Of an A4 sheet across, at 96 dpi and with 10 mm at the sides. A bit less or more is fitted by browsers. */
const PAPER_PX = 1040;
/** From here panels stand side by side. */
const WIDE_PX = 768;

/** Graphs are drawn for the width of the window: it is kept on paper, and scaled as a whole. */
function layOutForPaper(): void {
  const { style, dataset } = document.documentElement;
  const widthPx = document.querySelector('.nx-dash')?.clientWidth ?? 0;
  if (widthPx > 0) {
    style.setProperty('--nx-print-width', `${widthPx}px`);
    style.setProperty('--nx-print-zoom', String(Math.min(1, PAPER_PX / widthPx)));
  }
  const heightPx = document.querySelector('.nx-dash-single')?.clientHeight ?? 0;
  if (heightPx > 0) style.setProperty('--nx-print-height', `${heightPx}px`);
  dataset['printed'] = window.innerWidth < WIDE_PX ? 'narrow' : 'wide';
}

// Also where somebody prints by the browser's own menu: what is drawn so far is printed then.
window.addEventListener('beforeprint', () => {
  layOutForPaper();
  setPrintStage('printing');
});
window.addEventListener('afterprint', () => setPrintStage('none'));
