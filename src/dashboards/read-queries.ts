import type { DatasourceRef, PanelQuery } from './dashboard.ts';
import type { Cursor } from './read-cursor.ts';
import { isMixed, isOfDashboard, noDatasource, readDatasource } from './read-datasource.ts';

/** A panel with more is unreadable long before. */
const queriesMax = 100;

/** PromQL queries of a panel, in order. Those of other languages are left out and told. */
export function readQueries(panel: Cursor): PanelQuery[] {
  const ofPanel = readDatasource(panel);
  const own = isMixed(ofPanel) || isOfDashboard(ofPanel) ? noDatasource : ofPanel;
  const used = new Set<string>();
  return panel.items('targets', queriesMax).flatMap((target) => {
    const refId = freeRefId(target.text('refId'), used);
    used.add(refId);
    const query = readQuery(target, refId, own);
    return query === undefined ? [] : [query];
  });
}

/** Of a panel that shows another's queries: that panel's id. */
export function readQueriesOf(panel: Cursor): number | undefined {
  if (!isOfDashboard(readDatasource(panel))) return undefined;
  return panel.firstItem('targets')?.number('panelId');
}

function readQuery(target: Cursor, refId: string, ofPanel: DatasourceRef): PanelQuery | undefined {
  if (!target.has('expr')) {
    tellForeignQuery(target, refId);
    return undefined;
  }
  const expr = target.text('expr');
  if (expr.trim() === '') return undefined;
  const isInstant = target.flag('instant');
  const ofQuery = readDatasource(target);
  return {
    refId,
    expr,
    isHidden: target.flag('hide'),
    isRange: target.flag('range', !isInstant) || !isInstant,
    isInstant,
    format: readFormat(target),
    legend: target.text('legendFormat'),
    minInterval: target.text('interval'),
    intervalFactor: Math.min(Math.max(1, target.numberOr('intervalFactor', 1)), 100),
    hasExemplars: target.flag('exemplar'),
    datasource: ofQuery.uid === '' && ofQuery.type === '' ? ofPanel : ofQuery,
  };
}

function readFormat(target: Cursor): PanelQuery['format'] {
  return target.oneOf('format', ['time_series', 'table', 'heatmap'], 'time_series');
}

function tellForeignQuery(target: Cursor, refId: string): void {
  const field = [
    'rawSql',
    'target',
    'query',
    'metrics',
    'expression',
    'rawQuery',
    'queryText',
  ].find((key) => typeof target.raw(key) === 'string' && target.raw(key) !== '');
  if (field !== undefined) target.tell(field, `query ${refId} is not PromQL`);
}

/** The wanted name where no other query has it, else the next free letter. */
export function freeRefId(wanted: string, used: ReadonlySet<string>): string {
  if (wanted !== '' && !used.has(wanted)) return wanted;
  for (let index = 0; ; index++) {
    const letter = String.fromCodePoint(65 + (index % 26));
    const refId = index < 26 ? letter : `${letter}${Math.floor(index / 26)}`;
    if (!used.has(refId)) return refId;
  }
}
