import { describe, expect, it } from 'vitest';
import type { Json, JsonObject, Panel, PanelKind } from './dashboard.ts';
import { isSameJson, jsonAt, withJsonAt } from './edit-json.ts';
import { changeKind, optionsOfKind } from './edit-panel-kind.ts';
import {
  optionCounts,
  optionPath,
  optionValue,
  type PanelOption,
  searchOptions,
  usualOf,
  withOption,
} from './edit-panel-option.ts';
import { Cursor, isList, isObject, ProblemList } from './read-cursor.ts';
import { readPanel } from './read-panel.ts';

const kinds: readonly PanelKind[] = [
  'timeseries',
  'stat',
  'gauge',
  'bargauge',
  'table',
  'text',
  'piechart',
  'heatmap',
  'barchart',
  'state-timeline',
  'status-history',
  'histogram',
  'dashlist',
  'alertlist',
];

const place = { x: 0, y: 0, w: 12, h: 8 };

function read(panel: JsonObject): { readonly view: Panel; readonly problems: readonly unknown[] } {
  const problems = new ProblemList();
  const view = readPanel(new Cursor(panel, '', problems), 1, place);
  return { view, problems: problems.toArray() };
}

/** All that options say; of the file itself nothing. */
function meaningOf(panel: JsonObject): Json {
  const { defaults, overrides, options } = read(panel).view;
  return JSON.parse(JSON.stringify({ defaults, overrides, options })) as Json;
}

/** With what no reader knows, which has to stay. */
function panelOf(kind: PanelKind): JsonObject {
  return {
    id: 1,
    type: kind,
    title: 'A',
    strange: { a: [1, { b: null }] },
    options: { strangeOption: true, legend: { strangeOption: 1 } },
    fieldConfig: {
      defaults: { strangeField: 'x', custom: { strangeField: 'y' } },
      overrides: [{ matcher: { id: 'byName', options: 'a' }, properties: [] }],
    },
  };
}

/** Another value than the usual one. */
function otherValue(option: PanelOption, kind: PanelKind): Json {
  const { control } = option;
  const usual = usualOf(option, kind);
  switch (control.kind) {
    case 'text':
    case 'lines':
    case 'field':
    case 'fields':
    case 'unit':
      return 'other';
    case 'flag':
      return usual !== true;
    case 'number':
    case 'slider':
      return control.max === undefined || usual !== control.max ? (control.max ?? 7) : 1;
    case 'choice':
      return control.choices.find(({ value }) => value !== usual)?.value ?? null;
    case 'many': {
      const [first] = control.choices.map(({ value }) => value);
      return control.asFlags === true ? { [String(first)]: true } : [first ?? null];
    }
    case 'texts':
      return ['other'];
    case 'reducers':
      return ['max'];
    case 'scheme':
      return 'Greens';
    case 'colour':
      return { mode: 'fixed', fixedColor: 'blue' };
    case 'thresholds':
      return { mode: 'percentage', steps: [{ color: 'red', value: null }] };
    case 'mappings':
      return [{ type: 'value', options: { 1: { text: 'up', index: 0 } } }];
    case 'links':
      return [{ title: 'a', url: '/d/a' }];
    case 'sort':
      return [{ displayName: 'a', desc: true }];
  }
}

/** The options that this one counts only with, set so that it does. */
function preparedFor(option: PanelOption, kind: PanelKind): JsonObject {
  const panel = panelOf(kind);
  const options = optionsOfKind(kind);
  const needed = options.find(({ id }) => id === option.when?.id);
  if (needed === undefined || optionCounts(panel, option, { options, kind })) return panel;
  return withOption(panel, needed, option.when?.is[0] ?? null);
}

/** Paths at which two values differ. */
function changes(a: Json | undefined, b: Json | undefined, path = ''): string[] {
  if (isSameJson(a, b)) return [];
  if (!isObject(a) || !isObject(b)) return [path];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) => changes(a[key], b[key], path === '' ? key : `${path}.${key}`));
}

/** Those at another place than the option's own; how a legend is shown are two words of the file. */
function strayChanges(option: PanelOption, changed: readonly string[]): string[] {
  const path = optionPath(option).join('.');
  const showLegend = 'options.legend.showLegend';
  return changed.filter((place) => {
    if (place === showLegend && option.id === 'options.legend.displayMode') return false;
    return path !== place && !path.startsWith(`${place}.`) && !place.startsWith(`${path}.`);
  });
}

const cases = kinds.flatMap((kind) => optionsOfKind(kind).map((option) => ({ kind, option })));

describe('options of panels', () => {
  it.each(kinds)('of %s are read, and each changes nothing else of the file', (kind) => {
    for (const option of optionsOfKind(kind)) {
      const before = preparedFor(option, kind);
      const value = otherValue(option, kind);
      const after = withOption(before, option, value);
      expect(strayChanges(option, changes(before, after)), option.id).toEqual([]);
      expect(jsonAt(after, ['strange'])).toEqual({ a: [1, { b: null }] });
      expect(isSameJson(meaningOf(before), meaningOf(after)), option.id).toBe(false);
      expect(read(after).problems, option.id).toEqual([]);
      expect(optionValue(after, option)).toEqual(value);
    }
  });

  it.each(kinds)('of %s are as usual where the file says nothing', (kind) => {
    for (const option of optionsOfKind(kind)) {
      const usual = usualOf(option, kind);
      if (usual === null) continue;
      const before = preparedFor(option, kind);
      expect(meaningOf(withOption(before, option, usual)), option.id).toEqual(meaningOf(before));
    }
  });

  it('take their key out of the file again', () => {
    const options = optionsOfKind('timeseries');
    const unit = options.find(({ id }) => id === 'unit');
    const panel = panelOf('timeseries');
    if (unit === undefined) throw new Error('cannot find the unit');
    const set = withOption(panel, unit, 'bytes');
    expect(withOption(set, unit, undefined)).toEqual(panel);
  });

  it('that name a choice name one that the reader knows', () => {
    for (const { kind, option } of cases) {
      if (option.control.kind !== 'choice') continue;
      for (const { value } of option.control.choices) {
        const panel = withOption(preparedFor(option, kind), option, value);
        expect(read(panel).problems, `${kind} ${option.id} ${value}`).toEqual([]);
      }
    }
  });

  it('are found by words of their name, help or choices', () => {
    const options = optionsOfKind('timeseries');
    const ids = (text: string): string[] => searchOptions(options, text).map(({ id }) => id);
    expect(ids('line width')).toContain('custom.lineWidth');
    expect(ids('logarithmic')).toEqual(['custom.scaleDistribution/type']);
    expect(ids('no such thing')).toEqual([]);
    expect(ids('')).toHaveLength(options.length);
  });

  it('have one name each in their section', () => {
    for (const kind of kinds) {
      const names = optionsOfKind(kind).map(({ section, name }) => `${section}: ${name}`);
      expect(new Set(names).size, kind).toBe(names.length);
    }
  });
});

describe('a panel that becomes another kind', () => {
  const graph: JsonObject = {
    id: 4,
    type: 'timeseries',
    title: 'CPU',
    targets: [{ refId: 'A', expr: 'up' }],
    options: { legend: { displayMode: 'table', calcs: ['max'] }, tooltip: { mode: 'multi' } },
    fieldConfig: {
      defaults: { unit: 'percent', max: 100, custom: { lineWidth: 2, fillOpacity: 10 } },
      overrides: [],
    },
  };

  it('keeps what both kinds have, and its queries', () => {
    const { panel } = changeKind(graph, 'stat', new Map());
    expect(panel).toEqual({
      ...graph,
      type: 'stat',
      options: { legend: {}, tooltip: {} },
      fieldConfig: { defaults: { unit: 'percent', max: 100, custom: {} }, overrides: [] },
    });
  });

  it('is as it was when it comes back', () => {
    let panel = graph;
    let aside: Parameters<typeof changeKind>[2] = new Map();
    for (const kind of ['stat', 'text', 'table', 'barchart', 'timeseries'] as const) {
      ({ panel, aside } = changeKind(panel, kind, aside));
    }
    expect(panel).toEqual(graph);
  });

  it('has its unit again with any kind that knows one', () => {
    const text = changeKind(graph, 'text', new Map());
    expect(jsonAt(text.panel, ['fieldConfig', 'defaults', 'unit'])).toBe(undefined);
    const { panel } = changeKind(text.panel, 'gauge', text.aside);
    expect(jsonAt(panel, ['fieldConfig', 'defaults', 'unit'])).toBe('percent');
  });

  it('keeps what no kind knows', () => {
    const strange = withJsonAt(graph, ['options', 'strange'], { a: 1 });
    const { panel } = changeKind(strange, 'gauge', new Map());
    expect(jsonAt(panel, ['options', 'strange'])).toEqual({ a: 1 });
  });

  it('has something to say of each kind', () => {
    for (const kind of kinds) {
      const { panel } = changeKind(graph, kind, new Map());
      expect(read(panel).view.options.kind).toBe(kind);
      expect(isList(panel['targets'])).toBe(true);
    }
  });
});
