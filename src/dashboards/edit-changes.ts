import type { GridPlace, Json, JsonObject } from './dashboard.ts';
import { isSameJson } from './edit-json.ts';
import { inReadingOrder } from './edit-places.ts';
import { hasOldRows, type Layout, readLayout } from './edit-layout.ts';
import { rowTitle } from './edit-rows.ts';
import { isList, isObject } from './read-cursor.ts';

/** What is different in one part of a file, in words. */
export interface FileChange {
  readonly kind: 'added' | 'removed' | 'changed';
  /** `Panel “CPU”`, `Variable host`, `Layout`. */
  readonly subject: string;
  /** `title: “A” → “B”`; none where the whole part is new or gone. */
  readonly details: readonly string[];
}

/** More of one part are counted only: who wants all of them looks at the JSON. */
const detailsMax = 40;
const valueLengthMax = 120;

/** From one version of a file to another: panels, rows, variables, annotations, and then all else. */
export function describeChanges(before: JsonObject, after: JsonObject): readonly FileChange[] {
  const [oldLayout, newLayout] = [readLayout(before), readLayout(after)];
  return [
    ...(hasOldRows(before) && !hasOldRows(after) ? [rewrittenRows] : []),
    ...rowChanges(oldLayout, newLayout),
    ...panelChanges(oldLayout, newLayout),
    ...layoutChanges(oldLayout, newLayout),
    ...namedChanges(
      'Variable',
      [before, after].map((json) => listIn(json, 'templating')),
    ),
    ...namedChanges(
      'Annotation',
      [before, after].map((json) => listIn(json, 'annotations')),
    ),
    ...otherChanges(before, after),
  ];
}

const rewrittenRows: FileChange = {
  kind: 'changed',
  subject: 'Layout',
  details: ['rows of before 2018 are written as the grid of today'],
};

function panelChanges(before: Layout, after: Layout): FileChange[] {
  const old = panelsById(before);
  const now = panelsById(after);
  const gone = [...old].filter(([id]) => !now.has(id));
  return [
    ...[...now].flatMap(([id, panel]) => changesOfPanel(id, old.get(id), panel)),
    ...gone.map(([id, panel]) => whole('removed', nameOfPanel(id, panel))),
  ];
}

function panelsById(layout: Layout): ReadonlyMap<number, JsonObject> {
  const panels = layout.flatMap((row) => inReadingOrder(row.panels));
  return new Map(panels.map(({ id, json }) => [id, json]));
}

function changesOfPanel(
  id: number,
  before: JsonObject | undefined,
  after: JsonObject,
): FileChange[] {
  const subject = nameOfPanel(id, after);
  if (before === undefined) return [whole('added', subject)];
  const [{ targets: oldTargets, ...old }, { targets: newTargets, ...now }] = [before, after].map(
    ({ gridPos: _g, id: _i, span: _s, ...rest }) => rest,
  ) as [JsonObject, JsonObject];
  const details = [...queryDetails(oldTargets, newTargets), ...leafDetails(old, now, '')];
  return details.length === 0 ? [] : [{ kind: 'changed', subject, details: atMost(details) }];
}

function nameOfPanel(id: number, { title }: JsonObject): string {
  return typeof title === 'string' && title !== '' ? `Panel “${title}”` : `Panel ${id}`;
}

function queryDetails(before: Json | undefined, after: Json | undefined): string[] {
  const [old, now] = [queriesByRefId(before), queriesByRefId(after)];
  const gone = [...old].filter(([refId]) => !now.has(refId));
  return [
    ...[...now].flatMap(([refId, query]) => {
      const was = old.get(refId);
      if (was === undefined) return [`query ${refId} added: ${shown(query['expr'])}`];
      return leafDetails(was, query, '').map((detail) => `query ${refId}: ${detail}`);
    }),
    ...gone.map(([refId, query]) => `query ${refId} removed: ${shown(query['expr'])}`),
  ];
}

function queriesByRefId(targets: Json | undefined): ReadonlyMap<string, JsonObject> {
  const queries = isList(targets) ? targets.filter(isObject) : [];
  return new Map(
    queries.map((query, i) => [
      typeof query['refId'] === 'string' ? query['refId'] : String(i + 1),
      query,
    ]),
  );
}

/** In one part: what is moved moves others. */
function layoutChanges(before: Layout, after: Layout): FileChange[] {
  const [old, now] = [placesById(before), placesById(after)];
  const details = [...now].flatMap(([id, place]) => {
    const was = old.get(id);
    return was === undefined ? [] : placeDetails(was, place);
  });
  return details.length === 0
    ? []
    : [{ kind: 'changed', subject: 'Layout', details: atMost(details) }];
}

interface PlaceInRow {
  readonly name: string;
  /** The title of the row; '' above the first. */
  readonly row: string;
  readonly rowId: number | undefined;
  readonly place: GridPlace;
}

function placesById(layout: Layout): ReadonlyMap<number, PlaceInRow> {
  return new Map(
    layout.flatMap(({ id: rowId, head, panels }) =>
      inReadingOrder(panels).map(({ id, json, place }) => [
        id,
        {
          name: nameOfPanel(id, json),
          row: rowTitle(head),
          rowId: head === undefined ? undefined : rowId,
          place,
        },
      ]),
    ),
  );
}

function placeDetails(before: PlaceInRow, after: PlaceInRow): string[] {
  const { name, place: now } = after;
  const { place: was } = before;
  const said: string[] = [];
  if (before.rowId !== after.rowId) {
    said.push(after.rowId === undefined ? 'moved out of its row' : `moved to row “${after.row}”`);
  } else if (was.x !== now.x || was.y !== now.y) said.push('moved');
  if (was.w !== now.w || was.h !== now.h) {
    said.push(`${was.w} × ${was.h} → ${now.w} × ${now.h}`);
  }
  return said.length === 0 ? [] : [`${name}: ${said.join(', ')}`];
}

function rowChanges(before: Layout, after: Layout): FileChange[] {
  const [old, now] = [before, after].map(
    (layout) =>
      new Map(layout.flatMap((row) => (row.head === undefined ? [] : [[row.id, row] as const]))),
  );
  if (old === undefined || now === undefined) return [];
  const gone = [...old].filter(([id]) => !now.has(id));
  return [
    ...[...now].flatMap(([id, { head, isCollapsed }]): FileChange[] => {
      const subject = `Row “${rowTitle(head)}”`;
      const was = old.get(id);
      if (was === undefined) return [whole('added', subject)];
      const details = leafDetails(partsOfHead(was.head), partsOfHead(head), '');
      if (was.isCollapsed !== isCollapsed) details.push(isCollapsed ? 'closed' : 'opened');
      return details.length === 0 ? [] : [{ kind: 'changed', subject, details }];
    }),
    ...gone.map(([, { head }]) => whole('removed', `Row “${rowTitle(head)}”`)),
  ];
}

function partsOfHead(head: JsonObject | undefined): JsonObject {
  const { title, repeat } = head ?? {};
  return { title, repeat };
}

function listIn(json: JsonObject, key: string): readonly JsonObject[] {
  const owner = json[key];
  const list = isObject(owner) ? owner['list'] : undefined;
  return isList(list) ? list.filter(isObject) : [];
}

function namedChanges(
  what: string,
  [before = [], after = []]: (readonly JsonObject[])[],
): FileChange[] {
  const [old, now] = [byName(before), byName(after)];
  const gone = [...old.keys()].filter((name) => !now.has(name));
  const names = [...now.keys()];
  const isReordered =
    gone.length === 0 && old.size === now.size && names.join('\n') !== [...old.keys()].join('\n');
  return [
    ...[...now].flatMap(([name, one]): FileChange[] => {
      const was = old.get(name);
      const subject = `${what} ${name}`;
      if (was === undefined) return [whole('added', subject)];
      const details = leafDetails(was, one, '');
      return details.length === 0 ? [] : [{ kind: 'changed', subject, details: atMost(details) }];
    }),
    ...gone.map((name) => whole('removed', `${what} ${name}`)),
    ...(isReordered
      ? [{ kind: 'changed' as const, subject: `${what}s`, details: [`order: ${names.join(', ')}`] }]
      : []),
  ];
}

function byName(list: readonly JsonObject[]): ReadonlyMap<string, JsonObject> {
  return new Map(
    list.map((one, i) => [typeof one['name'] === 'string' ? one['name'] : String(i + 1), one]),
  );
}

/** What has a place of its own above; of the lists' owners only the lists. */
function otherChanges(before: JsonObject, after: JsonObject): FileChange[] {
  const details = leafDetails(withoutParts(before), withoutParts(after), '');
  return details.length === 0
    ? []
    : [{ kind: 'changed', subject: 'Dashboard', details: atMost(details) }];
}

function withoutParts(json: JsonObject): JsonObject {
  const { panels: _p, rows: _r, templating, annotations, ...rest } = json;
  return { ...rest, templating: withoutList(templating), annotations: withoutList(annotations) };
}

function withoutList(owner: Json | undefined): Json | undefined {
  if (!isObject(owner)) return undefined;
  const { list: _, ...rest } = owner;
  return Object.keys(rest).length === 0 ? undefined : rest;
}

function whole(kind: 'added' | 'removed', subject: string): FileChange {
  return { kind, subject, details: [] };
}

/** Each value that is different, by its path. */
function leafDetails(before: Json | undefined, after: Json | undefined, path: string): string[] {
  if (isSameJson(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) =>
      leafDetails(ownOf(before, key), ownOf(after, key), path === '' ? key : `${path}.${key}`),
    );
  }
  if (isList(before) && isList(after) && [...before, ...after].some(isObject)) {
    const count = Math.max(before.length, after.length);
    return Array.from({ length: count }, (_, i) =>
      leafDetails(before[i], after[i], `${path}[${i}]`),
    ).flat();
  }
  return [`${path}: ${shown(before)} → ${shown(after)}`];
}

function ownOf(json: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(json, key) ? json[key] : undefined;
}

function shown(value: Json | undefined): string {
  if (value === undefined) return 'none';
  const text = typeof value === 'string' ? `“${value}”` : JSON.stringify(value);
  return text.length <= valueLengthMax ? text : `${text.slice(0, valueLengthMax)}…`;
}

function atMost(details: readonly string[]): readonly string[] {
  if (details.length <= detailsMax) return details;
  const more = details.length - detailsMax;
  return [...details.slice(0, detailsMax), `and ${more} more`];
}
