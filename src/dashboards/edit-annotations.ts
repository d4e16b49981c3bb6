import type { JsonObject } from './dashboard.ts';
import { type JsonPath, withJsonAt } from './edit-json.ts';
import { addItem, listAt } from './edit-panel-lists.ts';
import { usualDatasource } from './edit-variables.ts';
import { isObject } from './read-cursor.ts';

export const ANNOTATIONS_PATH: JsonPath = ['annotations', 'list'];

/** Those of a query, or events of containers with some tags. */
export function addAnnotation(json: JsonObject, kind: 'query' | 'events'): JsonObject {
  const common = { enable: true, hide: false, iconColor: kind === 'query' ? 'blue' : 'gray' };
  if (kind === 'events') {
    return addItem(json, ANNOTATIONS_PATH, {
      name: 'Events',
      datasource: { type: 'grafana', uid: '-- Grafana --' },
      ...common,
      target: { type: 'tags', tags: [], matchAny: false, limit: 100 },
    });
  }
  return addItem(json, ANNOTATIONS_PATH, {
    name: 'New annotation',
    datasource: usualDatasource(json),
    ...common,
    expr: '',
    step: '60s',
    titleFormat: '',
    textFormat: '',
    tagKeys: '',
  });
}

/** As Grafana's own dashboards have it: what of them is not there is added where somebody switches it on. */
export function withContainerEvents(json: JsonObject, isEnabled: boolean): JsonObject {
  const index = listAt(json, ANNOTATIONS_PATH).findIndex(
    (item) => isObject(item) && isBuiltInAnnotation(item),
  );
  if (index >= 0) return withJsonAt(json, [...ANNOTATIONS_PATH, index, 'enable'], isEnabled);
  if (!isEnabled) return json;
  const own = {
    builtIn: 1,
    datasource: { type: 'grafana', uid: '-- Grafana --' },
    enable: true,
    hide: true,
    iconColor: 'rgba(0, 211, 255, 1)',
    name: 'Annotations & Alerts',
    type: 'dashboard',
  };
  return withJsonAt(json, ANNOTATIONS_PATH, [own, ...listAt(json, ANNOTATIONS_PATH)]);
}

/** Grafana's own annotations of the dashboard, which are our container events. */
export function isBuiltInAnnotation(item: JsonObject): boolean {
  return item['builtIn'] !== undefined && item['builtIn'] !== 0 && item['builtIn'] !== null;
}

/** Grafana keeps the query in `target`, before 2022 beside it: what the file has is written where it is read. */
export function withAnnotationQuery(
  item: JsonObject,
  key: 'expr' | 'step',
  text: string,
): JsonObject {
  const inTarget = key === 'expr' ? 'expr' : 'interval';
  const { target } = item;
  if (!isObject(target) || !('expr' in target)) return withJsonAt(item, [key], text);
  const written = withJsonAt(item, ['target', inTarget], text);
  return key in item ? withJsonAt(written, [key], text) : written;
}

/** On which panels; undefined for all. */
export function withAnnotationPanels(
  item: JsonObject,
  panels: { readonly ids: readonly number[]; readonly areExcluded: boolean } | undefined,
): JsonObject {
  if (panels === undefined) return withJsonAt(item, ['filter'], undefined);
  const excluded = withJsonAt(item, ['filter', 'exclude'], panels.areExcluded);
  return withJsonAt(excluded, ['filter', 'ids'], panels.ids);
}
