import { describe, expect, it } from 'vitest';
import type { JsonObject } from './dashboard.ts';
import { optionsOfKind, overrideOptions } from './edit-panel-kind.ts';
import { moveItem } from './edit-panel-lists.ts';
import type { PanelOption } from './edit-panel-option.ts';
import {
  addOverride,
  overridesOf,
  overrideValue,
  removeOverride,
  removeProperty,
  withMatcherOptions,
  withOverrideValue,
} from './edit-panel-overrides.ts';
import {
  addQuery,
  duplicateQuery,
  isRefIdTaken,
  queriesOf,
  queriesPath,
  withQueryKey,
  withQueryType,
} from './edit-panel-queries.ts';
import { suggestKinds } from './edit-panel-suggest.ts';
import {
  addTransformation,
  isTransformationOff,
  moveColumn,
  organizedColumns,
  switchTransformation,
  transformationKinds,
} from './edit-panel-transformations.ts';
import { fieldValues } from './field-values.ts';
import type { Frame } from './frame.ts';
import { Cursor, ProblemList } from './read-cursor.ts';
import { noFieldSettings } from './read-field-settings.ts';
import { readPanel } from './read-panel.ts';
import { transformFrames } from './transformations.ts';
import { searchUnits, unitChoices, unitName } from './unit-catalogue.ts';
import { unitList } from './unit-list.ts';
import { formatText } from './units.ts';

function optionOf(id: string): PanelOption {
  const option = overrideOptions('timeseries').find((one) => one.id === id);
  if (option === undefined) throw new Error(`cannot find ${id}`);
  return option;
}

describe('overrides', () => {
  const panel: JsonObject = {
    type: 'timeseries',
    fieldConfig: {
      defaults: { unit: 's' },
      overrides: [
        {
          matcher: { id: 'byName', options: 'a', scope: 'x' },
          properties: [{ id: 'strange', value: 1 }],
        },
        { matcher: { id: 'byRegexp', options: '/b/' }, properties: [{ id: 'unit', value: 'ms' }] },
      ],
    },
  };

  it('get a property, or another value of it, and keep the others', () => {
    const added = withOverrideValue(panel, 0, { option: optionOf('custom.lineWidth'), value: 3 });
    const changed = withOverrideValue(added, 0, { option: optionOf('custom.lineWidth'), value: 4 });
    expect(overridesOf(changed)[0]?.properties).toEqual([
      { id: 'strange', value: 1 },
      { id: 'custom.lineWidth', value: 4 },
    ]);
    expect(overridesOf(changed)[1]).toEqual(overridesOf(panel)[1]);
    expect(changed['fieldConfig']).toMatchObject({ overrides: [{ matcher: { scope: 'x' } }, {}] });
  });

  it('set parts of one property together', () => {
    const viz = withOverrideValue(panel, 1, {
      option: optionOf('custom.hideFrom/viz'),
      value: true,
    });
    const both = withOverrideValue(viz, 1, {
      option: optionOf('custom.hideFrom/legend'),
      value: true,
    });
    const [, second] = overridesOf(both);
    expect(second?.properties[1]).toEqual({
      id: 'custom.hideFrom',
      value: { viz: true, legend: true },
    });
    expect(second && overrideValue(second, optionOf('custom.hideFrom/viz'))).toBe(true);
    expect(overridesOf(removeProperty(both, 1, 'custom.hideFrom'))[1]).toEqual(
      overridesOf(panel)[1],
    );
  });

  it('are added, given another matcher, and removed', () => {
    const added = addOverride({ type: 'stat' }, 'byType', 'number');
    expect(added).toEqual({
      type: 'stat',
      fieldConfig: {
        overrides: [{ matcher: { id: 'byType', options: 'number' }, properties: [] }],
      },
    });
    const other = withMatcherOptions(added, 0, 'string');
    expect(overridesOf(other)[0]?.matcherOptions).toBe('string');
    expect(overridesOf(removeOverride(other, 0))).toEqual([]);
  });

  it('can say each option that they are offered for', () => {
    for (const kind of ['timeseries', 'table', 'stat', 'barchart', 'piechart'] as const) {
      for (const option of overrideOptions(kind)) {
        const value = option.control.kind === 'flag' ? true : 'a';
        const own = withOverrideValue({ type: kind }, 0, { option, value });
        const [override] = overridesOf(addOverride(own, 'byName', 'a'));
        expect(override).toBeDefined();
        const given = {
          matcher: { id: 'alwaysMatch', options: null },
          properties: override?.properties ?? [],
        };
        const frame: Frame = { refId: 'A', name: '', kind: 'table', length: 0, fields: [] };
        const { problems } = fieldValues([frame], noFieldSettings, [given]);
        expect(
          problems.filter((problem) => problem.startsWith('cannot use')),
          option.id,
        ).toEqual([]);
      }
    }
  });
});

function refIds(one: JsonObject): string[] {
  return queriesOf(one).map(({ refId }) => refId);
}

describe('queries', () => {
  const panel: JsonObject = {
    type: 'timeseries',
    targets: [
      { refId: 'A', expr: 'up', step: 30, datasource: { uid: 'x' } },
      { rawSql: 'select 1' },
      { refId: 'A', expr: 'down', instant: true },
    ],
  };

  it('are those of the file, each with a name of its own', () => {
    expect(queriesOf(panel).map(({ refId, isPromql, type }) => [refId, isPromql, type])).toEqual([
      ['A', true, 'range'],
      ['B', false, 'range'],
      ['C', true, 'instant'],
    ]);
    expect(isRefIdTaken(panel, 0, 'C')).toBe(true);
    expect(isRefIdTaken(panel, 0, 'D')).toBe(false);
  });

  it('change at one key', () => {
    const changed = withQueryKey(panel, 0, { key: 'expr', value: 'up == 1' });
    expect(changed['targets']).toEqual([
      { refId: 'A', expr: 'up == 1', step: 30, datasource: { uid: 'x' } },
      { rawSql: 'select 1' },
      { refId: 'A', expr: 'down', instant: true },
    ]);
  });

  it('ask over time, at its end or both', () => {
    const types = (['range', 'instant', 'both'] as const).map((type) => {
      const changed = withQueryType(panel, 0, type);
      const [query] = readPanel(new Cursor(changed, '', new ProblemList()), 1, place).queries;
      expect(queriesOf(changed)[0]?.type).toBe(type);
      return [query?.isRange, query?.isInstant];
    });
    expect(types).toEqual([
      [true, false],
      [false, true],
      [true, true],
    ]);
  });

  it('are added, copied and ordered', () => {
    expect(refIds(addQuery({ type: 'stat' }))).toEqual(['A']);
    expect(refIds(addQuery(panel))).toEqual(['A', 'B', 'C', 'D']);
    const copied = queriesOf(duplicateQuery(panel, 0));
    expect(copied[1]).toMatchObject({ refId: 'D', expr: 'up' });
    const moved = moveItem(panel, queriesPath, { index: 2, by: -1 });
    expect(queriesOf(moved).map(({ expr }) => expr)).toEqual(['up', 'down', '']);
    expect(moveItem(panel, queriesPath, { index: 2, by: 1 })).toBe(panel);
  });
});

const place = { x: 0, y: 0, w: 1, h: 1 };
const base = { labels: {}, legend: '' };
function series(values: readonly number[], labels: Record<string, string> = {}): Frame {
  return {
    refId: 'A',
    name: '',
    kind: 'timeseries',
    length: values.length,
    fields: [
      { ...base, name: 'Time', type: 'time', values: Float64Array.from(values, (_, i) => i) },
      { ...base, labels, name: 'Value', type: 'number', values: Float64Array.from(values) },
    ],
  };
}
const table: Frame = {
  refId: 'A',
  name: '',
  kind: 'table',
  length: 3,
  fields: [
    { ...base, name: 'job', type: 'text', values: ['a', 'b', 'c'] },
    { ...base, name: 'Value', type: 'number', values: Float64Array.of(1, 2, 3) },
  ],
};

function kindsFor(frames: readonly Frame[]): string[] {
  return suggestKinds(frames).map(({ kind }) => kind);
}

describe('kinds that fit the data', () => {
  it.each([
    ['nothing', [], undefined],
    ['measurements', [series([1.5, 2.5, 9.25])], 'timeseries'],
    ['states', [series([0, 1, 1]), series([1, 1, 1])], 'state-timeline'],
    ['buckets', [series([1, 2], { le: '1' }), series([3, 4], { le: '2' })], 'heatmap'],
    ['one value', [series([4])], 'stat'],
    ['some values', [series([4]), series([5]), series([6])], 'bargauge'],
    ['a table', [table], 'table'],
  ])('%s', (_, frames, first) => {
    expect(suggestKinds(frames)[0]?.kind).toBe(first);
  });

  it('say what they go by', () => {
    expect(suggestKinds([series([1.5, 2])])[0]?.because).toBe('one series over time');
    expect(suggestKinds([table])[0]?.because).toBe('3 rows, 1 number and 1 text in each');
  });

  it('are no pie of negative values', () => {
    expect(kindsFor([series([1]), series([2])])).toContain('piechart');
    expect(kindsFor([series([1]), series([-2])])).not.toContain('piechart');
  });
});

describe('transformations', () => {
  it('that are offered are all known, and a new one does no harm', () => {
    for (const kind of transformationKinds) {
      const panel = addTransformation({ type: 'table' }, kind);
      const view = readPanel(new Cursor(panel, '', new ProblemList()), 1, {
        x: 0,
        y: 0,
        w: 1,
        h: 1,
      });
      const { problems } = transformFrames([table], view.transformations);
      expect(problems, kind.id).toEqual([]);
    }
  });

  it('are switched off and on', () => {
    const panel: JsonObject = { transformations: [{ id: 'merge', options: {}, strange: 1 }] };
    const off = switchTransformation(panel, 0);
    expect(isTransformationOff(off, 0)).toBe(true);
    expect(switchTransformation(off, 0)).toEqual(panel);
  });

  it('put columns in order', () => {
    const options: JsonObject = { renameByName: { b: 'B' }, excludeByName: { c: true } };
    const columns = organizedColumns(options, ['a', 'b', 'c']);
    expect(columns).toEqual([
      { name: 'a', isHidden: false, shownAs: '' },
      { name: 'b', isHidden: false, shownAs: 'B' },
      { name: 'c', isHidden: true, shownAs: '' },
    ]);
    const moved = moveColumn(options, columns, { name: 'b', by: -1 });
    expect(moved).toEqual({ ...options, indexByName: { b: 0, a: 1, c: 2 } });
    expect(organizedColumns(moved, ['a', 'b', 'c']).map(({ name }) => name)).toEqual([
      'b',
      'a',
      'c',
    ]);
    expect(moveColumn(options, columns, { name: 'a', by: -1 })).toBe(options);
  });
});

describe('units that can be chosen', () => {
  it('are all known, each once', () => {
    const ids = unitChoices.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(200);
    // A text that is no unit stands behind the number as it is.
    const number = formatText(12e6, 'none');
    const others = ids.filter((id) => !unitList.has(id));
    const unknown = others.filter((id) => formatText(12e6, id) === `${number} ${id}`);
    expect(unknown).toEqual([]);
  });

  it('are found by their names, the closest first', () => {
    expect(searchUnits('percent')[0]?.id).toBe('percent');
    expect(searchUnits('bytes per second').map(({ id }) => id)).toContain('binBps');
    expect(searchUnits('ms')[0]?.id).toBe('ms');
    expect(searchUnits('no such unit')).toEqual([]);
  });

  it('are named by themselves where they are one’s own', () => {
    expect(unitName('reqps')).toBe('requests per second');
    expect(unitName('connections')).toBe('connections');
  });
});

it('options that need each other name one of their kind', () => {
  for (const kind of ['timeseries', 'stat', 'table', 'heatmap', 'barchart', 'piechart'] as const) {
    const ids = new Set(optionsOfKind(kind).map(({ id }) => id));
    for (const { when } of optionsOfKind(kind)) {
      if (when !== undefined) expect(ids, when.id).toContain(when.id);
    }
  }
});
