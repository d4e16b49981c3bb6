import type { Json, JsonObject, PanelQuery } from './dashboard.ts';
import { jsonAt, type JsonPath, withJsonAt } from './edit-json.ts';
import { addItem, listAt } from './edit-panel-lists.ts';
import { freeRefId } from './read-queries.ts';

export const queriesPath: JsonPath = ['targets'];

/** A query as the file has it, of whatever language. */
export interface QueryInFile {
  /** Its place in the file's list. */
  readonly index: number;
  readonly refId: string;
  readonly expr: string;
  /** False: it has words of another language, which stay. */
  readonly isPromql: boolean;
  readonly isHidden: boolean;
  readonly legend: string;
  readonly minInterval: string;
  readonly type: QueryType;
  readonly format: PanelQuery['format'];
}

export type QueryType = 'range' | 'instant' | 'both';

const foreignFields = ['rawSql', 'target', 'query', 'metrics', 'expression', 'rawQuery'];

/** All of a panel, in order, with the names by which frames know them. */
export function queriesOf(panel: JsonObject): QueryInFile[] {
  const used = new Set<string>();
  return listAt(panel, queriesPath).map((query, index) => {
    const refId = freeRefId(textAt(query, 'refId'), used);
    used.add(refId);
    return {
      index,
      refId,
      expr: textAt(query, 'expr'),
      isPromql: isPromql(query),
      isHidden: jsonAt(query, ['hide']) === true,
      legend: textAt(query, 'legendFormat'),
      minInterval: textAt(query, 'interval'),
      type: typeOf(query),
      format: formatOf(textAt(query, 'format')),
    };
  });
}

function isPromql(query: Json): boolean {
  if (typeof jsonAt(query, ['expr']) === 'string') return true;
  return foreignFields.every((field) => textAt(query, field) === '');
}

function textAt(query: Json, key: string): string {
  const value = jsonAt(query, [key]);
  return typeof value === 'string' ? value : '';
}

function typeOf(query: Json): QueryType {
  if (jsonAt(query, ['instant']) !== true) return 'range';
  return jsonAt(query, ['range']) === true ? 'both' : 'instant';
}

function formatOf(format: string): PanelQuery['format'] {
  return format === 'table' || format === 'heatmap' ? format : 'time_series';
}

/** The panel with something else at a query's key; undefined takes it out. */
export function withQueryKey(
  panel: JsonObject,
  index: number,
  { key, value }: { readonly key: string; readonly value: Json | undefined },
): JsonObject {
  return withJsonAt(panel, [...queriesPath, index, key], value);
}

/** Over the time that is shown, at its end, or both, in the two words that a file has for it. */
export function withQueryType(panel: JsonObject, index: number, type: QueryType): JsonObject {
  const isInstant = type !== 'range';
  const instant = withQueryKey(panel, index, { key: 'instant', value: isInstant });
  return withQueryKey(instant, index, { key: 'range', value: type !== 'instant' });
}

/** An empty one at the end, of the source of data that the panel has. */
export function addQuery(panel: JsonObject): JsonObject {
  const refId = nextRefId(panel);
  return addItem(panel, queriesPath, { refId, expr: '', legendFormat: '__auto', range: true });
}

/** A copy behind it, under a name of its own. */
export function duplicateQuery(panel: JsonObject, index: number): JsonObject {
  const list = listAt(panel, queriesPath);
  const query = list[index];
  if (query === undefined || query === null || typeof query !== 'object') return panel;
  const copy = { ...(query as JsonObject), refId: nextRefId(panel) };
  return withJsonAt(panel, queriesPath, list.toSpliced(index + 1, 0, copy));
}

function nextRefId(panel: JsonObject): string {
  return freeRefId('', new Set(queriesOf(panel).map(({ refId }) => refId)));
}

/** Whether another query has this name, by which transformations and overrides go. */
export function isRefIdTaken(panel: JsonObject, index: number, refId: string): boolean {
  return queriesOf(panel).some((query) => query.index !== index && query.refId === refId);
}
