import type { Json, JsonObject } from './dashboard.ts';
import { isList, isObject } from './read-cursor.ts';

/** What draws nothing and may tell of where data come from, or leads to where a file's reader cannot go. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  '__elements',
  '__inputs',
  '__requires',
  'alert',
  'annotations',
  'datasource',
  'datasources',
  'headers',
  'libraryPanel',
  'links',
  'snapshotData',
  'templating',
  'url',
  'variables',
]);

const SECRET = /token|password|passwd|secret|credential|authorization|api_?key/i;

/** Of a query what is needed to draw its answer. */
const QUERY_FIELDS: ReadonlySet<string> = new Set([
  'expr',
  'format',
  'hide',
  'instant',
  'interval',
  'intervalFactor',
  'legendFormat',
  'range',
  'refId',
  'step',
]);

export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}

/** A dashboard's JSON without data sources, links, variables and whatever is named like a secret. The given one stays as it is. */
export function shareableJson(json: JsonObject): JsonObject {
  return objectWithout(json);
}

function valueWithout(value: Json): Json {
  if (isList(value)) return value.map(valueWithout);
  return isObject(value) ? objectWithout(value) : value;
}

function objectWithout(value: JsonObject): JsonObject {
  const kept = Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
    if (inner === undefined || LEFT_OUT.has(key) || isSecretName(key)) return [];
    if (key === 'targets' && isList(inner)) return [[key, inner.filter(isObject).map(queryOf)]];
    return [[key, valueWithout(inner)]];
  });
  return Object.fromEntries(kept);
}

function queryOf(query: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(query).filter(([key]) => QUERY_FIELDS.has(key)));
}
