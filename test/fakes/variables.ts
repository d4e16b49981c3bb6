import type { Variable } from '../../src/dashboards/variable.ts';

/** A variable that is asked for when the dashboard is opened, as an empty file has it. */
export function variableOf(settings: Partial<Variable> = {}): Variable {
  return {
    name: 'v',
    kind: 'query',
    label: '',
    hide: 'none',
    query: 'label_values(v)',
    datasource: { uid: '', type: 'prometheus' },
    regex: '',
    sort: 0,
    refresh: 'load',
    isMulti: false,
    includesAll: false,
    allValue: '',
    current: [],
    options: [],
    auto: undefined,
    filters: [],
    ...settings,
  };
}
