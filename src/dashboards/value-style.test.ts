import { describe, expect, it } from 'vitest';
import { cssColour, luminance, parseColour, textColourOn } from './colours.ts';
import { schemeColour } from './colour-schemes.ts';
import type { FieldSettings, ValueMapping } from './field-settings.ts';
import { fieldValues } from './field-values.ts';
import type { Frame } from './frame.ts';
import { noFieldSettings } from './read-field-settings.ts';
import { seriesColours } from './series-colours.ts';
import { valueStyle } from './value-style.ts';

const context = { zone: 'UTC', nowMs: 0, isDark: true, seriesColour: '#123456' };
const settings = (more: Partial<FieldSettings>): FieldSettings => ({ ...noFieldSettings, ...more });
const steps = [
  { value: -Infinity, colour: 'green' },
  { value: 50, colour: '#ff0000' },
];
const byThreshold = { mode: 'thresholds', fixed: '', by: 'last' } as const;

describe('the look of values', () => {
  it.each([
    ['absolute', 49, undefined, cssColour('green', true)],
    ['absolute', 50, undefined, '#ff0000'],
    ['percentage', 50, 200, cssColour('green', true)],
    ['percentage', 100, 200, '#ff0000'],
    ['absolute', NaN, undefined, cssColour('green', true)],
  ] as const)('thresholds of mode %s colour %d of at most %s', (mode, value, max, colour) => {
    const own = settings({ thresholds: { mode, steps }, colour: byThreshold, min: 0, max });
    expect(valueStyle(own, value, context).colour).toBe(colour);
  });

  const mappings: ValueMapping[] = [
    { kind: 'value', value: '1', result: { text: 'up', colour: '#00ff00' } },
    { kind: 'range', from: 10, to: undefined, result: { text: 'many', colour: '' } },
    { kind: 'special', match: 'null+nan', result: { text: 'N/A', colour: '' } },
    { kind: 'regex', pattern: '/v(\\d+).*/', result: { text: 'version $1', colour: '' } },
  ];
  it.each([
    [1, 'up'],
    [5, '5'],
    [11, 'many'],
    [null, 'N/A'],
    [NaN, 'N/A'],
    ['v12.3', 'version 12'],
    ['w12', 'w12'],
  ])('maps %s to %s', (value, text) => {
    expect(valueStyle(settings({ mappings }), value, context).whole).toBe(text);
  });

  it('takes the series colour where nothing else says', () => {
    expect(valueStyle(settings({}), 1, context)).toMatchObject({
      colour: '#123456',
      isColourOfValue: false,
    });
  });

  it('shows noValue for null', () => {
    expect(valueStyle(settings({ noValue: 'none' }), null, context)).toMatchObject({
      whole: 'none',
      hasValue: false,
    });
  });

  it.each([
    ['dark-red', /^#[0-9a-f]{6}$/],
    ['super-light-blue', /^#[0-9a-f]{6}$/],
    ['rgba(10, 20, 30, 0.5)', /^#0a141e80$/],
    ['#abc', /^#aabbcc$/],
    ['constructor', /^#808080$/],
    ['red;background:url(//x)', /^#808080$/],
    ['', /^#808080$/],
  ])('reads the colour %s', (text, shape) => {
    expect(cssColour(text, false)).toMatch(shape);
  });

  it('lets shades of one name run from dark to light', () => {
    const names = ['dark-', 'semi-dark-', '', 'light-', 'super-light-'].map(
      (name) => `${name}blue`,
    );
    const lights = names.map((name) =>
      luminance(parseColour(name, true) ?? { r: 0, g: 0, b: 0, a: 1 }),
    );
    expect(lights).toEqual(lights.toSorted((a, b) => a - b));
  });

  it('runs a scheme from one end to the other', () => {
    expect(schemeColour('viridis', 0, true)).toBe('#440154');
    expect(schemeColour('viridis', 1, true)).toBe('#fde725');
    expect(schemeColour('continuous-GrYlRd', 1, true)).toBe(cssColour('red', true));
  });

  it('writes black on light and white on dark', () => {
    expect([textColourOn('#ffffff'), textColourOn('#000000')]).toEqual(['#000000', '#ffffff']);
  });

  it('gives series of one panel colours of their own, whatever their order', () => {
    const names = Array.from({ length: 24 }, (_, i) => `series ${i}`);
    const colours = seriesColours(names, true);
    expect(new Set(colours).size).toBe(24);
    expect(seriesColours(names.toReversed(), true)).toEqual(colours.toReversed());
    expect(new Set(seriesColours(['a', 'a'], true)).size).toBe(2);
  });
});

const frame: Frame = {
  refId: 'B',
  name: 'B',
  kind: 'timeseries',
  length: 1,
  fields: [
    { type: 'time', name: 'Time', labels: {}, legend: '', values: Float64Array.of(0) },
    { type: 'number', name: 'Value', labels: { a: '1' }, legend: 'in', values: Float64Array.of(9) },
    {
      type: 'number',
      name: 'Value',
      labels: { a: '2' },
      legend: 'out',
      values: Float64Array.of(0),
    },
  ],
};

describe('overrides', () => {
  it.each([
    ['byName', 'out', [2]],
    ['byRegexp', '/^o/', [2]],
    ['byRegexp', 'i.*', [1]],
    ['byRegexp', '/(?=x)/', []],
    ['byFrameRefID', 'B', [0, 1, 2]],
    ['byType', 'number', [1, 2]],
    ['byTypes', { types: ['time', 'string'] }, [0]],
    ['byNames', { mode: 'exclude', names: ['in'] }, [0, 2]],
    ['byValue', { reducer: 'max', op: 'gt', value: 5 }, [1]],
    ['unheard', '', []],
  ])('%s %j holds for fields %j', (id, options, holding) => {
    const properties = [{ id: 'unit', value: 'bytes' }];
    const { settings, problems } = fieldValues([frame], noFieldSettings, [
      { matcher: { id, options }, properties },
    ]);
    const found = (settings[0] ?? []).flatMap(({ unit }, i) => (unit === 'bytes' ? [i] : []));
    expect(found).toEqual(holding);
    expect(problems.length > 0).toBe(holding.length === 0);
  });

  it('sets what a property names and nothing else; a later one wins', () => {
    const matcher = { id: 'byName', options: 'out' };
    const { settings, names } = fieldValues([frame], noFieldSettings, [
      {
        matcher,
        properties: [
          { id: 'custom.transform', value: 'negative-Y' },
          { id: 'custom.axisPlacement', value: 'right' },
          { id: 'color', value: { mode: 'fixed', fixedColor: 'red' } },
          { id: 'displayName', value: 'sent by ${__field.labels.a}' },
        ],
      },
      { matcher, properties: [{ id: 'custom.fillOpacity', value: 40 }] },
      { matcher, properties: [{ id: 'color', value: { mode: 'fixed', fixedColor: 'blue' } }] },
    ]);
    const own = settings[0]?.[2];
    expect(own).toEqual({
      ...noFieldSettings,
      displayName: 'sent by ${__field.labels.a}',
      colour: { mode: 'fixed', fixed: 'blue', by: 'last' },
      style: {
        ...noFieldSettings.style,
        transform: 'negative-Y',
        fillOpacity: 40,
        axis: { ...noFieldSettings.style.axis, placement: 'right' },
      },
    });
    expect(names[0]).toEqual(['Time', 'in', 'sent by 2']);
    expect(settings[0]?.[1]).toBe(noFieldSettings);
  });
});
