import { formatFloatCompact } from '#model';
import type { PositionRange } from '../parse/ast.ts';
import { positionOf } from '../parse/position.ts';

/** Different texts that are kept, of warnings and of infos; an answer shows ten. */
const TEXTS_MAX = 10_000;

/** What a query tells beside its result, in Prometheus' words (util/annotations), each text once. */
export class Annotations {
  readonly #warnings = new Map<string, PositionRange | undefined>();
  readonly #infos = new Map<string, PositionRange | undefined>();
  readonly #monotonicity = new Map<string, MonotonicityFix>();

  readonly #storage = new Set<{ readonly warnings: readonly string[] }>();

  /** From the storage: shown as they are, at the end, since a storage may warn while it is read. */
  addStorage(source: { readonly warnings: readonly string[] }): void {
    this.#storage.add(source);
  }

  warn(text: string, position: PositionRange): void {
    put(this.#warnings, `PromQL warning: ${text}`, position);
  }

  info(text: string, position: PositionRange): void {
    put(this.#infos, `PromQL info: ${text}`, position);
  }

  /** Buckets of a classic histogram that had to be made monotonic; many such are told in one text. */
  forcedMonotonicity(metricName: string, fix: MonotonicityFix): void {
    const known = this.#monotonicity.get(metricName);
    if (known === undefined && this.#monotonicity.size >= TEXTS_MAX) return;
    this.#monotonicity.set(metricName, known === undefined ? fix : mergeFixes(known, fix));
  }

  /** Adds what others have to tell, after what is known already. */
  absorb(others: Annotations): void {
    for (const source of others.#storage) this.#storage.add(source);
    for (const [text, position] of others.#warnings) {
      put(this.#warnings, text, position);
    }
    for (const [text, position] of others.#infos) {
      put(this.#infos, text, position);
    }
    for (const [metricName, fix] of others.#monotonicity) this.forcedMonotonicity(metricName, fix);
  }

  /** As it is now, to cross threads. */
  plain(): PlainAnnotations {
    return {
      storage: [...this.#storage].flatMap(({ warnings }) => warnings),
      warnings: [...this.#warnings],
      infos: [...this.#infos],
      monotonicity: [...this.#monotonicity],
    };
  }

  absorbPlain({ storage, warnings, infos, monotonicity }: PlainAnnotations): void {
    if (storage.length > 0) this.#storage.add({ warnings: storage });
    for (const [text, position] of warnings) {
      put(this.#warnings, text, position);
    }
    for (const [text, position] of infos) {
      put(this.#infos, text, position);
    }
    for (const [metricName, fix] of monotonicity) this.forcedMonotonicity(metricName, fix);
  }

  /** Those of storage, then in the order of the query, which does not depend on what ran when. */
  warnings(query: string): string[] {
    const texts = new Set([...this.#storage].flatMap(({ warnings }) => warnings));
    const place = placesIn(query);
    for (const [text, position] of inOrder(this.#warnings)) texts.add(`${text}${place(position)}`);
    return [...texts];
  }

  infos(query: string): string[] {
    const place = placesIn(query);
    const fixes = [...this.#monotonicity].map(([metricName, fix]): Annotation => [
      monotonicityText(metricName, fix),
      fix.position,
    ]);
    return inOrder([...this.#infos, ...fixes]).map(
      ([text, position]) => `${text}${place(position)}`,
    );
  }
}

/** Crosses threads. */
export interface PlainAnnotations {
  readonly storage: readonly string[];
  readonly warnings: readonly Annotation[];
  readonly infos: readonly Annotation[];
  readonly monotonicity: readonly (readonly [metricName: string, fix: MonotonicityFix])[];
}

type Annotation = readonly [text: string, position: PositionRange | undefined];

export interface MonotonicityFix {
  readonly position: PositionRange;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly lowestBucket: number;
  readonly highestBucket: number;
  readonly largestDifference: number;
  readonly samples: number;
}

function mergeFixes(a: MonotonicityFix, b: MonotonicityFix): MonotonicityFix {
  return {
    position: a.position,
    firstMs: Math.min(a.firstMs, b.firstMs),
    lastMs: Math.max(a.lastMs, b.lastMs),
    lowestBucket: Math.min(a.lowestBucket, b.lowestBucket),
    highestBucket: Math.max(a.highestBucket, b.highestBucket),
    largestDifference: Math.max(a.largestDifference, b.largestDifference),
    samples: a.samples + b.samples,
  };
}

const MONOTONICITY =
  'PromQL info: input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)';

function monotonicityText(metricName: string, fix: MonotonicityFix): string {
  const buckets = `from buckets ${formatFloatCompact(fix.lowestBucket)} to ${formatFloatCompact(fix.highestBucket)}`;
  const difference = formatFloatCompact(Number(fix.largestDifference.toPrecision(2)));
  const times = `${isoTime(fix.firstMs)} to ${isoTime(fix.lastMs)}`;
  return `${MONOTONICITY}${forMetric(metricName)}, ${buckets}, with a max diff of ${difference}, over ${fix.samples} samples from ${times}`;
}

function isoTime(timeMs: number): string {
  return new Date(timeMs).toISOString().replace(/\.?0*Z$/, 'Z');
}

/** The suffix of texts that name a metric only where there is one. */
export function forMetric(metricName: string): string {
  return metricName === '' ? '' : ` for metric name ${JSON.stringify(metricName)}`;
}

function inOrder(annotations: Iterable<Annotation>): Annotation[] {
  return [...annotations].toSorted(
    ([a, at], [b, bAt]) => (at?.start ?? 0) - (bAt?.start ?? 0) || (a < b ? -1 : 1),
  );
}

/** Shows where something stands. Finding it takes as long as the query is, so it is done once for each place. */
function placesIn(query: string): (position: PositionRange | undefined) => string {
  const known = new Map<number, string>();
  return (position) => {
    if (position === undefined) return '';
    let shown = known.get(position.start);
    if (shown === undefined) {
      const { line, column } = positionOf(query, position.start);
      shown = ` (${line}:${column})`;
      known.set(position.start, shown);
    }
    return shown;
  };
}

function put(
  texts: Map<string, PositionRange | undefined>,
  text: string,
  position: PositionRange | undefined,
): void {
  if (texts.size < TEXTS_MAX && !texts.has(text)) texts.set(text, position);
}
