import {
  createMatcher,
  formatLabels,
  hasLabel,
  type Labels,
  labelsFromPairs,
  labelsKey,
  labelValue,
  type Matcher,
  METRIC_NAME,
} from '#model';
import { type CallContext, vectorArgument } from '../evaluate/call-context.ts';
import { type Evaluation, execution } from '../evaluate/evaluation.ts';
import {
  ABSENT,
  mergeSameLabels,
  type Series,
  SeriesBuilder,
  type Value,
} from '../evaluate/matrix.ts';
import { selectInfo } from '../evaluate/selectors.ts';
import type { AtModifier, Call, Expr, VectorSelector } from '../parse/ast.ts';
import { walkExpr } from '../parse/walk.ts';
import { entryBytes } from '../evaluate/memory-account.ts';

/** The labels by which info series and others belong together. */
const IDENTIFYING = ['instance', 'job'];
const TARGET_INFO = 'target_info';

/**
 * `info(v, {...})`: adds labels of info series (`target_info` unless told otherwise) with the same
 * `instance` and `job` to the series of a vector (Prometheus: promql/info.go).
 */
export function info(context: CallContext): Value {
  const series = vectorArgument(context, 0);
  const selection = new Selection(context.call.args[1]);
  const enriched = series.filter((one) => !selection.isInfo(one.labels));
  const infoSeries = fetchInfo(context, selection, enriched);
  const joining = new Joining(context.evaluation, selection, infoSeries);
  const result = series.flatMap((one) =>
    selection.isInfo(one.labels) ? [one] : joining.enrich(one),
  );
  return { kind: 'vector', series: mergeSameLabels(result, context.evaluation) };
}

/** What the second argument says: which metrics, which of their labels. */
class Selection {
  readonly matchers: readonly Matcher[];
  readonly #nameMatchers: readonly Matcher[];
  readonly #dataMatchers: readonly Matcher[];
  readonly #hasPositiveName: boolean;

  constructor(arg: Expr | undefined) {
    const given = arg?.kind === 'vectorSelector' ? arg.matchers : [];
    this.#dataMatchers = given.filter(({ name }) => name !== METRIC_NAME);
    const names = given.filter(({ name }) => name === METRIC_NAME);
    this.#hasPositiveName = names.some(({ type }) => type === '=' || type === '=~');
    this.#nameMatchers = arg === undefined ? [createMatcher('=', METRIC_NAME, TARGET_INFO)] : names;
    this.matchers = [...this.#defaultNames(names), ...names, ...this.#dataMatchers];
  }

  #defaultNames(names: readonly Matcher[]): Matcher[] {
    if (names.length === 0) return [createMatcher('=', METRIC_NAME, TARGET_INFO)];
    return this.#hasPositiveName ? [] : [createMatcher('=~', METRIC_NAME, '.+_info')];
  }

  /** Info series themselves are not enriched. */
  isInfo(labels: Labels): boolean {
    const hasPositive = this.#nameMatchers.some(({ type }) => type === '=' || type === '=~');
    const name = labelValue(labels, METRIC_NAME);
    return hasPositive && this.#nameMatchers.every((matcher) => matcher.matches(name));
  }

  wants(label: string): boolean {
    if (label === METRIC_NAME) return false;
    return this.#dataMatchers.length === 0 || this.#dataMatchers.some(({ name }) => name === label);
  }

  /** True if a series without any info series satisfies the selector. */
  get matchesNothing(): boolean {
    return this.#dataMatchers.every((matcher) => matcher.matches(''));
  }
}

function fetchInfo(
  context: CallContext,
  selection: Selection,
  enriched: readonly Series[],
): readonly Series[] {
  const identifying: Matcher[] = [];
  for (const name of IDENTIFYING) {
    const values = new Set(enriched.map(({ labels }) => labelValue(labels, name)));
    if ([...values].some((value) => value !== '')) identifying.push(oneOf(name, values));
  }
  if (identifying.length === 0) return [];
  const [arg] = context.call.args;
  const matchers = [...selection.matchers, ...identifying];
  return selectInfo(context.evaluation, context.grid, selectorOf(arg, matchers));
}

/** The info series that a call looks up, as far as its text tells. */
export function infoSelector({ args }: Call): VectorSelector {
  return selectorOf(args[0], new Selection(args[1]).matchers);
}

function selectorOf(arg: Expr, matchers: readonly Matcher[]): VectorSelector {
  return {
    kind: 'vectorSelector',
    name: '',
    matchers,
    ...referenceOf(arg),
    anchored: false,
    smoothed: false,
    position: arg.position,
  };
}

function oneOf(name: string, values: ReadonlySet<string>): Matcher {
  const quoted = [...values].map((value) => value.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&'));
  return createMatcher('=~', name, quoted.join('|'));
}

interface Reference {
  readonly offsetMs: number;
  readonly at?: AtModifier;
}

/** Info series are looked at as of the instant that the first selector looks at. */
function referenceOf(expr: Expr): Reference {
  let found: Reference | undefined = undefined;
  walkExpr(expr, (node, path) => {
    if (found !== undefined || node.kind !== 'vectorSelector') return;
    let offsetMs = node.offsetMs;
    let { at } = node;
    for (const parent of path.toReversed()) {
      if (at !== undefined || parent.kind !== 'subquery') continue;
      offsetMs += parent.offsetMs;
      at = parent.at;
    }
    found = at === undefined ? { offsetMs } : { offsetMs, at };
  });
  return found ?? { offsetMs: 0 };
}

/** Info series by metric name and identifying labels. */
class Joining {
  readonly #evaluation: Evaluation;
  readonly #selection: Selection;
  readonly #byName = new Map<string, Map<string, Series[]>>();

  constructor(evaluation: Evaluation, selection: Selection, infoSeries: readonly Series[]) {
    this.#evaluation = evaluation;
    this.#selection = selection;
    for (const series of infoSeries) {
      const name = labelValue(series.labels, METRIC_NAME);
      const bySignature = this.#byName.get(name) ?? new Map<string, Series[]>();
      this.#byName.set(name, bySignature);
      const signature = signatureOf(series.labels);
      const same = bySignature.get(signature);
      if (same === undefined) bySignature.set(signature, [series]);
      else same.push(series);
    }
  }

  enrich(series: Series): Series[] {
    const candidates = this.#candidates(series.labels);
    const rows = new Map<string, SeriesBuilder>();
    const steps = series.kinds.length;
    for (let step = 0; step < steps; step++) {
      this.#evaluation.passTurns(candidates.length);
      if (series.kinds[step] === ABSENT) continue;
      const chosen = candidates.flatMap((group) => newestAt(group, step));
      if (chosen.length === 0 && !this.#selection.matchesNothing) continue;
      const labels = this.#enrichedLabels(series.labels, chosen);
      const key = labelsKey(labels);
      let row = rows.get(key);
      if (row === undefined) {
        this.#evaluation.memory.keep(entryBytes(key));
        row = this.#evaluation.newRow(labels, series.dropName, steps);
        rows.set(key, row);
      }
      row.copy(step, series);
    }
    return [...rows.values()];
  }

  #candidates(labels: Labels): Series[][] {
    const signature = signatureOf(labels);
    return [...this.#byName.values()].flatMap((bySignature) => {
      const group = bySignature.get(signature);
      return group === undefined ? [] : [group];
    });
  }

  #enrichedLabels(base: Labels, chosen: readonly Series[]): Labels {
    if (chosen.length === 0) return base;
    const added = new Map<string, string>();
    for (const { labels } of chosen) {
      for (let i = 0; i < labels.length; i += 2) {
        const name = labels[i];
        const value = labels[i + 1];
        if (!this.#selection.wants(name)) continue;
        if (added.has(name) && added.get(name) !== value) {
          throw execution(`conflicting label: ${name}`);
        }
        if (!hasLabel(base, name)) added.set(name, value);
      }
    }
    for (let i = 0; i < base.length; i += 2) added.set(base[i], base[i + 1]);
    return labelsFromPairs(added);
  }
}

function signatureOf(labels: Labels): string {
  return labelsKey(IDENTIFYING.map((name) => labelValue(labels, name)));
}

/** The info series with the newest sample at a step; two of the same time are an error. */
function newestAt(group: readonly Series[], step: number): Series[] {
  let newest: Series | undefined = undefined;
  for (const series of group) {
    if (series.kinds[step] === ABSENT) continue;
    if (newest === undefined || series.values[step] > newest.values[step]) newest = series;
    else if (series.values[step] === newest.values[step]) {
      const shown = [newest, series].map(
        (one) => `${formatLabels(one.labels)} @ ${one.values[step]}`,
      );
      throw execution(
        `found duplicate series for info metric: existing ${shown[0]}, new ${shown[1]}`,
      );
    }
  }
  return newest === undefined ? [] : [newest];
}
