import type { VariableKind, VariableQueryKind } from '#dashboards';

export const KIND_WORDS: Readonly<Record<VariableKind, string>> = {
  query: 'Query',
  custom: 'List of one’s own',
  textbox: 'Text',
  interval: 'Interval',
  constant: 'Constant',
  datasource: 'Data source',
  adhoc: 'Filters',
};

export const QUERY_WORDS: Readonly<Record<VariableQueryKind, string>> = {
  label_values: 'Values of a label',
  label_names: 'Names of labels',
  metrics: 'Names of metrics',
  query_result: 'Result of a query',
  series: 'Series of a selector',
};

/** By their numbers in the file. */
export const SORT_WORDS: readonly string[] = [
  'As they come',
  'A to Z',
  'Z to A',
  'Smallest number first',
  'Largest number first',
  'A to Z, capitals alike',
  'Z to A, capitals alike',
  'Natural, ascending',
  'Natural, descending',
];
