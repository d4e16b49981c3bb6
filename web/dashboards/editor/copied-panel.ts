import type { JsonObject, LayoutPanel, NewPanel } from '#dashboards';

export type CopiedPanel = NewPanel;

const KEY = 'narthex-copied-panel';

/** In the browser's store, so that other tabs find it. A browser that keeps nothing copies nothing. */
export function keepCopiedPanel({ json, place: { w, h } }: LayoutPanel): void {
  try {
    window.localStorage.setItem(KEY, JSON.stringify({ json, w, h }));
  } catch {
    // Full, or switched off.
  }
}

export function readCopiedPanel(): CopiedPanel | undefined {
  try {
    return parseCopiedPanel(JSON.parse(window.localStorage.getItem(KEY) ?? 'null') as unknown);
  } catch {
    return undefined;
  }
}

/** What is in the store, or came with a link, may be anything. */
export function parseCopiedPanel(value: unknown): CopiedPanel | undefined {
  if (!isRecord(value)) return undefined;
  const { json, w, h } = value;
  if (!isRecord(json) || !isSize(w) || !isSize(h)) return undefined;
  // What JSON.parse gave is JSON.
  return { json: json as JsonObject, w: Math.min(w, 24), h };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSize(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 200;
}
