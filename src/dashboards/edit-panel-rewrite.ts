import type { JsonObject, Panel } from './dashboard.ts';
import {
  printFieldSettings,
  printOptions,
  printOverrides,
  printTransformations,
} from './edit-panel-print.ts';
import { Cursor, isObject, ProblemList } from './read-cursor.ts';
import { readOldPanel } from './read-old-panel.ts';
import { readPanel } from './read-panel.ts';

/** What only old kinds say, by the kind: in today's words it stands in `options`, `fieldConfig` and `transformations`. */
const graphKeys =
  'aliasColors bars dashLength dashes fill fillGradient hiddenSeries legend lines linewidth nullPointMode percentage pointradius points renderer seriesOverrides spaceLength stack steppedLine thresholds timeRegions tooltip xaxis yaxes yaxis grid y_formats x-axis y-axis leftYAxisLabel rightYAxisLabel decimals';
const singleStatKeys =
  'cacheTimeout colorBackground colorPostfix colorPrefix colorValue colors decimals format gauge mappingType mappingTypes nullPointMode nullText postfix postfixFontSize prefix prefixFontSize rangeMaps sparkline tableColumn thresholds valueFontSize valueMaps valueName';
const oldKeys: Readonly<Record<string, string>> = {
  graph: graphKeys,
  singlestat: singleStatKeys,
  'grafana-singlestat-panel': singleStatKeys,
  'table-old': 'columns fontSize pageSize scroll showHeader sort styles transform',
  table: 'columns fontSize pageSize scroll showHeader sort styles transform',
  heatmap:
    'cards color dataFormat heatmap hideZeroBuckets highlightCards legend reverseYBuckets tooltip xAxis xBucketNumber xBucketSize yAxis yBucketBound yBucketNumber yBucketSize',
  'grafana-piechart-panel':
    'aliasColors breakPoint combine fontSize format legend legendType nullPointMode pieType strokeWidth valueName cacheTimeout decimals',
  gauge: 'options-gauge',
  bargauge: '',
  stat: '',
  singlestat2: '',
  text: 'mode content',
  dashlist: 'headings limit query recent search starred tags',
  alertlist:
    'alertName dashboardFilter dashboardTags folderId limit nameFilter onlyAlertsOnDashboard show sortOrder stateFilter',
};

/** Options of gauges and stats before 2020, whose fields said nothing themselves. */
const oldOptionKeys = new Set([
  'fieldOptions',
  'valueOptions',
  'thresholds',
  'valueMappings',
  'minValue',
  'maxValue',
  'unit',
  'stat',
  'decimals',
  'prefix',
  'suffix',
  'postfix',
]);

/** Whether it is of a kind that today's has replaced: its options are edited once it is rewritten. */
export function isOldPanel(panel: JsonObject): boolean {
  const type = typeOf(panel);
  const cursor = new Cursor(panel, '', new ProblemList());
  if (readOldPanel(type, cursor) !== undefined) return true;
  const hasOptions = Object.keys(cursor.child('options').value).length > 0;
  if (type === 'text') return !hasOptions && (cursor.has('content') || cursor.has('mode'));
  return (type === 'dashlist' || type === 'alertlist') && !hasOptions && cursor.has('limit');
}

export interface Rewritten {
  readonly panel: JsonObject;
  /** What today's words cannot say, for the person to decide. */
  readonly lost: readonly string[];
}

/** The same panel in today's words: what is drawn is the same, and what is not known of the old kind stays. */
export function rewritePanel(panel: JsonObject): Rewritten {
  const type = typeOf(panel);
  const cursor = new Cursor(panel, '', new ProblemList());
  const view = readPanel(cursor, 1, { x: 0, y: 0, w: 1, h: 1 });
  const { kind } = view.options;
  const dropped = new Set(
    (Object.hasOwn(oldKeys, type) ? (oldKeys[type] ?? '') : '').split(' ').filter(Boolean),
  );
  const fieldConfig = cursor.child('fieldConfig').value;
  const next: JsonObject = {
    ...without(panel, dropped),
    type: kind,
    options: {
      ...without(cursor.child('options').value, oldOptionKeys),
      ...printOptions(view.options),
    },
    fieldConfig: {
      ...fieldConfig,
      defaults: printFieldSettings(view.defaults, kind),
      overrides: printOverrides(view.overrides),
    },
    ...(view.transformations.length === 0
      ? {}
      : { transformations: printTransformations(view.transformations) }),
  };
  return { panel: next, lost: lostBy(view, panel) };
}

function typeOf(panel: JsonObject): string {
  const type = panel['type'];
  return typeof type === 'string' ? type : '';
}

function without(object: JsonObject, keys: ReadonlySet<string>): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.has(key)));
}

function lostBy({ defaults, options }: Panel, panel: JsonObject): string[] {
  const lost: string[] = [];
  if (defaults.style.nullsAsZero) lost.push('missing values as zero: they become gaps');
  if (options.kind === 'stat') {
    if (options.prefix !== '') lost.push(`“${options.prefix}” before the value`);
    if (options.postfix !== '') lost.push(`“${options.postfix}” behind the value`);
  }
  if (isObject(panel['alert'])) lost.push('its alert is kept in the file, and not evaluated');
  return lost;
}
