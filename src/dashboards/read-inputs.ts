import type { AnnotationQuery, DatasourceRef, Row } from './dashboard.ts';
import type { Cursor } from './read-cursor.ts';
import type { Variable } from './variable.ts';

const inputsMax = 200;

/** What a file that was exported to be shared leaves open, under names such as `DS_PROMETHEUS` and `VAR_PREFIX`. */
export interface FileInputs {
  /** Kind of the data source: `prometheus`, `loki`. */
  readonly datasourceTypes: ReadonlyMap<string, string>;
  readonly constants: ReadonlyMap<string, string>;
}

export function readInputs(file: Cursor): FileInputs {
  const datasourceTypes = new Map<string, string>();
  const constants = new Map<string, string>();
  for (const input of file.items('__inputs', inputsMax)) {
    const name = input.text('name');
    const type = input.text('type');
    if (type === 'datasource') datasourceTypes.set(name, input.text('pluginId'));
    if (type === 'constant') constants.set(name, input.text('value'));
  }
  return { datasourceTypes, constants };
}

interface WithInputs {
  readonly variables: readonly Variable[];
  readonly annotations: readonly AnnotationQuery[];
  readonly rows: readonly Row[];
}

/** Kinds of data sources become known, and constants of variables have their values. */
export function applyInputs<T extends WithInputs>(parts: T, inputs: FileInputs): T {
  const { datasourceTypes, constants } = inputs;
  if (datasourceTypes.size === 0 && constants.size === 0) return parts;
  const typed = <Part extends { readonly datasource: DatasourceRef }>(part: Part): Part => {
    return Object.assign({}, part, { datasource: typedRef(part.datasource, datasourceTypes) });
  };
  return {
    ...parts,
    variables: parts.variables.map((variable) => typed(withConstants(variable, constants))),
    annotations: parts.annotations.map((annotation) => typed(annotation)),
    rows: parts.rows.map((row) => {
      const panels = row.panels.map((panel) => {
        return Object.assign({}, panel, { queries: panel.queries.map((query) => typed(query)) });
      });
      return Object.assign({}, row, { panels });
    }),
  };
}

/** The reference stays as it is, so that who picks a data source for it finds all of its kind. */
function typedRef(datasource: DatasourceRef, types: ReadonlyMap<string, string>): DatasourceRef {
  if (datasource.type !== '') return datasource;
  const name = /^\$\{?(\w{1,200})\}?$/.exec(datasource.uid)?.[1];
  const type = name === undefined ? undefined : types.get(name);
  return type === undefined ? datasource : { uid: datasource.uid, type };
}

function withConstants(variable: Variable, constants: ReadonlyMap<string, string>): Variable {
  const filled = (text: string): string => {
    const name = /^\$\{(\w{1,200})\}$/.exec(text)?.[1];
    return name === undefined ? text : (constants.get(name) ?? text);
  };
  return {
    ...variable,
    query: filled(variable.query),
    current: variable.current.map((value) => filled(value)),
    options: variable.options.map(({ text, value }) => ({
      text: filled(text),
      value: filled(value),
    })),
  };
}
