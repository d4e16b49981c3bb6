import { filterLabels, type Labels, labelsKey, labelValue, METRIC_NAME } from '#model';
import type { Aggregate } from '../parse/ast.ts';
import type { Series, Watch } from './matrix.ts';

/** Series of one group of an aggregation, in the order in which they came. */
export interface Group {
  readonly labels: Labels;
  readonly series: Series[];
}

/** The labels that a group has, from those of any of its series. */
export function groupLabels(
  aggregate: Pick<Aggregate, 'grouping' | 'without'>,
): (labels: Labels) => Labels {
  const names = new Set(aggregate.grouping);
  if (aggregate.without) {
    return (labels) => filterLabels(labels, (name) => name !== METRIC_NAME && !names.has(name));
  }
  if (names.size === 0) return () => [];
  return (labels) => filterLabels(labels, (name) => names.has(name));
}

export function groupSeries(
  aggregate: Pick<Aggregate, 'grouping' | 'without'>,
  series: readonly Series[],
  watch: Pick<Watch, 'passTurns'>,
): Group[] {
  const groups = new GroupTable<Group>(aggregate, (labels) => ({ labels, series: [] }));
  for (const one of series) {
    watch.passTurns(5);
    groups.of(one.labels).series.push(one);
  }
  return groups.all;
}

/** The groups of an aggregation, made as series come. */
export class GroupTable<T> {
  /** In the order in which they were made. */
  readonly all: T[] = [];
  readonly #names: readonly string[] | undefined;
  readonly #labelsOf: (labels: Labels) => Labels;
  readonly #make: (labels: Labels) => T;
  readonly #byKey = new Map<string, T>();
  readonly #byId: (T | undefined)[] = [];

  constructor(aggregate: Pick<Aggregate, 'grouping' | 'without'>, make: (labels: Labels) => T) {
    this.#names = aggregate.without ? undefined : aggregate.grouping;
    this.#labelsOf = groupLabels(aggregate);
    this.#make = make;
  }

  /** The group of a series whose group has a number. */
  numbered(id: number, series: Series): T {
    let group = this.#byId[id];
    if (group === undefined) {
      group = this.#make(this.#labelsOf(series.labels));
      this.#byId[id] = group;
      this.all.push(group);
    }
    return group;
  }

  /** The group of a series with these labels. */
  of(labels: Labels): T {
    const key = this.#keyOf(labels);
    let group = this.#byKey.get(key);
    if (group === undefined) {
      group = this.#make(this.#labelsOf(labels));
      this.#byKey.set(key, group);
      this.all.push(group);
    }
    return group;
  }

  /** The values alone, where names are known: for one name, the very string that the series has. */
  #keyOf(labels: Labels): string {
    const names = this.#names;
    if (names === undefined) return labelsKey(this.#labelsOf(labels));
    if (names.length === 0) return '';
    let key = labelValue(labels, names[0]);
    for (let i = 1; i < names.length; i++) key += `\u00ff\u0000${labelValue(labels, names[i])}`;
    return key;
  }
}
