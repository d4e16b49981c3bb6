import { isDashboardResource, type JsonObject, unwrapDashboard } from '#dashboards';
import { findJsonFault } from '#model';

/** What stands in a file that somebody wants to import. */
export interface ImportFile {
  readonly json: JsonObject;
  /** The dashboard as it is written: numbers that JavaScript would write differently stay as they are. */
  readonly text: string;
  readonly title: string;
  readonly uid: string;
}

/** More than the largest dashboards have; the server refuses more as well. */
export const IMPORT_BYTES_MAX: number = 10 * 2 ** 20;

/**
 * Reads a dashboard as Grafana exports it, or as its API answers it (`{"dashboard": ...}`). Yields in words why it
 * cannot be one.
 */
export function parseImport(text: string): ImportFile | string {
  if (text.length > IMPORT_BYTES_MAX) return 'This is larger than 10 MiB.';
  const fault = findJsonFault(text);
  if (fault !== undefined) {
    return `This is not JSON: line ${fault.line}, column ${fault.column}: ${fault.message}`;
  }
  const value: unknown = JSON.parse(text);
  if (!isObject(value)) return 'This is JSON, but not a dashboard.';
  const content = unwrapDashboard(value);
  const isElements = isObject(content['elements']);
  if (!isElements && !Array.isArray(content['panels']) && !Array.isArray(content['rows'])) {
    return 'This is JSON, but not a dashboard: it has neither panels nor rows.';
  }
  // A resource is kept with what is around it, which names it.
  const json = isDashboardResource(value) ? value : content;
  const own = json === value ? text : JSON.stringify(json);
  return { json, text: own, title: textOf(content['title']), uid: uidOf(json) };
}

function uidOf(json: JsonObject): string {
  const { metadata } = json;
  return (isObject(metadata) && textOf(metadata['name'])) || textOf(json['uid']);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
