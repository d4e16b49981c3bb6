import { askEngine, askTwin, type Grid, parsed, type World } from './case.ts';
import { BUG, difference, type Outcome } from './outcome.ts';
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
  const found =
    difference(twin, fromEngine, exact) ??
    orderDifference(text, twin, fromEngine) ??
    notesDifference(text, twin, fromEngine);
  if (found === undefined) return { kind: 'refusal' in twin ? 'refused' : 'same' };
  if (refusesElsewhere(text, grid, fromEngine)) return { kind: 'refused' };
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

/** As Prometheus does, at an instant of a subquery that is in no window. */
function refusesElsewhere(text: string, { stepMs }: Grid, fromEngine: Outcome): boolean {
  if (stepMs === 0 || !HAS_SUBQUERY.test(text) || !('refusal' in fromEngine)) return false;
  return !fromEngine.refusal.startsWith(BUG);
}

const HAS_SUBQUERY = /\)\[\S+:/;

/** Instant queries that sort: the values, or the label sets, in the order of the result. */
function orderDifference(text: string, twin: Outcome, fromEngine: Outcome): string | undefined {
  const expr = parsed(text);
  if (typeof expr === 'string' || 'refusal' in twin || 'refusal' in fromEngine) return undefined;
  if (twin.kind !== 'vector') return undefined;
  const isSort = expr.kind === 'call' && expr.func.startsWith('sort');
  const isTop = expr.kind === 'aggregate' && /^(?:topk|bottomk)$/.test(expr.operator);
  if (!isSort && !(isTop && expr.grouping.length === 0 && !expr.without)) return undefined;
  const byLabels = isSort && expr.func.startsWith('sort_by_label');
  const [a, b] = [twin, fromEngine].map(({ order, series }) =>
    order.map((key) => (byLabels ? key : numberOf(series.get(key)))).join(' '),
  );
  return a === b ? undefined : `in the order ${a} by the twin, ${b} by the engine`;
}

function numberOf(points: ReadonlyMap<number, unknown> | undefined): number {
  return Number([...(points?.values() ?? [])][0]);
}

function withoutPlace(note: string): string {
  return note.replace(/ \(\d+:\d+\)$/, '');
}

/** Where only sums and counts of histograms matter, resets are found out while reading, and told as hints. */
function isNotCompared(text: string, note: string): boolean {
  const ofSums = /histogram_(?:count|sum|avg)\(/.test(text) && note.includes('reconciled');
  return ofSums || NOT_COMPARED.test(note);
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
    [...notes].filter((note) => !isNotCompared(text, note)),
  );
  const told = new Set(b.map(withoutPlace));
  const missing = a.filter((note) => !told.has(withoutPlace(note)));
  const extra = HAS_SUBQUERY.test(text) ? [] : b.filter((note) => !a.includes(note));
  if (missing.length + extra.length === 0) return undefined;
  return `notes: only the twin says ${JSON.stringify(missing)}; only the engine says ${JSON.stringify(extra)}`;
}
