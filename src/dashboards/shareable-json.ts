import type { Json, JsonObject } from './dashboard.ts';
import { isList, isObject } from './read-cursor.ts';
import { datasourceOf, isOfDashboard } from './read-datasource.ts';
import { unwrapDashboard } from './read-dashboard.ts';
import { classicOfElements, isElementsForm } from './read-resource.ts';

/** Of the dashboard itself; whatever else a file has may be anything. */
const KEPT: ReadonlySet<string> = new Set([
  '__elements',
  'description',
  'fiscalYearStartMonth',
  'graphTooltip',
  'panels',
  'rows',
  'schemaVersion',
  'sharedCrosshair',
  'time',
  'timezone',
  'title',
  'weekStart',
]);

/** Of its panels: what draws nothing and may tell of where data come from, or leads to where a file's reader cannot go. */
const LEFT_OUT: ReadonlySet<string> = new Set([
  'alert',
  'datasource',
  'datasources',
  'headers',
  'linkUrl',
  'links',
  'snapshotData',
  'url',
]);

const SECRET = /token|passw|secret|credential|authorization|basic_?auth|api_?key|private_?key/i;

/** Of a query what is needed to draw its answer. */
const QUERY_FIELDS: ReadonlySet<string> = new Set([
  'expr',
  'format',
  'hide',
  'instant',
  'interval',
  'intervalFactor',
  'legendFormat',
  'panelId',
  'range',
  'refId',
  'step',
]);

export function isSecretName(name: string): boolean {
  return SECRET.test(name);
}

/**
 * A dashboard in the classic form, without data sources, links, variables, what is not known and whatever is named
 * like a secret. The given one stays as it is.
 */
export function shareableJson(file: JsonObject): JsonObject {
  const source = unwrapDashboard(file);
  const classic = isElementsForm(source) ? classicOfElements(source) : source;
  return objectWithout(
    Object.fromEntries(Object.entries(classic).filter(([key]) => KEPT.has(key))),
  );
}

function valueWithout(value: Json): Json {
  if (isList(value)) return value.map(valueWithout);
  return isObject(value) ? objectWithout(value) : value;
}

function objectWithout(value: JsonObject): JsonObject {
  const kept = Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
    if (inner === undefined || isSecretName(key)) return [];
    if (key === 'datasource' && isOfDashboard(datasourceOf(inner))) return [[key, inner]];
    if (LEFT_OUT.has(key)) return [];
    if (key === 'libraryPanel' && isObject(inner)) return [[key, { uid: inner['uid'] }]];
    if (key === 'targets' && isList(inner)) return [[key, inner.filter(isObject).map(queryOf)]];
    return [[key, valueWithout(inner)]];
  });
  return Object.fromEntries(kept);
}

function queryOf(query: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(query).filter(([key]) => QUERY_FIELDS.has(key)));
}
