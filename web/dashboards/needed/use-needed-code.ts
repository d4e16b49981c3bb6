import { useEffect, useRef, useState } from 'react';
import { type JsonObject, neededCode } from '#dashboards';
import { loadFilters } from './filters.ts';
import { loadPatterns } from './patterns.ts';

let hasPatterns = false;
let hasFilters = false;

/** Loads what most dashboards do without, for this one; without one, for any. */
export async function loadNeededCode(json?: JsonObject): Promise<void> {
  const needed = json === undefined ? { patterns: true, filters: true } : neededCode(json);
  await Promise.all([
    needed.patterns && loadPatterns().then(() => (hasPatterns = true)),
    needed.filters && loadFilters().then(() => (hasFilters = true)),
  ]);
}

function isLoaded(json: JsonObject): boolean {
  if (hasPatterns && hasFilters) return true;
  const needed = neededCode(json);
  return (!needed.patterns || hasPatterns) && (!needed.filters || hasFilters);
}

/** The file once its code is there; until then the one before. Throws, to the page's boundary, where code cannot be loaded. */
export function useNeededCode(json: JsonObject | undefined): JsonObject | undefined {
  const last = useRef<JsonObject | undefined>(undefined);
  const [loaded, setLoaded] = useState<JsonObject>();
  const [failure, setFailure] = useState<Error>();
  const isThere = json === undefined || json === last.current || json === loaded || isLoaded(json);
  useEffect(() => {
    if (isThere) return;
    loadNeededCode(json).then(
      () => setLoaded(json),
      (error: unknown) => setFailure(error instanceof Error ? error : new Error(String(error))),
    );
  }, [json, isThere]);
  if (failure !== undefined) throw failure;
  if (isThere) last.current = json;
  return last.current;
}
