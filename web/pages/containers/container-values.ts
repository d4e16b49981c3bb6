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

/** Window of the rates: six scrapes of the zero configuration. */
const WINDOW = '30s';

/** Summed where one is measured in parts, but once only where two scrape the same (`job`, `instance`). */
function byName(expr: string): string {
  return `max by (name) (sum by (name, job, instance) (${expr}))`;
}

function rateOf(metric: string): string {
  return `rate(${metric}{name!=""}[${WINDOW}])`;
}

export const CPU_EXPR: string = byName(rateOf('container_cpu_usage_seconds_total'));
export const MEMORY_EXPR: string = byName('container_memory_working_set_bytes{name!=""}');

const CONTAINER_EXPRS: Readonly<Record<keyof ContainerValues, string>> = {
  cpu: CPU_EXPR,
  memoryBytes: MEMORY_EXPR,
  receivedBytes: byName(rateOf('container_network_receive_bytes_total')),
  sentBytes: byName(rateOf('container_network_transmit_bytes_total')),
};

const HOST_EXPRS: Readonly<Record<keyof HostValues, string>> = {
  hostCpuShare: `max(1 - avg by (job, instance) (rate(node_cpu_seconds_total{mode="idle"}[${WINDOW}])))`,
  hostCpus: 'max(count by (job, instance) (node_cpu_seconds_total{mode="idle"}))',
  hostMemoryUsedBytes: 'max(node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes)',
  hostMemoryBytes: 'max(node_memory_MemTotal_bytes)',
};

/** One query for everything that the list shows: one evaluation, one answer, one moment. */
export const CURRENT_VALUES_QUERY: string = Object.entries({ ...CONTAINER_EXPRS, ...HOST_EXPRS })
  .map(([value, expr]) => named(expr, VALUE_LABEL, value))
  .join(' or ');

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

function isContainerValue(value: string): value is keyof ContainerValues {
  return Object.hasOwn(CONTAINER_EXPRS, value);
}

function isHostValue(value: string): value is keyof HostValues {
  return Object.hasOwn(HOST_EXPRS, value);
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
