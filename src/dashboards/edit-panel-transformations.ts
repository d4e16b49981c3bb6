import type { JsonObject } from './dashboard.ts';
import type { JsonPath } from './edit-json.ts';
import { withJsonAt } from './edit-json.ts';
import { choice, choices, count, flag, text } from './edit-panel-field-options.ts';
import { addItem, listAt } from './edit-panel-lists.ts';
import type { OptionControl } from './edit-panel-option.ts';
import { textOf } from './field-matchers.ts';
import { isObject } from './read-cursor.ts';

export const transformationsPath: JsonPath = ['transformations'];

/** An option of a transformation, by its place in its `options`. */
export interface TransformationOption {
  readonly path: JsonPath;
  readonly name: string;
  readonly control: OptionControl | { readonly kind: 'names' };
  readonly usual: string | number | boolean | null;
}

/** A transformation that is offered. */
export interface TransformationKind {
  readonly id: string;
  readonly name: string;
  readonly help: string;
  /** What a new one says. */
  readonly start: JsonObject;
  /** Empty: it has none, or a form of its own, or its JSON is edited. */
  readonly options: readonly TransformationOption[];
  /** `columns`: names, order and hiding of each column; `json`: what a form could not say. */
  readonly form: 'options' | 'columns' | 'groups' | 'conditions' | 'sort' | 'json';
}

function option(
  path: string,
  name: string,
  control: TransformationOption['control'],
  usual: TransformationOption['usual'] = null,
): TransformationOption {
  return { path: path.split('.'), name, control, usual };
}

function kindOf(
  about: string,
  start: JsonObject,
  options: readonly TransformationOption[] | TransformationKind['form'] = [],
): TransformationKind {
  const [id = '', name = '', help = ''] = about.split(' | ');
  const isForm = typeof options === 'string';
  return {
    id,
    name,
    help,
    start,
    options: isForm ? [] : options,
    form: isForm ? options : 'options',
  };
}

const names = { kind: 'names' } as const;
const reducers = { kind: 'reducers' } as const;
const field = { kind: 'field' } as const;

/** In the order in which they are offered. */
export const transformationKinds: readonly TransformationKind[] = [
  kindOf('organize | Organize columns | Rename, order and hide columns.', {}, 'columns'),
  kindOf('merge | Merge | All tables in one, rows of the same series together.', {}),
  kindOf('joinByField | Join by a column | Tables side by side, by a column that all have.', {}, [
    option('byField', 'Column', field, ''),
    option(
      'mode',
      'Rows',
      choice('outer Of all tables, inner Of every table, outerTabular Each with each'),
      'outer',
    ),
  ]),
  kindOf(
    'reduce | Reduce | Each series to one row with a value for each calculation.',
    { reducers: ['lastNotNull'] },
    [
      option(
        'mode',
        'To',
        choice('seriesToRows One row each, reduceFields One value each'),
        'seriesToRows',
      ),
      option('reducers', 'Calculations', reducers),
      option('labelsToFields', 'Labels as columns', flag, false),
    ],
  ),
  kindOf(
    'groupBy | Group by | Rows with the same values as one, the others calculated.',
    {},
    'groups',
  ),
  kindOf(
    'filterFieldsByName | Filter columns by name | Only columns of these names, or of a pattern.',
    {},
    [
      option('include.names', 'Names', names),
      option('include.pattern', 'Pattern', text, ''),
      option('exclude.pattern', 'Not those of the pattern', text, ''),
    ],
  ),
  kindOf(
    'filterByValue | Filter rows | Only rows for which conditions hold.',
    { type: 'include', match: 'all', filters: [] },
    'conditions',
  ),
  kindOf('filterByRefId | Filter queries | Only what these queries answered.', {}, [
    option('include', 'Query or /pattern/', text, ''),
  ]),
  kindOf(
    'renameByRegex | Rename by pattern | Names in which a pattern is found, changed.',
    { regex: '', renamePattern: '' },
    [
      option('regex', 'Pattern', text, ''),
      option('renamePattern', 'Becomes', { kind: 'text', placeholder: '$1' }, ''),
    ],
  ),
  kindOf('sortBy | Sort | Rows by the values of a column.', {}, 'sort'),
  kindOf('limit | Limit | Only the first rows.', { limitField: 10 }, [
    option('limitField', 'Rows', count(1, 100_000), 10),
  ]),
  kindOf(
    'calculateField | Calculate a column | A new column made of others.',
    { mode: 'binary', binary: { operator: '/' } },
    [
      option(
        'mode',
        'How',
        choice(
          'binary Two columns, reduceRow All columns of a row, unary One column, index Number of the row',
        ),
        'reduceRow',
      ),
      option('binary.left', 'Left', field, ''),
      option(
        'binary.operator',
        'Operation',
        { kind: 'choice', choices: choices('+ +, - −, * ×, / ÷, % %, ** **, > >, < <, == =') },
        '+',
      ),
      option('binary.right', 'Right', field, ''),
      option(
        'reduce.reducer',
        'Calculation',
        choice('sum Total, mean Mean, min Min, max Max, count Count'),
        'sum',
      ),
      option('reduce.include', 'Of the columns', names),
      option(
        'unary.operator',
        'Function',
        choice(
          'abs Absolute, exp Exponential, ln Logarithm, floor Floor, ceil Ceiling, round Round',
        ),
        'abs',
      ),
      option('unary.fieldName', 'Column', field, ''),
      option('alias', 'Name', text, ''),
      option('replaceFields', 'Instead of the others', flag, false),
    ],
  ),
  kindOf('labelsToFields | Labels to columns | A column for each label of the series.', {}, [
    option('mode', 'As', choice('columns Columns, rows Rows'), 'columns'),
    option('keepLabels', 'Only the labels', { kind: 'texts' }),
    option('valueLabel', 'Name the value by the label', text, ''),
  ]),
  kindOf(
    'timeSeriesTable | Series to a table | A row for each series, with a small graph.',
    {},
    'json',
  ),
  kindOf(
    'prepareTimeSeries | Prepare time series | Wide or long, for panels that need it.',
    { format: 'multi' },
    [
      option(
        'format',
        'As',
        choice(
          'multi One table each, wide One wide table, many One table each (old), long One long table',
        ),
        'wide',
      ),
    ],
  ),
  kindOf('extractFields | Take apart | Columns out of JSON or of pairs in a column.', {}, [
    option('source', 'Column', field, ''),
    option(
      'format',
      'Written as',
      choice('auto Automatic, json JSON, kvp Pairs, regexp Pattern, delimiter Parts'),
      'auto',
    ),
    option('regExp', 'Pattern', text, ''),
    option('delimiter', 'Between parts', text, ','),
    option('replace', 'Instead of the others', flag, false),
    option('keepTime', 'Keep the time', flag, false),
  ]),
  kindOf('concatenate | Side by side | All columns in one table, without joining rows.', {}),
  kindOf('seriesToRows | Series to rows | All points in one long table.', {}),
  kindOf('convertFieldType | Change types | Texts to numbers, numbers to times.', {}, 'json'),
];

/** What is shown of an option of `calculateField` and `extractFields` depends on the choice before it. */
export function transformationOptions(
  kind: TransformationKind,
  options: JsonObject,
): readonly TransformationOption[] {
  const chosen = textOf(options['mode']) || 'reduceRow';
  const format = textOf(options['format']) || 'auto';
  const parts: Readonly<Record<string, string>> = {
    binary: 'binary',
    reduce: 'reduceRow',
    unary: 'unary',
  };
  return kind.options.filter(({ path }) => {
    const [first = ''] = path;
    if (kind.id === 'calculateField') {
      const mode = parts[String(first)];
      return mode === undefined || mode === chosen;
    }
    if (kind.id !== 'extractFields') return true;
    if (first === 'regExp') return format === 'regexp';
    return first === 'delimiter' ? format === 'delimiter' : true;
  });
}

export function addTransformation(panel: JsonObject, kind: TransformationKind): JsonObject {
  return addItem(panel, transformationsPath, { id: kind.id, options: kind.start });
}

export function isTransformationOff(panel: JsonObject, index: number): boolean {
  const item = listAt(panel, transformationsPath)[index];
  return isObject(item) && item['disabled'] === true;
}

/** On is what a file says nothing about. */
export function switchTransformation(panel: JsonObject, index: number): JsonObject {
  const path = [...transformationsPath, index, 'disabled'];
  return withJsonAt(panel, path, isTransformationOff(panel, index) ? undefined : true);
}

/** A column as `organize` has it. */
export interface OrganizedColumn {
  readonly name: string;
  readonly isHidden: boolean;
  /** '' where it keeps its name. */
  readonly shownAs: string;
}

/** Columns in the order of the options: those with a place, then the others as they come. */
export function organizedColumns(options: JsonObject, names: readonly string[]): OrganizedColumn[] {
  const hidden = objectIn(options, 'excludeByName');
  const shown = objectIn(options, 'renameByName');
  const order = objectIn(options, 'indexByName');
  const placeOf = (name: string): number => Number(own(order, name) ?? Number.POSITIVE_INFINITY);
  const all = [...new Set([...names, ...Object.keys(shown), ...Object.keys(hidden)])];
  const sorted = all.toSorted((a, b) => (placeOf(a) === placeOf(b) ? 0 : placeOf(a) - placeOf(b)));
  return sorted.map((name) => ({
    name,
    isHidden: own(hidden, name) === true,
    shownAs: textOf(own(shown, name)),
  }));
}

function own(object: JsonObject, key: string): JsonObject[string] {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function objectIn(options: JsonObject, key: string): JsonObject {
  const value = options[key];
  return isObject(value) ? value : {};
}

/** The options with a column one place up or down, which gives each a place. */
export function moveColumn(
  options: JsonObject,
  columns: readonly OrganizedColumn[],
  { name, by }: { readonly name: string; readonly by: -1 | 1 },
): JsonObject {
  const ordered = columns.map((column) => column.name);
  const at = ordered.indexOf(name);
  const other = ordered[at + by];
  if (at < 0 || other === undefined) return options;
  ordered[at] = other;
  ordered[at + by] = name;
  const order = Object.fromEntries(ordered.map((one, index) => [one, index]));
  return withJsonAt(options, ['indexByName'], order);
}
