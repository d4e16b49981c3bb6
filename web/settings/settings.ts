import { useSyncExternalStore } from 'react';
import type { Zone } from '../format/times.ts';

export interface Settings {
  readonly localTime: boolean;
  readonly queryHistory: boolean;
  readonly autocomplete: boolean;
  readonly highlighting: boolean;
  readonly linter: boolean;
  readonly warnings: boolean;
  readonly infos: boolean;
  /** What happened to containers is drawn on their graphs. */
  readonly events: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  localTime: true,
  queryHistory: true,
  autocomplete: true,
  highlighting: true,
  linter: true,
  warnings: true,
  infos: true,
  events: true,
};

const STORAGE_KEY = 'narthex.settings';

/** Reads stored settings; what is missing, damaged or unknown takes its default. */
export function parseSettings(text: string | null): Settings {
  const stored = parseObject(text);
  const read = (name: keyof Settings): boolean => {
    const value = stored[name];
    return typeof value === 'boolean' ? value : DEFAULT_SETTINGS[name];
  };
  return {
    localTime: read('localTime'),
    queryHistory: read('queryHistory'),
    autocomplete: read('autocomplete'),
    highlighting: read('highlighting'),
    linter: read('linter'),
    warnings: read('warnings'),
    infos: read('infos'),
    events: read('events'),
  };
}

function parseObject(text: string | null): Readonly<Record<string, unknown>> {
  if (text === null) return {};
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const listeners = new Set<() => void>();
let settings: Settings | undefined;

function currentSettings(): Settings {
  settings ??= parseSettings(readStored(STORAGE_KEY));
  return settings;
}

export function changeSettings(change: Partial<Settings>): void {
  settings = { ...currentSettings(), ...change };
  writeStored(STORAGE_KEY, JSON.stringify(settings));
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useSettings(): Settings {
  return useSyncExternalStore(subscribe, currentSettings);
}

export function useZone(): Zone {
  return useSettings().localTime ? 'local' : 'utc';
}

/** Storage can be forbidden or full; the page works without. */
export function readStored(key: string): string | null {
  try {
    return window.localStorage.getItem(key);
  } catch {
    return null;
  }
}

export function writeStored(key: string, value: string): void {
  try {
    window.localStorage.setItem(key, value);
  } catch {
    // Kept for this visit only.
  }
}
