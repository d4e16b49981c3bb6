import { describe, expect, it } from 'vitest';
import { type FieldSettings, type Frame, noFieldSettings } from '#dashboards';
import { barModel } from './bar-model.ts';
import { type BarPlot, nameLayout } from './bar-plot.ts';

const BASE = { labels: {}, legend: '' };
const FRAME: Frame = {
  refId: 'A',
  name: '',
  kind: 'table',
  length: 3,
  fields: [
    { ...BASE, name: 'city', type: 'text', values: ['Bonn', 'Kiel', 'Ulm'] },
    { ...BASE, name: 'land', type: 'text', values: ['west', 'north', 'west'] },
    { ...BASE, name: 'people', type: 'number', values: Float64Array.of(3, 2, 1) },
    { ...BASE, name: 'heat', type: 'number', values: Float64Array.of(10, 95, 10) },
  ],
};
const BY_THRESHOLD: FieldSettings = {
  ...noFieldSettings,
  colour: { mode: 'thresholds', fixed: '', by: 'last' },
  thresholds: {
    mode: 'absolute',
    steps: [
      { value: -Infinity, colour: '#00ff00' },
      { value: 90, colour: '#ff0000' },
    ],
  },
};

function modelOf(xField: string, colourField: string): ReturnType<typeof barModel> {
  const settings = [[noFieldSettings, noFieldSettings, noFieldSettings, BY_THRESHOLD]];
  const shown = { frames: [FRAME], settings, isDark: false, zone: 'UTC' };
  return barModel({ ...shown, interpolate: (text) => text }, { xField, colourField });
}

describe('bars of a table', () => {
  it.each([
    ['', '', ['Bonn', 'Kiel', 'Ulm'], ['people', 'heat']],
    ['land', '', ['west', 'north', 'west'], ['people', 'heat']],
    ['city', 'heat', ['Bonn', 'Kiel', 'Ulm'], ['people']],
  ])('along %j, coloured by %j', (xField, colourField, categories, names) => {
    const model = modelOf(xField, colourField);
    expect(model.categories).toEqual(categories);
    expect(model.series.map(({ name }) => name)).toEqual(names);
  });

  it('have the colours of another field', () => {
    const [series] = modelOf('city', 'heat').series;
    expect(series?.colours).toEqual(['#00ff00', '#ff0000', '#00ff00']);
  });

  it('are alike where its texts are', () => {
    const colours = modelOf('city', 'land').series[0]?.colours ?? [];
    expect(colours[0]).toBe(colours[2]);
    expect(colours[0]).not.toBe(colours[1]);
  });
});

describe('names of bars', () => {
  const plot = {
    categories: Array.from({ length: 40 }, (_, i) => `a rather long name ${i}`),
    isHorizontal: false,
    nameRotation: 0,
    nameLengthMax: 0,
  } as unknown as BarPlot;
  const size = { width: 800, height: 300 };

  it('stand closer where they lean, and take more height', () => {
    const level = nameLayout(size, plot);
    const leaning = nameLayout(size, { ...plot, nameRotation: -90 });
    expect(leaning.every).toBeLessThan(level.every);
    expect(leaning.sizePx).toBeGreaterThan(level.sizePx);
    expect(leaning.sizePx).toBeLessThan(size.height / 2 + 20);
  });

  it('are as long as the file says, and no longer than there is room for', () => {
    expect(nameLayout(size, { ...plot, nameLengthMax: 5 }).lengthMax).toBe(5);
    expect(nameLayout(size, { ...plot, nameLengthMax: 500 }).lengthMax).toBe(16);
  });

  it('of bars that lie never lean', () => {
    const lying = nameLayout(size, { ...plot, isHorizontal: true, nameRotation: 45 });
    expect(lying.rotation).toBe(0);
  });
});
