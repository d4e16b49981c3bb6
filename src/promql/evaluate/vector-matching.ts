import { filterLabels, formatLabels, type Labels, labelsKey, labelValue, withLabel } from '#model';
import type { VectorMatching } from '../parse/ast.ts';
import { QueryError } from '../result.ts';
import { changesMetric, ElementOperation } from './arithmetic.ts';
import { execution } from './evaluation.ts';
import {
  ABSENT,
  FLOAT,
  histogramAt,
  isMetadataLabel,
  SAME_LABELSET,
  type Series,
  SeriesBuilder,
  withoutMetadata,
} from './matrix.ts';
import type { VectorOperation } from './set-operators.ts';
import { matchLabels } from './signature.ts';
import { entryBytes } from './memory-account.ts';

/** Arithmetic and comparison between two vectors, one-to-one, many-to-one or one-to-many. */
export function evaluateVectors(operation: VectorOperation): readonly Series[] {
  const { matching } = operation.binary;
  if (matching === undefined) throw new QueryError('internal', 'cannot match vectors');
  return new Matching(operation, matching).run();
}

/** Series of both sides that have the matching labels in common. */
interface Group {
  readonly matchLabels: Labels;
  readonly many: Series[];
  readonly one: Series[];
}

/** `many` is the left side, and the right one for one-to-many. */
class Matching {
  readonly #operation: VectorOperation;
  readonly #matching: VectorMatching;
  readonly #swapped: boolean;
  readonly #element: ElementOperation;
  readonly #groups = new Map<string, Group>();
  readonly #rows = new Map<string, SeriesBuilder>();
  readonly #many: readonly Series[];
  readonly #one: readonly Series[];
  /** Steps at which both sides have anything at all; elsewhere nothing is matched, so nothing can fail. */
  readonly #activeSteps: Uint8Array;

  constructor(operation: VectorOperation, matching: VectorMatching) {
    this.#operation = operation;
    this.#matching = matching;
    this.#swapped = matching.card === 'one-to-many';
    this.#element = new ElementOperation(operation);
    this.#many = this.#swapped ? operation.right : operation.left;
    this.#one = this.#swapped ? operation.left : operation.right;
    this.#activeSteps = this.#findActiveSteps();
  }

  run(): Series[] {
    this.#group();
    for (const group of this.#groups.values()) {
      if (group.one.length > 1) this.#checkOneSide(group);
    }
    const rows: SeriesBuilder[] = [];
    for (const group of this.#groups.values()) {
      this.#operation.evaluation.checkTime();
      this.#match(group);
    }
    for (const row of this.#rows.values()) {
      if (!row.isEmpty) rows.push(row);
    }
    return rows;
  }

  #findActiveSteps(): Uint8Array {
    const many = presentSteps(this.#many, this.#operation.grid.steps);
    const one = presentSteps(this.#one, this.#operation.grid.steps);
    const { fillLeft, fillRight } = this.#matching;
    if (fillLeft !== undefined || fillRight !== undefined) {
      return many.map((present, step) => present | one[step]);
    }
    return many.map((present, step) => present & one[step]);
  }

  #group(): void {
    const match = matchLabels(this.#matching);
    for (const series of this.#many) this.#groupOf(match(series.labels)).many.push(series);
    for (const series of this.#one) this.#groupOf(match(series.labels)).one.push(series);
  }

  #groupOf(labels: Labels): Group {
    this.#operation.evaluation.passTurns(5);
    const key = labelsKey(labels);
    let group = this.#groups.get(key);
    if (group === undefined) {
      this.#operation.evaluation.memory.hold(entryBytes(key));
      group = { matchLabels: labels, many: [], one: [] };
      this.#groups.set(key, group);
    }
    return group;
  }

  /** Two series on the "one" side at the same step are an error, matched or not. */
  #checkOneSide(group: Group): void {
    for (let step = 0; step < this.#activeSteps.length; step++) {
      if (this.#activeSteps[step] === 0) continue;
      this.#operation.evaluation.passTurns(group.one.length);
      const present = group.one.filter((series) => series.kinds[step] !== ABSENT);
      if (present.length < 2) continue;
      const side = this.#swapped ? 'left' : 'right';
      const [first, second] = present;
      throw execution(
        `found duplicate series for the match group ${formatLabels(group.matchLabels)} on the ${side} hand-side of the operation: [${formatLabels(second.labels)}, ${formatLabels(first.labels)}];many-to-many matching not allowed: matching labels must be unique on one side`,
      );
    }
  }

  #match(group: Group): void {
    const matched = new Uint8Array(this.#activeSteps.length);
    const seen = group.many.length > 1 ? new Map<string, Uint8Array>() : undefined;
    for (const many of group.many) {
      for (const one of group.one) this.#pair(many, one, { matched, seen });
    }
    // As in Prometheus the "one" side takes the right fill value even where it stands on the left.
    const { fillLeft, fillRight } = this.#matching;
    if (fillRight !== undefined) this.#fillOne(group, fillRight, { matched, seen });
    if (fillLeft !== undefined) this.#fillMany(group, fillLeft, { matched, seen: undefined });
  }

  /** Samples of the "many" side without a partner meet the fill value. */
  #fillOne(group: Group, fill: number, state: PairState): void {
    const present = presentSteps(group.one, this.#activeSteps.length);
    const partner = filled(present, fill, group.matchLabels);
    for (const many of group.many) this.#pair(many, partner, state);
  }

  /** Samples of the "one" side that came to nothing: without a partner, or with none that could be computed with. */
  #fillMany(group: Group, fill: number, state: PairState): void {
    const partner = filled(state.matched, fill, group.matchLabels);
    for (const one of group.one) this.#pair(partner, one, state);
  }

  #pair(many: Series, one: Series, state: PairState): void {
    const row = this.#rowFor(many, one);
    const key = state.seen === undefined ? '' : labelsKey(row.labels);
    this.#operation.evaluation.passTurns(10 + many.kinds.length);
    for (let step = 0; step < many.kinds.length; step++) {
      if (many.kinds[step] === ABSENT || one.kinds[step] === ABSENT) continue;
      const isKept = this.#apply(many, one, step);
      if (!this.#element.isDefined) continue;
      this.#checkUnique(state, key, step);
      if (!isKept) continue;
      if (row.kinds[step] !== ABSENT) throw execution(SAME_LABELSET);
      if (this.#element.histogram === undefined) row.setFloat(step, this.#element.value);
      else row.setHistogram(step, this.#element.histogram);
    }
  }

  #apply(many: Series, one: Series, step: number): boolean {
    const left = this.#swapped ? one : many;
    const right = this.#swapped ? many : one;
    return this.#element.apply(
      left.values[step],
      right.values[step],
      left.kinds[step] === FLOAT ? undefined : histogramAt(left, step),
      right.kinds[step] === FLOAT ? undefined : histogramAt(right, step),
    );
  }

  #checkUnique({ matched, seen }: PairState, key: string, step: number): void {
    if (this.#matching.card === 'one-to-one') {
      if (matched[step] === 1) {
        throw execution(
          'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
        );
      }
      matched[step] = 1;
      return;
    }
    matched[step] = 1;
    if (seen === undefined) return;
    let steps = seen.get(key);
    if (steps === undefined) {
      this.#operation.evaluation.memory.hold(entryBytes(key) + matched.length);
      steps = new Uint8Array(matched.length);
      seen.set(key, steps);
    }
    if (steps[step] === 1) {
      throw execution('multiple matches for labels: grouping labels must ensure unique matches');
    }
    steps[step] = 1;
  }

  #rowFor(many: Series, one: Series): SeriesBuilder {
    const { binary, evaluation, grid } = this.#operation;
    let labels = this.#resultLabels(many.labels, one.labels);
    if (binary.returnBool && !evaluation.settings.delayedNameRemoval) {
      labels = withoutMetadata(labels);
    }
    const key = labelsKey(labels);
    let row = this.#rows.get(key);
    if (row === undefined) {
      evaluation.memory.hold(entryBytes(key));
      row = evaluation.newRow(labels, binary.returnBool || many.dropName, grid.steps);
      this.#rows.set(key, row);
    }
    return row;
  }

  #resultLabels(many: Labels, one: Labels): Labels {
    const { card, on, labels: names, include } = this.#matching;
    const dropsName = changesMetric(this.#operation.binary.operator);
    const isKept = (name: string): boolean => {
      if (dropsName && isMetadataLabel(name)) return false;
      return card !== 'one-to-one' || names.includes(name) === on;
    };
    let labels = filterLabels(many, isKept);
    for (const name of include) labels = withLabel(labels, name, labelValue(one, name));
    return labels;
  }
}

interface PairState {
  /** Steps at which the group has had its match. */
  readonly matched: Uint8Array;
  /** The same for each result label set, where there are several. */
  readonly seen: Map<string, Uint8Array> | undefined;
}

function presentSteps(series: readonly Series[], steps: number): Uint8Array {
  const present = new Uint8Array(steps);
  for (const { kinds } of series) {
    for (let step = 0; step < steps; step++) {
      if (kinds[step] !== ABSENT) present[step] = 1;
    }
  }
  return present;
}

/** The fill value at each step at which nothing is taken. */
function filled(taken: Uint8Array, fill: number, labels: Labels): Series {
  const builder = new SeriesBuilder(labels, false, taken.length);
  for (let step = 0; step < taken.length; step++) {
    if (taken[step] === 0) builder.setFloat(step, fill);
  }
  return builder;
}
