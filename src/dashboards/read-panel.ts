import type { GridPlace, Panel, PanelRepeat, Transformation } from './dashboard.ts';
import type { FieldSettings, FieldSettingsOverride } from './field-settings.ts';
import type { PanelOptions } from './panel-options.ts';
import type { Cursor } from './read-cursor.ts';
import { readFieldSettings, readOverrides } from './read-field-settings.ts';
import { readLinks } from './read-links.ts';
import { readOldPanel } from './read-old-panel.ts';
import { readPanelOptions } from './read-panel-options.ts';
import { readQueries } from './read-queries.ts';

const transformationsMax = 100;

/** What depends on the kind of a panel, in today's words. */
export interface PanelParts {
  readonly defaults: FieldSettings;
  readonly overrides: readonly FieldSettingsOverride[];
  readonly options: PanelOptions;
  readonly transformations?: readonly Transformation[];
}

/** Of whatever age and kind. */
export function readPanel(panel: Cursor, id: number, grid: GridPlace): Panel {
  const sourceType = panel.text('type');
  const parts = readOldPanel(sourceType, panel) ?? readTodaysPanel(sourceType, panel);
  return {
    id,
    sourceType,
    title: panel.text('title'),
    description: panel.text('description'),
    isTransparent: panel.flag('transparent'),
    grid,
    queries: readQueries(panel),
    minInterval: panel.text('interval'),
    maxDataPoints: readMaxDataPoints(panel),
    timeFrom: panel.text('timeFrom'),
    timeShift: panel.text('timeShift'),
    isTimeOverrideHidden: panel.flag('hideTimeOverride'),
    repeat: readRepeat(panel),
    links: readLinks(panel),
    transformations: [...(parts.transformations ?? []), ...readTransformations(panel)],
    defaults: parts.defaults,
    overrides: parts.overrides,
    options: parts.options,
    source: panel.value,
  };
}

function readTodaysPanel(type: string, panel: Cursor): PanelParts {
  const options = readPanelOptions(type, panel) ?? {
    kind: 'unknown',
    options: panel.child('options').value,
  };
  return {
    defaults: readFieldSettings(panel, options.kind),
    overrides: readOverrides(panel),
    options,
  };
}

function readMaxDataPoints(panel: Cursor): number | undefined {
  const count = panel.number('maxDataPoints');
  return count === undefined || count < 1 ? undefined : Math.min(count, 100_000);
}

/** Rows of 12 columns said how narrow a copy may be, today's grid how many stand beside each other. */
function readRepeat(panel: Cursor): PanelRepeat | undefined {
  const variable = panel.text('repeat');
  if (variable === '') return undefined;
  const spanMin = panel.number('minSpan');
  const ofSpan = spanMin === undefined || spanMin < 1 ? 4 : Math.floor(24 / spanMin);
  return {
    variable,
    direction: panel.oneOf('repeatDirection', ['h', 'v'], 'h'),
    maxPerRow: Math.min(Math.max(1, panel.numberOr('maxPerRow', ofSpan)), 24),
  };
}

function readTransformations(panel: Cursor): Transformation[] {
  return panel.items('transformations', transformationsMax).flatMap((item) => {
    const id = item.text('id');
    if (id === '') return [];
    const filter = item.child('filter');
    return [
      {
        id,
        options: item.child('options').value,
        isDisabled: item.flag('disabled'),
        filter: item.has('filter')
          ? { id: filter.text('id'), options: filter.raw('options') ?? null }
          : undefined,
      },
    ];
  });
}
