import { type Grid, makeCase, type World } from './case.ts';
import { judge, type Verdict } from './judge.ts';
import { textOf } from './expressions.ts';
import { shrink } from './shrink.ts';

/** How many cases ended how. */
export type Tally = Map<Verdict['kind'], number>;

/** A case from a seed, or its data with an expression and instants that are kept as they were. */
export interface KeptCase {
  readonly seed: number;
  /** What it has shown. */
  readonly found?: string;
  readonly query?: string;
  readonly grid?: Grid;
}

/** Runs one case; what is wrong with it, made as small as can be. */
export function runSeed({ seed, query, grid: given }: KeptCase, tally: Tally): string | undefined {
  const { world, node, grid: ownGrid } = makeCase(seed);
  const grid = given ?? ownGrid;
  const verdict = judge(world, query ?? textOf(node), grid);
  tally.set(verdict.kind, (tally.get(verdict.kind) ?? 0) + 1);
  if (verdict.kind !== 'different') return undefined;
  if (query !== undefined) return description(seed, query, grid, verdict.how);
  const smallest = shrink(node, (one) => judge(world, textOf(one), grid).kind === 'different');
  return [
    description(seed, textOf(node), grid, verdict.how),
    shrunkDescription(world, textOf(smallest), grid),
  ].join('\n');
}

function description(seed: number, query: string, grid: Grid, how: string): string {
  return `seed ${seed}: ${query}\n  ${JSON.stringify(grid)}\n  ${how}`;
}

function shrunkDescription(world: World, query: string, grid: Grid): string {
  const verdict = judge(world, query, grid);
  return `  smaller: ${query}\n  ${verdict.kind === 'different' ? verdict.how : verdict.kind}`;
}
