import { askEngine, type Grid, type World } from './case.ts';
import { difference, type Outcome } from './outcome.ts';
import { isUnstable } from './stability.ts';
import type { Store } from './stores.ts';

/** Series may come in another order. */
const NEAR = { relative: 1e-12, zerosAreEqual: true };

/** What the storages let the engine say otherwise than plain memory does. */
export function storesDifference(
  world: World,
  stores: readonly Store[],
  { text, grid }: { readonly text: string; readonly grid: Grid },
): string | undefined {
  const inMemory = askEngine(world.memory, text, grid);
  for (const { name, queryable } of stores) {
    const found = difference(inMemory, askEngine(queryable, text, grid), NEAR);
    if (found === undefined || isUnstable(world.stored, text, grid)) continue;
    return `in ${name} instead of memory: ${found}`;
  }
  return undefined;
}

/** What is another thing at another instant, or in another order. */
const OF_THE_WHOLE_QUERY = /\b(?:start|end|range|step)\(\)|sort/;

/** What a range query says otherwise than instant queries at the same times. */
export function stepsDifference(world: World, text: string, grid: Grid): string | undefined {
  if (grid.stepMs === 0 || OF_THE_WHOLE_QUERY.test(text)) return undefined;
  const whole = askEngine(world.memory, text, grid);
  if ('refusal' in whole) return undefined;
  for (let timeMs = grid.startMs; timeMs <= grid.endMs; timeMs += grid.stepMs) {
    const instant = { ...grid, startMs: timeMs, endMs: timeMs, stepMs: 0 };
    const alone = askEngine(world.memory, text, instant);
    const found = difference(alone, stepOf(whole, alone, timeMs), NEAR);
    if (found === undefined || isUnstable(world.stored, text, instant)) continue;
    return `as an instant query at ${timeMs} (twin) instead of a range query (engine): ${found}`;
  }
  return undefined;
}

/** One step of a range query in the shape of an instant query. */
function stepOf(whole: Outcome, alone: Outcome, timeMs: number): Outcome {
  if ('refusal' in whole || 'refusal' in alone) return whole;
  const isScalar = alone.kind === 'scalar';
  const series = [...whole.series].flatMap(([key, points]) => {
    const value = points.get(timeMs);
    const name = isScalar ? '' : key;
    return value === undefined ? [] : [[name, new Map([[timeMs, value]])] as const];
  });
  return { kind: alone.kind, series: new Map(series), order: [], notes: new Set() };
}
