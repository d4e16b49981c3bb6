import type { DatasourceRef } from './dashboard.ts';

/** A variable of a dashboard; what of it is chosen stands in the URL (`var-name=value`). */
export interface Variable {
  readonly name: string;
  readonly kind: 'query' | 'custom' | 'textbox' | 'interval' | 'constant' | 'datasource' | 'adhoc';
  /** '' for the name. */
  readonly label: string;
  readonly hide: 'none' | 'label' | 'all';
  /** `label_values(up, job)`, `a,b : c`, `1m,5m,auto`, what a textbox begins with. */
  readonly query: string;
  readonly datasource: DatasourceRef;
  /** Between slashes or plain; what it captures is the option. Empty for none. */
  readonly regex: string;
  /** 0 none, 1/2 alphabetical, 3/4 numerical, 5/6 without case, 7/8 natural; odd ascending. */
  readonly sort: number;
  readonly refresh: 'never' | 'load' | 'time';
  readonly isMulti: boolean;
  readonly includesAll: boolean;
  /** What `All` stands for; '' for all options. */
  readonly allValue: string;
  /** As saved in the file; `$__all` for all. */
  readonly current: readonly string[];
  /** As saved; of custom and interval variables these count. */
  readonly options: readonly VariableOption[];
  readonly auto: { readonly count: number; readonly min: string } | undefined;
  /** Of ad hoc filters that the file brings. */
  readonly filters: readonly AdHocFilter[];
}

export interface VariableOption {
  readonly text: string;
  readonly value: string;
}

export interface AdHocFilter {
  readonly key: string;
  /** `=`, `!=`, `=~`, `!~`; `=|` and `!=|`: one, none of `values`. */
  readonly operator: string;
  readonly value: string;
  readonly values?: readonly string[];
}

/** What is chosen of each variable now, by name. */
export type VariableValues = Readonly<Record<string, VariableValue>>;

export interface VariableValue {
  readonly isMulti: boolean;
  /** `All` is chosen; then `values` are all options, or the one `allValue`. */
  readonly isAll: boolean;
  /** The value of `All` is a pattern of the file's own and is not escaped. */
  readonly isPattern: boolean;
  /** In a pattern of PromQL the values stand for themselves: the variable is multi or has `All`. */
  readonly isLiteral?: boolean;
  readonly values: readonly string[];
  readonly texts: readonly string[];
}
