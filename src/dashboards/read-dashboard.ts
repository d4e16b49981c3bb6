import type { Dashboard, Json, JsonObject, Row } from './dashboard.ts';
import { parseInterval } from './intervals.ts';
import { readAnnotations } from './read-annotations.ts';
import { Cursor, isList, isObject, ProblemList } from './read-cursor.ts';
import { applyInputs, readInputs } from './read-inputs.ts';
import { readLinks } from './read-links.ts';
import { readQueriesOf } from './read-queries.ts';
import { classicOfElements, isDashboardResource, isElementsForm } from './read-resource.ts';
import { readRows } from './read-rows.ts';
import { readVariables } from './read-variables.ts';

/** Of objects and lists inside of each other. Real files have about 15; who walks them calls itself. */
const depthMax = 100;
const tagsMax = 200;

/**
 * Reads a dashboard file of Grafana's of any age since schemaVersion 12, also one wrapped by its API. It never throws:
 * what is not as it must be is left out and told in `problems`.
 */
export function readDashboard(file: JsonObject): Dashboard {
  const problems = new ProblemList();
  const tooDeep = isTooDeep(file);
  if (tooDeep) problems.tell('', `nested deeper than ${depthMax}: nothing of it is read`);
  const source = tooDeep ? {} : unwrapDashboard(file);
  const content = isElementsForm(source) ? classicOfElements(source) : source;
  const cursor = new Cursor(content, '', problems);
  if (!tooDeep) tellForeignForm(cursor);
  const parts = {
    uid: cursor.text('uid') || (tooDeep ? '' : resourceName(file)),
    title: cursor.text('title'),
    description: cursor.text('description'),
    tags: cursor.texts('tags', tagsMax),
    timeZone: cursor.text('timezone'),
    time: readTime(cursor),
    refresh: readRefresh(cursor),
    sharedCursor: readSharedCursor(cursor),
    isTimePickerHidden: cursor.child('timepicker').flag('hidden'),
    refreshIntervals: readRefreshIntervals(cursor),
    nowDelay: readNowDelay(cursor),
    weekStartDay: WEEK_STARTS[cursor.text('weekStart').toLowerCase()] ?? MONDAY,
    fiscalStartMonth: readFiscalStart(cursor),
    variables: readVariables(cursor),
    annotations: readAnnotations(cursor),
    links: readLinks(cursor),
    rows: withSharedQueries(readRows(cursor), problems),
  };
  return {
    ...applyInputs(parts, readInputs(cursor)),
    problems: problems.toArray(),
    source,
  };
}

/** The dashboard inside of what Grafana's API, its resources or grafana.com put around it. */
export function unwrapDashboard(file: JsonObject): JsonObject {
  for (const key of ['dashboard', 'spec', 'json']) {
    const inner = Object.hasOwn(file, key) ? file[key] : undefined;
    if (isObject(inner) && !hasPanels(file) && isDashboardLike(inner)) return inner;
  }
  return file;
}

/** A resource is known by its name. */
function resourceName(file: JsonObject): string {
  const { metadata } = file;
  if (!isDashboardResource(file) || !isObject(metadata)) return '';
  return typeof metadata['name'] === 'string' ? metadata['name'] : '';
}

function hasPanels(file: JsonObject): boolean {
  return isList(file['panels']) || isList(file['rows']);
}

function isDashboardLike(file: JsonObject): boolean {
  return hasPanels(file) || typeof file['title'] === 'string' || isObject(file['elements']);
}

function tellForeignForm(cursor: Cursor): void {
  if (!cursor.has('panels') && !cursor.has('rows')) {
    cursor.tell('', 'no panels: this may not be a dashboard');
  }
}

function readTime(cursor: Cursor): Dashboard['time'] {
  const time = cursor.child('time');
  return { from: time.text('from', 'now-6h'), to: time.text('to', 'now') };
}

/** false for none in old files. */
function readRefresh(cursor: Cursor): string {
  return typeof cursor.raw('refresh') === 'boolean' ? '' : cursor.text('refresh');
}

const refreshIntervalsMax = 50;

/** Intervals and, in old files, `auto` and the like, which are none. */
function readRefreshIntervals(cursor: Cursor): string[] {
  const intervals = cursor.child('timepicker').texts('refresh_intervals', refreshIntervalsMax);
  return [...new Set(intervals)].filter((text) => parseInterval(text) !== undefined);
}

function readNowDelay(cursor: Cursor): string {
  const delay = cursor.child('timepicker').text('nowDelay').trim();
  return parseInterval(delay) === undefined ? '' : delay;
}

const MONDAY = 1;
const WEEK_STARTS: Readonly<Record<string, number | undefined>> = { sunday: 0, saturday: 6 };

function readFiscalStart(cursor: Cursor): number {
  const month = Math.floor(cursor.numberOr('fiscalYearStartMonth', 0));
  return month >= 0 && month < 12 ? month : 0;
}

function readSharedCursor(cursor: Cursor): Dashboard['sharedCursor'] {
  if (!cursor.has('graphTooltip')) return cursor.flag('sharedCrosshair') ? 'line' : 'none';
  const mode = cursor.number('graphTooltip');
  return mode === 1 ? 'line' : mode === 2 ? 'tooltip' : 'none';
}

/** Panels that show what another one asks get its queries. */
function withSharedQueries(rows: readonly Row[], problems: ProblemList): Row[] {
  const byId = new Map(rows.flatMap(({ panels }) => panels).map((panel) => [panel.id, panel]));
  return rows.map((row) => ({
    ...row,
    panels: row.panels.map((panel) => {
      const id = readQueriesOf(new Cursor(panel.source, '', new ProblemList()));
      if (id === undefined) return panel;
      const queries = byId.get(id)?.queries;
      if (queries === undefined) problems.tell('', `panel ${panel.id}: there is no panel ${id}`);
      return { ...panel, queries: queries ?? [] };
    }),
  }));
}

/** Without calling itself, since the file may be deeper than the stack. */
function isTooDeep(file: JsonObject): boolean {
  let level: Json[] = [file];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > depthMax) return true;
    level = level.flatMap((value) => (isObject(value) || isList(value) ? innerOf(value) : []));
  }
  return false;
}

function innerOf(value: JsonObject | readonly Json[]): Json[] {
  return Object.values(value).filter((one): one is Json => typeof one === 'object' && one !== null);
}
