import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseExpr } from '#promql';
import type { CaseResult, FileResult, Suite } from './suite.ts';

interface Queries {
  readonly cases: readonly {
    readonly dashboard: string;
    readonly panel: string;
    readonly query: string;
  }[];
}

const OPTIONS = {
  experimentalFunctions: false,
  durationExpressions: true,
  extendedRangeSelectors: false,
  fillModifiers: false,
};

/** Each query of a real stack's dashboards is understood. */
function parseQueries(path: string): readonly CaseResult[] {
  const { cases } = JSON.parse(readFileSync(path, 'utf8')) as Queries;
  return cases.map(({ dashboard, panel, query }, index) => {
    const id = `${index} ${dashboard}: ${panel}`;
    const result = parseExpr(query, OPTIONS);
    return result.ok
      ? { id, ok: true }
      : { id, ok: false, message: result.errors[0]?.message ?? '' };
  });
}

export const stacksSuite: Suite = {
  area: 'stacks',
  run: (dir) => {
    const path = join(dir, 'stacks/dockprom/queries.json');
    const results: FileResult[] = [];
    if (existsSync(path))
      results.push({ file: 'stacks/dockprom/queries', cases: parseQueries(path) });
    return Promise.resolve(results);
  },
};
