// The words of random expressions: what the data have, and what the language has.
import { INSTANCES, JOBS } from './data.ts';

export interface Metric {
  readonly name: string;
  readonly labels: readonly string[];
}

export const FLOATS: readonly Metric[] = [
  { name: 'requests_total', labels: ['instance', 'job', 'code'] },
  { name: 'requests_total', labels: ['instance', 'job', 'code'] },
  { name: 'gauge', labels: ['instance', 'job', 'zone'] },
  { name: 'gauge', labels: ['instance', 'job', 'zone'] },
  { name: 'level', labels: ['instance', 'job'] },
  { name: 'odd', labels: ['instance', 'job'] },
  { name: 'odd', labels: ['instance', 'job'] },
  { name: 'typed', labels: ['instance', 'job'] },
  { name: 'one', labels: [] },
  { name: 'grüße.größe', labels: ['sehr.gut', 'instance'] },
  { name: 'latency_seconds_bucket', labels: ['instance', 'job', 'le'] },
  { name: 'latency_seconds_count', labels: ['instance', 'job'] },
  { name: 'latency_seconds_sum', labels: ['instance', 'job'] },
  { name: 'target_info', labels: ['instance', 'job', 'version'] },
];
/** The first of them. */
export const COUNTER: Metric = { name: 'requests_total', labels: ['instance', 'job', 'code'] };
export const HISTOGRAMS: readonly Metric[] = [
  { name: 'native', labels: ['instance', 'job'] },
  { name: 'native', labels: ['instance', 'job'] },
  { name: 'custom', labels: ['instance', 'job'] },
  { name: 'size', labels: ['instance', 'job'] },
  { name: 'mixed', labels: ['instance', 'job'] },
  { name: 'both', labels: ['le'] },
];
export const LABELS: readonly string[] = [
  'instance',
  'job',
  'code',
  'zone',
  'le',
  'version',
  'sehr.gut',
];
export const VALUES: Readonly<Record<string, readonly string[]>> = {
  instance: INSTANCES,
  job: JOBS,
  code: ['200', '500'],
  zone: ['eu', 'us', ''],
  le: ['0.5', '1', '+Inf'],
  version: ['1', '2', '10'],
  'sehr.gut': ['ja', 'nein'],
};
export const MATH =
  'abs ceil floor exp sqrt ln log2 log10 sgn sin cos tan asin acos atan sinh cosh tanh asinh acosh atanh deg rad'.split(
    ' ',
  );
/** What all programs compute to the same bit. */
export const EXACT_MATH = ['abs', 'ceil', 'floor', 'sqrt', 'sgn'];
export const EXACT_ARITHMETIC = ['+', '-', '*', '/', '%'];
export const DATES =
  'minute hour day_of_week day_of_month day_of_year days_in_month month year'.split(' ');
export const OVER_TIME =
  'avg_over_time min_over_time max_over_time sum_over_time count_over_time stddev_over_time stdvar_over_time last_over_time present_over_time'.split(
    ' ',
  );
export const OVER_TIME_NEW =
  'first_over_time mad_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time'.split(
    ' ',
  );
export const COUNTERS = 'rate increase irate delta idelta changes resets deriv'.split(' ');
export const EXTENDED = 'rate increase delta'.split(' ');
export const ARITHMETIC = ['+', '-', '*', '/', '%', '^', 'atan2'];
export const COMPARISONS = ['==', '!=', '<', '>', '<=', '>='];
export const AGGREGATIONS = 'sum avg count min max group stddev stdvar'.split(' ');
