export interface MetricOptions {
  /** As the exposition shows it; counters end in `_total`. */
  readonly name: string;
  readonly help: string;
  /** Every recording then gives as many values, in this order. */
  readonly labelNames?: readonly string[];
}

const SEPARATOR = '\xff';

/** One `T` for each combination of label values. Without labels there is one from the start. */
export class SeriesByLabels<T> {
  readonly #names: readonly string[];
  readonly #make: () => T;
  readonly #byKey = new Map<string, { readonly values: readonly string[]; readonly state: T }>();
  readonly #metricName: string;

  constructor(options: MetricOptions, make: () => T) {
    this.#metricName = options.name;
    this.#names = options.labelNames ?? [];
    this.#make = make;
    if (this.#names.length === 0) this.at([]);
  }

  /** Throws where the number of values is not that of the names: a mistake of ours. */
  at(values: readonly string[]): T {
    const key = values.length === 1 ? (values[0] as string) : values.join(SEPARATOR);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known.state;
    if (values.length !== this.#names.length) {
      throw new Error(`BUG: ${this.#metricName} has ${this.#names.length} labels`);
    }
    const state = this.#make();
    this.#byKey.set(key, { values: [...values], state });
    return state;
  }

  remove(values: readonly string[]): void {
    this.#byKey.delete(values.join(SEPARATOR));
  }

  clear(): void {
    this.#byKey.clear();
  }

  map<R>(fn: (labels: (readonly [string, string])[], state: T) => R): R[] {
    return [...this.#byKey.values()].map(({ values, state }) =>
      fn(
        this.#names.map((name, i) => [name, values[i] ?? ''] as const),
        state,
      ),
    );
  }
}

export const NO_LABELS: readonly string[] = [];
