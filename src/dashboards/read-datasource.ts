import type { DatasourceRef, Json } from './dashboard.ts';
import type { Cursor } from './read-cursor.ts';
import { isObject } from './read-cursor.ts';

export const noDatasource: DatasourceRef = { uid: '', type: '' };

/** A name or a variable in old files, `{ uid, type }` in today's, null for the default. */
export function readDatasource(cursor: Cursor): DatasourceRef {
  return datasourceOf(cursor.raw('datasource'));
}

/** As `readDatasource`, of the value itself. */
export function datasourceOf(value: Json | undefined): DatasourceRef {
  if (typeof value === 'string')
    return value === 'default' ? noDatasource : { uid: value, type: '' };
  if (!isObject(value)) return noDatasource;
  return { uid: textOf(value['uid']), type: textOf(value['type']) };
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}

export function isMixed(datasource: DatasourceRef): boolean {
  return datasource.uid === '-- Mixed --';
}

/** The queries are another panel's. */
export function isOfDashboard(datasource: DatasourceRef): boolean {
  return datasource.uid === '-- Dashboard --';
}
