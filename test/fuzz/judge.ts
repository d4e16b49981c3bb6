import { askEngine, askTwin, type Grid, parsed, type World } from './case.ts';
import { difference, type Outcome } from './outcome.ts';
import { dependsOnOrder } from './stability.ts';

export type Verdict =
  | { readonly kind: 'same' | 'refused' | 'unparsable' | 'order-dependent' | 'rounding' }
  | { readonly kind: 'different'; readonly how: string };

const RELATIVE_TOLERANCE = 1e-12;

/** Compares what engine and twin say of an expression. */
export function judge(world: World, text: string, grid: Grid): Verdict {
  if (typeof parsed(text) === 'string') return { kind: 'unparsable' };
  // Which zero is the quantile depends on how a list was sorted.
  const zerosAreEqual = /quantile|mad_over/.test(text);
  const exact = { relative: 0, zerosAreEqual };
  const near = { relative: RELATIVE_TOLERANCE, zerosAreEqual };
  const twin = askTwin(world.stored, text, grid);
  const fromEngine = askEngine(world.memory, text, grid);
  const found = difference(twin, fromEngine, exact) ?? notesDifference(text, twin, fromEngine);
  if (found === undefined) return { kind: 'refusal' in twin ? 'refused' : 'same' };
  if (dependsOnOrder(world.stored, text, grid)) return { kind: 'order-dependent' };
  const tolerated = difference(twin, fromEngine, near);
  const mayRound = /histogram_/.test(text);
  if (
    mayRound &&
    tolerated === undefined &&
    notesDifference(text, twin, fromEngine) === undefined
  ) {
    return { kind: 'rounding' };
  }
  return { kind: 'different', how: found };
}

function withoutPlace(note: string): string {
  return note.replace(/ \(\d+:\d+\)$/, '');
}

/** Told by the engine about the query as a whole, or depending on hints that storages have. */
const NOT_COMPARED =
  /sort is ineffective|needed to be fixed for monotonicity|conflicting counter resets/;

/**
 * A text that several parts of a query give is told once, with the place of one of them. A range query evaluates a
 * subquery at all its instants, also at those that are in no window, so that it may tell more.
 */
function notesDifference(text: string, twin: Outcome, fromEngine: Outcome): string | undefined {
  if ('refusal' in twin || 'refusal' in fromEngine) return undefined;
  const [a, b] = [twin, fromEngine].map(({ notes }) =>
    [...notes].filter((note) => !NOT_COMPARED.test(note)),
  );
  const told = new Set(b.map(withoutPlace));
  const missing = a.filter((note) => !told.has(withoutPlace(note)));
  const extra = /\)\[\S+:/.test(text) ? [] : b.filter((note) => !a.includes(note));
  if (missing.length + extra.length === 0) return undefined;
  return `notes: only the twin says ${JSON.stringify(missing)}; only the engine says ${JSON.stringify(extra)}`;
}
