import type { Json, JsonObject } from './dashboard.ts';
import { isObject } from './read-cursor.ts';
import { resourcePanels } from './read-resource-layout.ts';
import { datasourceOf, listAt, objectAt, textAt } from './read-resource-parts.ts';

/**
 * A dashboard as Grafana 12's API has it, a resource: v1 has the classic JSON inside, v2 another form. Its group is
 * `dashboard.grafana.app`.
 */
export function isDashboardResource(file: JsonObject): boolean {
  const version = file['apiVersion'];
  return (
    typeof version === 'string' &&
    version.startsWith('dashboard.grafana.app/') &&
    isObject(file['spec'])
  );
}

/** Of the form v2, with or without what is around it. */
export function isElementsForm(spec: JsonObject): boolean {
  return isObject(spec['elements']) && isObject(spec['layout']);
}

const CURSOR_MODES: Readonly<Record<string, number>> = { Off: 0, Crosshair: 1, Tooltip: 2 };

/** The `spec` of the form v2 in classic words, for reading alone: what is kept and exported is the file. */
export function classicOfElements(spec: JsonObject): JsonObject {
  const { elements: _, layout: __, variables: ___, timeSettings: ____, ...rest } = spec;
  const time = objectAt(spec, 'timeSettings');
  return {
    ...rest,
    schemaVersion: 42,
    graphTooltip: CURSOR_MODES[textAt(spec, 'cursorSync')] ?? 0,
    time: { from: textAt(time, 'from') || 'now-6h', to: textAt(time, 'to') || 'now' },
    timezone: textAt(time, 'timezone'),
    refresh: textAt(time, 'autoRefresh'),
    weekStart: time['weekStart'],
    fiscalYearStartMonth: time['fiscalYearStartMonth'],
    timepicker: {
      hidden: time['hideTimepicker'] === true,
      refresh_intervals: time['autoRefreshIntervals'],
    },
    templating: { list: listAt(spec, 'variables').map(variableOf) },
    annotations: { list: listAt(spec, 'annotations').map(annotationOf) },
    panels: resourcePanels(spec),
  };
}

const VARIABLE_TYPES: Readonly<Record<string, string>> = {
  QueryVariable: 'query',
  CustomVariable: 'custom',
  TextVariable: 'textbox',
  IntervalVariable: 'interval',
  ConstantVariable: 'constant',
  DatasourceVariable: 'datasource',
  AdhocVariable: 'adhoc',
};
const HIDE: Readonly<Record<string, number>> = { dontHide: 0, hideLabel: 1, hideVariable: 2 };
const REFRESH: Readonly<Record<string, number>> = {
  never: 0,
  onDashboardLoad: 1,
  onTimeRangeChanged: 2,
};
const SORTS = [
  'disabled',
  'alphabeticalAsc',
  'alphabeticalDesc',
  'numericalAsc',
  'numericalDesc',
  'alphabeticalCaseInsensitiveAsc',
  'alphabeticalCaseInsensitiveDesc',
  'naturalAsc',
  'naturalDesc',
];

function variableOf(variable: JsonObject): JsonObject {
  const spec = objectAt(variable, 'spec');
  const kind = textAt(variable, 'kind');
  return {
    ...spec,
    type: VARIABLE_TYPES[kind] ?? kind,
    hide: HIDE[textAt(spec, 'hide')] ?? 0,
    refresh: REFRESH[textAt(spec, 'refresh')] ?? 0,
    sort: Math.max(0, SORTS.indexOf(textAt(spec, 'sort'))),
    query: variableQuery(kind, spec),
    datasource: datasourceOf(objectAt(spec, 'query')) ?? spec['datasource'],
  };
}

function variableQuery(kind: string, spec: JsonObject): Json | undefined {
  if (kind === 'DatasourceVariable') return textAt(spec, 'pluginId');
  if (kind !== 'QueryVariable') return spec['query'];
  const query = objectAt(objectAt(spec, 'query'), 'spec');
  return textAt(query, '__legacyStringValue') || textAt(query, 'query') || query['expr'];
}

function annotationOf(annotation: JsonObject): JsonObject {
  const spec = objectAt(annotation, 'spec');
  const query = objectAt(spec, 'query');
  const { builtIn, ...rest } = spec;
  return {
    ...rest,
    ...(builtIn === true && { builtIn: 1 }),
    datasource: datasourceOf(query) ?? spec['datasource'],
    target: objectAt(query, 'spec'),
    ...objectAt(spec, 'legacyOptions'),
  };
}
