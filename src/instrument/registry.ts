import type { FamilyMetric, MetricFamily } from '#model';
import { Counter, Gauge } from './scalar.ts';
import { Histogram } from './histogram.ts';
import { Summary } from './summary.ts';
import type { MetricOptions } from './series.ts';

interface Instrument {
  readonly options: MetricOptions;
  readonly type: MetricFamily['type'];
  gather(): FamilyMetric[];
}

export type HistogramOptions = MetricOptions & {
  /** Ascending upper bounds without +Inf. */
  readonly buckets: readonly number[];
};

/** The metrics that this process keeps of itself. One per process; parts receive it. */
export class Registry {
  readonly #instruments = new Map<string, Instrument>();
  readonly #collectors = new Set<() => readonly MetricFamily[]>();

  /** Asking again for a name gives the same instrument. Throws where its kind or labels differ. */
  counter(options: MetricOptions): Counter {
    return this.#find(options, 'counter', Counter, () => new Counter(options));
  }

  gauge(options: MetricOptions): Gauge {
    return this.#find(options, 'gauge', Gauge, () => new Gauge(options));
  }

  histogram(options: HistogramOptions): Histogram {
    return this.#find(options, 'histogram', Histogram, () => new Histogram(options));
  }

  summary(options: MetricOptions): Summary {
    return this.#find(options, 'summary', Summary, () => new Summary(options));
  }

  /** Adds families computed when asked for, e.g. of a storage. The answer removes them again. */
  collect(fn: () => readonly MetricFamily[]): () => void {
    this.#collectors.add(fn);
    return () => this.#collectors.delete(fn);
  }

  /** Everything as it stands, sorted by name. Families of one name from several collectors are joined. */
  gather(): MetricFamily[] {
    const families = new Map<string, MetricFamily>();
    for (const { options, type, ...rest } of this.#gathered()) {
      const before = families.get(options.name);
      const metrics = before === undefined ? rest.metrics : [...before.metrics, ...rest.metrics];
      families.set(options.name, { name: options.name, help: options.help, type, metrics });
    }
    return [...families.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  }

  *#gathered(): Iterable<{
    options: { name: string; help: string };
    type: MetricFamily['type'];
    metrics: readonly FamilyMetric[];
  }> {
    for (const instrument of this.#instruments.values()) {
      yield { options: instrument.options, type: instrument.type, metrics: instrument.gather() };
    }
    for (const collector of this.#collectors) {
      for (const family of collector()) {
        yield { options: family, type: family.type, metrics: family.metrics };
      }
    }
  }

  #find<T extends Instrument>(
    options: MetricOptions,
    type: MetricFamily['type'],
    kind: new (...args: never[]) => T,
    make: () => T,
  ): T {
    const known = this.#instruments.get(options.name);
    if (known === undefined) {
      const made = make();
      this.#instruments.set(options.name, made);
      return made;
    }
    const sameLabels = String(known.options.labelNames ?? []) === String(options.labelNames ?? []);
    if (known instanceof kind && sameLabels) return known;
    throw new Error(`cannot register ${type} ${options.name} twice with another shape`);
  }
}
