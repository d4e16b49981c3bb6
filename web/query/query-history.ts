import { readStored, writeStored } from '../settings/settings.ts';

const STORAGE_KEY = 'narthex.query-history';
/** Enough to find last week's query again, small enough to be read at each completion. */
const QUERIES_MAX = 100;

export function readQueryHistory(): readonly string[] {
  try {
    const value: unknown = JSON.parse(readStored(STORAGE_KEY) ?? '[]');
    return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
  } catch {
    return [];
  }
}

/** The newest first, each once. */
export function rememberQuery(expr: string): void {
  const text = expr.trim();
  if (text === '') return;
  const others = readQueryHistory().filter((item) => item !== text);
  writeStored(STORAGE_KEY, JSON.stringify([text, ...others].slice(0, QUERIES_MAX)));
}
