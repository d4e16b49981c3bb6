import type { LabelObject, QueryData } from '#contract';

/** What is measured of one container at the moment; what is not known is left out. */
export interface ContainerValues {
  /** CPUs in use. */
  readonly cpu?: number;
  /** Working set. */
  readonly memoryBytes?: number;
  /** A second. */
  readonly receivedBytes?: number;
  readonly sentBytes?: number;
}

export interface HostValues {
  /** Share of all CPUs in use, 0 to 1. */
  readonly hostCpuShare?: number;
  readonly hostCpus?: number;
  readonly hostMemoryUsedBytes?: number;
  readonly hostMemoryBytes?: number;
}

export interface CurrentValues {
  /** By `name`. */
  readonly containers: ReadonlyMap<string, ContainerValues>;
  readonly host: HostValues;
}

export const NO_VALUES: CurrentValues = { containers: new Map(), host: {} };

/** Says which value a series of the one big answer is; no metric has it. */
const VALUE_LABEL = 'narthex_value';

/** Summed where one is measured in parts, but once only where two scrape the same (`job`, `instance`). */
function byName(expr: string): string {
  return `max by (name) (sum by (name, job, instance) (${expr}))`;
}

/** Series of everything that is measured of containers; whatever is scraped, is scraped with them. */
export const MEASURED_SERIES = 'container_cpu_usage_seconds_total{name!=""}';

function rateOf(metric: string, windowSeconds: number): string {
  return byName(`rate(${metric}{name!=""}[${windowSeconds}s])`);
}

export function cpuExpr(windowSeconds: number): string {
  return rateOf('container_cpu_usage_seconds_total', windowSeconds);
}

export const MEMORY_EXPR: string = byName('container_memory_working_set_bytes{name!=""}');

function containerExprs(windowSeconds: number): Readonly<Record<keyof ContainerValues, string>> {
  return {
    cpu: cpuExpr(windowSeconds),
    memoryBytes: MEMORY_EXPR,
    receivedBytes: rateOf('container_network_receive_bytes_total', windowSeconds),
    sentBytes: rateOf('container_network_transmit_bytes_total', windowSeconds),
  };
}

function hostExprs(windowSeconds: number): Readonly<Record<keyof HostValues, string>> {
  const idle = `rate(node_cpu_seconds_total{mode="idle"}[${windowSeconds}s])`;
  return {
    hostCpuShare: ofThisHost(`1 - avg by (job, instance) (${idle})`),
    hostCpus: ofThisHost('count by (job, instance) (node_cpu_seconds_total{mode="idle"})'),
    hostMemoryUsedBytes: ofThisHost('node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes'),
    hostMemoryBytes: ofThisHost('node_memory_MemTotal_bytes'),
  };
}

/** Of the machine that Narthex measures itself, where several are scraped. */
function ofThisHost(expr: string): string {
  return `(max((${expr}) and on (job, instance) up{job="host"}) or max(${expr}))`;
}

/** One query for everything that the list shows: one evaluation, one answer, one moment. */
export function currentValuesQuery(windowSeconds: number): string {
  const exprs = { ...containerExprs(windowSeconds), ...hostExprs(windowSeconds) };
  return Object.entries(exprs)
    .map(([value, expr]) => named(expr, VALUE_LABEL, value))
    .join(' or ');
}

/** The expression's series with one more label. */
export function named(expr: string, label: string, value: string): string {
  return `label_replace(${expr}, "${label}", "${value}", "", "")`;
}

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

export function readCurrentValues(data: QueryData): CurrentValues {
  const containers = new Map<string, Writable<ContainerValues>>();
  const host: Writable<HostValues> = {};
  for (const { metric, number } of samplesOf(data)) {
    const value = metric[VALUE_LABEL] ?? '';
    const name = metric['name'];
    if (name === undefined) {
      if (isHostValue(value)) host[value] = number;
    } else if (isContainerValue(value)) {
      const values = containers.get(name) ?? {};
      values[value] = number;
      containers.set(name, values);
    }
  }
  return { containers, host };
}

const CONTAINER_VALUES: ReadonlySet<string> = new Set(Object.keys(containerExprs(1)));
const HOST_VALUES: ReadonlySet<string> = new Set(Object.keys(hostExprs(1)));

function isContainerValue(value: string): value is keyof ContainerValues {
  return CONTAINER_VALUES.has(value);
}

function isHostValue(value: string): value is keyof HostValues {
  return HOST_VALUES.has(value);
}

interface Sample {
  readonly metric: LabelObject;
  readonly number: number;
}

function samplesOf(data: QueryData): Sample[] {
  if (data.resultType !== 'vector') return [];
  return data.result.flatMap(({ metric, value }) => {
    const number = value === undefined ? Number.NaN : Number(value[1]);
    return Number.isFinite(number) ? [{ metric, number }] : [];
  });
}
