import { isUtf8 } from 'node:buffer';
import type { DashboardEntry } from '#contract';
import { findJsonFault } from '#model';
import { DashboardError } from './dashboard-error.ts';
import { isUid } from './file-names.ts';

/** One file, in bytes; the largest known dashboards have half a megabyte. */
export const FILE_BYTES_MAX: number = 10 << 20;
/** What lists show of a text. */
const TEXT_LENGTH_MAX = 1000;
const TAGS_MAX = 100;

/** A dashboard as it is kept. `json` are the bytes of the file: JSON, checked. */
export interface StoredDashboard {
  readonly entry: DashboardEntry;
  readonly json: Uint8Array;
}

export type JsonRecord = Readonly<Record<string, unknown>>;

/** What lists show of a file's content. */
export interface DashboardFacts extends Pick<
  DashboardEntry,
  'title' | 'description' | 'tags' | 'panels'
> {
  /** Undefined where the file has none that can be one. */
  readonly uid: string | undefined;
}

/** Throws DashboardError that says where the file is broken. */
export function parseDashboard(json: Uint8Array): JsonRecord {
  if (json.length > FILE_BYTES_MAX) {
    throw new DashboardError('too_large', `it has more than ${FILE_BYTES_MAX >> 20} MB`);
  }
  return checkDashboard(parseJson(json));
}

/** Throws DashboardError that says where the text is broken. */
export function parseJson(json: Uint8Array): unknown {
  if (!isUtf8(json)) throw new DashboardError('bad_data', 'it is not UTF-8');
  const text = Buffer.from(json.buffer, json.byteOffset, json.length).toString('utf8');
  const fault = findJsonFault(text);
  if (fault === undefined) return JSON.parse(text);
  const { line, column, message } = fault;
  throw new DashboardError('bad_data', `line ${line}, column ${column}: ${message}`);
}

/** Without the mark that some editors put before UTF-8. */
export function withoutMark(json: Uint8Array): Uint8Array {
  return json[0] === 0xef && json[1] === 0xbb && json[2] === 0xbf ? json.subarray(3) : json;
}

/** Throws DashboardError for what is JSON, but no dashboard. */
export function checkDashboard(value: unknown): JsonRecord {
  if (!isRecord(value)) throw new DashboardError('bad_data', 'it is no JSON object');
  const { title, panels, rows } = contentOf(value);
  if (typeof title !== 'string' && !Array.isArray(panels) && !Array.isArray(rows)) {
    throw new DashboardError('bad_data', 'it is no dashboard: no title, no panels, no rows');
  }
  return value;
}

export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a resource of Grafana's API has inside (v1 the classic form, v2 its own); else the file itself. */
function contentOf(dashboard: JsonRecord): JsonRecord {
  return isResource(dashboard) && isRecord(dashboard['spec']) ? dashboard['spec'] : dashboard;
}

function isResource({ apiVersion, spec }: JsonRecord): boolean {
  return (
    typeof apiVersion === 'string' &&
    apiVersion.startsWith('dashboard.grafana.app/') &&
    isRecord(spec)
  );
}

/** The dashboard under another uid; a resource has it as its name. */
export function withUid(dashboard: JsonRecord, uid: string): JsonRecord {
  if (!isResource(dashboard)) return { ...dashboard, uid };
  const metadata = isRecord(dashboard['metadata']) ? dashboard['metadata'] : {};
  return { ...dashboard, metadata: { ...metadata, name: uid } };
}

function uidOf(dashboard: JsonRecord): unknown {
  const { uid } = contentOf(dashboard);
  if (!isResource(dashboard)) return uid;
  return isRecord(dashboard['metadata']) ? (dashboard['metadata']['name'] ?? uid) : uid;
}

export function factsOf(dashboard: JsonRecord): DashboardFacts {
  const { title, description, tags } = contentOf(dashboard);
  const uid = uidOf(dashboard);
  return {
    uid: isUid(uid) ? uid : undefined,
    title: textOf(title),
    description: textOf(description),
    tags: listOf(tags)
      .filter((tag) => typeof tag === 'string')
      .slice(0, TAGS_MAX),
    panels: countPanels(contentOf(dashboard)),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, TEXT_LENGTH_MAX) : '';
}

/** Those of old rows and of rows that are closed, too; rows themselves are none. */
function countPanels({ panels, rows, elements }: JsonRecord): number {
  let count = isRecord(elements) ? Object.keys(elements).length : 0;
  for (const panel of listOf(panels)) {
    if (!isRecord(panel)) continue;
    count += panel['type'] === 'row' ? listOf(panel['panels']).filter(isRecord).length : 1;
  }
  for (const row of listOf(rows)) {
    if (isRecord(row)) count += listOf(row['panels']).filter(isRecord).length;
  }
  return count;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}
