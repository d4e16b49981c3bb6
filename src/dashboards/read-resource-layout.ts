import type { JsonObject } from './dashboard.ts';
import { columnCount } from './read-grid.ts';
import { datasourceOf, listAt, objectAt, textAt } from './read-resource-parts.ts';

const GRID_ROW_PIXELS = 38;
/** Of the automatic grid: what its words for heights mean, and its usual number of columns. */
const HEIGHT_PIXELS: Readonly<Record<string, number>> = { short: 168, standard: 320, tall: 512 };
const COLUMNS_USUAL = 3;
/** Of layouts inside of each other. */
const DEPTH_MAX = 20;

type Place = Readonly<Record<'x' | 'y' | 'w' | 'h', number>>;

interface Part {
  /** Undefined: panels that stand in no row. */
  readonly row: JsonObject | undefined;
  readonly panels: readonly JsonObject[];
}

/** The panels of the form v2 as the classic one has them: rows and tabs are rows; of tabs the first is open. */
export function resourcePanels(spec: JsonObject): JsonObject[] {
  const parts = partsOf(objectAt(spec, 'layout'), objectAt(spec, 'elements'), 0);
  let y = 0;
  const panels: JsonObject[] = [];
  for (const { row, panels: inner } of parts) {
    const isCollapsed = row?.['collapsed'] === true;
    if (row !== undefined) {
      const gridPos = { x: 0, y, w: columnCount, h: 1 };
      panels.push({ ...row, gridPos, panels: isCollapsed ? inner : [] });
      y++;
    }
    if (isCollapsed) continue;
    const top = y;
    for (const panel of inner) {
      const gridPos = lowered(panel, top);
      panels.push({ ...panel, gridPos });
      y = Math.max(y, gridPos.y + gridPos.h);
    }
  }
  return panels;
}

function lowered(panel: JsonObject, by: number): Place {
  const place = objectAt(panel, 'gridPos') as unknown as Place;
  return { ...place, y: place.y + by };
}

function partsOf(layout: JsonObject, elements: JsonObject, depth: number): Part[] {
  const spec = objectAt(layout, 'spec');
  if (depth > DEPTH_MAX) return [];
  switch (textAt(layout, 'kind')) {
    case 'RowsLayout':
      return listAt(spec, 'rows').flatMap((row) => {
        const { collapse } = objectAt(row, 'spec');
        return innerParts(row, { isCollapsed: collapse === true, elements, depth });
      });
    case 'TabsLayout':
      return listAt(spec, 'tabs').flatMap((tab, i) =>
        innerParts(tab, { isCollapsed: i > 0, elements, depth }),
      );
    case 'AutoGridLayout':
      return [{ row: undefined, panels: autoPlaced(spec, elements) }];
    default:
      return gridParts(spec, elements);
  }
}

/** A row or a tab; what is in the rows inside of it is named after both. */
function innerParts(
  owner: JsonObject,
  how: { readonly isCollapsed: boolean; readonly elements: JsonObject; readonly depth: number },
): Part[] {
  const spec = objectAt(owner, 'spec');
  const title = textAt(spec, 'title');
  const inner = partsOf(objectAt(spec, 'layout'), how.elements, how.depth + 1);
  const repeat = textAt(objectAt(spec, 'repeat'), 'value');
  return inner.map(({ row, panels }): Part => {
    const own = row === undefined ? '' : textAt(row, 'title');
    const titles = [title, own].filter((text) => text !== '').join(' · ');
    const isClosed = how.isCollapsed || row?.['collapsed'] === true;
    return { row: rowOf(titles, isClosed, repeat), panels };
  });
}

function rowOf(title: string, collapsed: boolean, repeat: string): JsonObject {
  return { type: 'row', title, collapsed, ...(repeat !== '' && { repeat }) };
}

/** Of a grid, in which the first version had rows, too. */
function gridParts(spec: JsonObject, elements: JsonObject): Part[] {
  const parts: Part[] = [];
  let loose: JsonObject[] = [];
  for (const item of listAt(spec, 'items')) {
    const inner = objectAt(item, 'spec');
    if (textAt(item, 'kind') !== 'GridLayoutRow') {
      loose.push(...panelAt(inner, elements, gridPlace(inner)));
      continue;
    }
    if (loose.length > 0) parts.push({ row: undefined, panels: loose });
    loose = [];
    const row = rowOf(
      textAt(inner, 'title'),
      inner['collapsed'] === true,
      textAt(objectAt(inner, 'repeat'), 'value'),
    );
    const panels = listAt(inner, 'elements').flatMap((one) => {
      const place = objectAt(one, 'spec');
      return panelAt(place, elements, gridPlace(place));
    });
    parts.push({ row, panels });
  }
  if (loose.length > 0) parts.push({ row: undefined, panels: loose });
  return parts;
}

function gridPlace(item: JsonObject): Place {
  return {
    x: numberAt(item, 'x', 0),
    y: numberAt(item, 'y', 0),
    w: numberAt(item, 'width', 12),
    h: numberAt(item, 'height', 8),
  };
}

/** Side by side from left to right, all of one size. */
function autoPlaced(spec: JsonObject, elements: JsonObject): JsonObject[] {
  const columns = Math.min(Math.max(1, numberAt(spec, 'maxColumnCount', COLUMNS_USUAL)), 12);
  const mode = textAt(spec, 'rowHeightMode') || 'standard';
  const usual = HEIGHT_PIXELS[mode] ?? HEIGHT_PIXELS['standard'] ?? 0;
  const pixels = mode === 'custom' ? numberAt(spec, 'rowHeight', usual) : usual;
  const h = Math.max(1, Math.ceil(pixels / GRID_ROW_PIXELS));
  const w = Math.floor(columnCount / columns);
  return listAt(spec, 'items').flatMap((item, i) => {
    const place = { x: (i % columns) * w, y: Math.floor(i / columns) * h, w, h };
    return panelAt(objectAt(item, 'spec'), elements, place);
  });
}

/** The panel that an item of a layout names; none where the file has no such element. */
function panelAt(item: JsonObject, elements: JsonObject, gridPos: Place): JsonObject[] {
  const element = objectAt(elements, textAt(objectAt(item, 'element'), 'name'));
  const spec = objectAt(element, 'spec');
  const repeat = objectAt(item, 'repeat');
  const repeated =
    textAt(repeat, 'value') === ''
      ? {}
      : {
          repeat: textAt(repeat, 'value'),
          repeatDirection: textAt(repeat, 'direction') || 'h',
          maxPerRow: repeat['maxPerRow'],
        };
  if (textAt(element, 'kind') === 'LibraryPanel') {
    const { id, title, libraryPanel } = spec;
    return [{ id, title, libraryPanel, gridPos, ...repeated }];
  }
  return textAt(element, 'kind') === 'Panel'
    ? [{ ...classicPanel(spec), gridPos, ...repeated }]
    : [];
}

function classicPanel(spec: JsonObject): JsonObject {
  const { id, title, description, links, transparent } = spec;
  const viz = objectAt(spec, 'vizConfig');
  const vizSpec = objectAt(viz, 'spec');
  const data = objectAt(objectAt(spec, 'data'), 'spec');
  const { interval, maxDataPoints, timeFrom, timeShift, hideTimeOverride } = objectAt(
    data,
    'queryOptions',
  );
  return {
    id,
    title,
    description,
    links,
    transparent,
    // The first version had the type where later ones say `VizConfig`.
    type: textAt(viz, 'group') || textAt(viz, 'kind'),
    pluginVersion: viz['version'] ?? vizSpec['pluginVersion'],
    options: vizSpec['options'],
    fieldConfig: vizSpec['fieldConfig'],
    targets: listAt(data, 'queries').map(targetOf),
    transformations: listAt(data, 'transformations').map(transformationOf),
    interval,
    maxDataPoints,
    timeFrom,
    timeShift,
    hideTimeOverride,
  };
}

function transformationOf(one: JsonObject): JsonObject {
  const spec = objectAt(one, 'spec');
  return { ...spec, id: textAt(one, 'group') || textAt(spec, 'id') || textAt(one, 'kind') };
}

function targetOf(query: JsonObject): JsonObject {
  const spec = objectAt(query, 'spec');
  const inner = objectAt(spec, 'query');
  return {
    ...objectAt(inner, 'spec'),
    refId: textAt(spec, 'refId'),
    hide: spec['hidden'] === true,
    datasource: datasourceOf(inner) ?? spec['datasource'],
  };
}

function numberAt(owner: JsonObject, key: string, usual: number): number {
  const value = owner[key];
  return typeof value === 'number' && Number.isFinite(value) ? value : usual;
}
