import {
  type DashboardProblem,
  isObject,
  type Json,
  type JsonObject,
  readDashboard,
} from '#dashboards';
import { findJsonFault, type JsonFault } from '#model';

export type JsonText =
  | { readonly ok: true; readonly json: JsonObject; readonly problems: readonly DashboardProblem[] }
  | { readonly ok: false; readonly fault: JsonFault };

/** A dashboard as text: what it holds, or where and why it is none. */
export function readJsonText(text: string): JsonText {
  const fault = findJsonFault(text);
  if (fault !== undefined) return { ok: false, fault };
  const json = JSON.parse(text) as Json;
  if (!isObject(json)) {
    const message = 'a dashboard is an object in braces';
    return { ok: false, fault: { line: 1, column: 1, message } };
  }
  return { ok: true, json, problems: readDashboard(json).problems };
}

export function printJson(json: JsonObject): string {
  return JSON.stringify(json, undefined, 2);
}
