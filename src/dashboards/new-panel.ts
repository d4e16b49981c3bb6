import type { Json, JsonObject } from './dashboard.ts';
import type { NewPanel } from './edit-places.ts';
import { isList, isObject } from './read-cursor.ts';
import { columnCount } from './read-grid.ts';

/** Those that ask for nothing. */
const quietTypes: ReadonlySet<string> = new Set(['text', 'dashlist', 'alertlist']);

/** Of one value each, which needs little room. */
const smallTypes: ReadonlySet<string> = new Set(['stat', 'gauge']);

export interface NewPanelWish {
  /** As Grafana names it: `timeseries`, `text`. */
  readonly type: string;
  readonly title: string;
  /** PromQL of its queries; one that is still to be written where there is none. */
  readonly expressions?: readonly string[];
}

/** A panel as Grafana's files have it, which asks what the other panels of the dashboard ask. */
export function newPanel(dashboard: JsonObject, wish: NewPanelWish): NewPanel {
  const { type, title, expressions = [''] } = wish;
  const datasource = datasourceOf(dashboard);
  const common: JsonObject = { type, title, ...(datasource !== undefined && { datasource }) };
  const w = smallTypes.has(type) ? columnCount / 4 : columnCount / 2;
  const h = smallTypes.has(type) ? 4 : 8;
  if (type === 'text') {
    return { json: { type, title, options: { mode: 'markdown', content: '' } }, w, h };
  }
  if (quietTypes.has(type)) return { json: { type, title, options: {} }, w, h };
  const targets = expressions.map((expr, i) => ({ refId: refId(i), expr }));
  const fieldConfig = { defaults: {}, overrides: [] };
  return { json: { ...common, targets, fieldConfig, options: {} }, w, h };
}

/** A, B, ... Z, AA */
function refId(index: number): string {
  const letter = String.fromCodePoint(65 + (index % 26));
  return index < 26 ? letter : `${refId(Math.floor(index / 26) - 1)}${letter}`;
}

/** What the first panel that asks Prometheus asks: in Grafana, the new one is to ask the same. */
function datasourceOf(dashboard: JsonObject): Json | undefined {
  for (const panel of [...listOf(dashboard['panels']), ...listOf(dashboard['rows'])]) {
    if (!isObject(panel)) continue;
    const datasource = panel['datasource'];
    if (isOfPrometheus(datasource)) return datasource;
    const inner = datasourceOf(panel);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

/** Older files name it, and the name says nothing of its type. */
function isOfPrometheus(datasource: Json | undefined): datasource is Json {
  if (typeof datasource === 'string') return !datasource.startsWith('-- ');
  return isObject(datasource) && datasource['type'] === 'prometheus';
}

function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}
