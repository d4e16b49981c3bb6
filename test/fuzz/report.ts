import { type Grid, makeCase, type World } from './case.ts';
import { textOf } from './expressions.ts';
import { judge, type Verdict } from './judge.ts';
import { shrink } from './shrink.ts';

/** A case from a seed, or its data with an expression and instants that are kept as they were. */
export interface KeptCase {
  readonly seed: number;
  /** What it has shown. */
  readonly found?: string;
  readonly query?: string;
  readonly grid?: Grid;
}

/** What is wrong with the answer to a query; undefined where nothing is. */
export type Check = (world: World, text: string, grid: Grid) => string | undefined;

/** How many cases ended how. */
export type Tally = Map<Verdict['kind'], number>;

/** Engine and slow evaluator agree. */
export function agreesWithTwin(tally: Tally): Check {
  return (world, text, grid) => {
    const verdict = judge(world, text, grid);
    tally.set(verdict.kind, (tally.get(verdict.kind) ?? 0) + 1);
    return verdict.kind === 'different' ? verdict.how : undefined;
  };
}

/** Checks one case; says what is wrong with it, and with the smallest expression that still is wrong. */
export function runSeed(kept: KeptCase, check: Check): string | undefined {
  const { world, node, grid: ownGrid } = makeCase(kept.seed);
  const grid = kept.grid ?? ownGrid;
  const query = kept.query ?? textOf(node);
  const how = check(world, query, grid);
  if (how === undefined) return undefined;
  const first = `seed ${kept.seed}: ${query}\n  ${JSON.stringify(grid)}\n  ${how}`;
  if (kept.query !== undefined) return first;
  const smallest = textOf(shrink(node, (one) => check(world, textOf(one), grid) !== undefined));
  return `${first}\n  smaller: ${smallest}\n  ${check(world, smallest, grid) ?? ''}`;
}
