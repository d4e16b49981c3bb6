import { describe, expect, it } from 'vitest';
import { assignColours, DARK_COLOURS, hashSeries, LIGHT_COLOURS } from './series-colour.ts';

const series = Array.from({ length: 60 }, (_, i) => ({ __name__: 'up', instance: `host-${i}` }));

describe('colours of series', () => {
  it('does not depend on the order of the labels', () => {
    expect(hashSeries({ a: '1', b: '2' })).toBe(hashSeries({ b: '2', a: '1' }));
  });

  it.each([
    [{ a: '1' }, { a: '2' }],
    [
      { a: '12', b: '' },
      { a: '1', b: '2' },
    ],
    [{ ab: 'c' }, { a: 'bc' }],
  ])('tells %j from %j', (one, other) => {
    expect(hashSeries(one as object as Record<string, string>)).not.toBe(
      hashSeries(other as object as Record<string, string>),
    );
  });

  it('is the same for one series alone and as the first of many', () => {
    expect(assignColours(series.slice(0, 1))[0]).toBe(assignColours(series)[0]);
  });

  it('gives no colour twice before all are used', () => {
    const colours = assignColours(series);
    expect(new Set(colours.slice(0, 24)).size).toBe(24);
    expect(new Set(colours.slice(24, 48)).size).toBe(24);
  });

  it.each([
    ['light', LIGHT_COLOURS, '#ffffff'],
    ['dark', DARK_COLOURS, '#201c18'],
  ] as const)('in the %s scheme each stands out from the page, 3:1', (_scheme, colours, page) => {
    expect(new Set(colours).size).toBe(24);
    const weak = colours.filter((colour) => contrast(colour, page) < 3);
    expect(weak).toEqual([]);
  });
});

/** WCAG 2, relative luminance and contrast ratio. */
function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
