import { describe, expect, it } from 'vitest';
import { type FieldSettings, formatText, noFieldSettings, type SeriesStyle } from '#dashboards';
import { planScales, scaleRange, tickSteps, tickTexts } from './scales.ts';
import { axisTexts } from './value-axis.ts';

type Change = Partial<Omit<FieldSettings, 'style'>> & { readonly style?: Partial<SeriesStyle> };

function settingsOf({ style, ...more }: Change): FieldSettings {
  return { ...noFieldSettings, ...more, style: { ...noFieldSettings.style, ...style } };
}

describe('scales of a graph', () => {
  it('are shared by series of one unit, the second unit on the right', () => {
    const settings = ['bytes', 'percent', 'bytes'].map((unit) => settingsOf({ unit }));
    const { scales, indexes } = planScales(settings);
    expect(indexes).toEqual([0, 1, 0]);
    expect(scales.map(({ side }) => side)).toEqual(['left', 'right']);
  });

  it.each<[string, Change, [number | null, number | null], [number, number]]>([
    ['nothing', {}, [null, null], [0, 1]],
    ['one value', {}, [5, 5], [0, 10]],
    ['a margin, and zero where it is near', {}, [1, 100], [0, 110]],
    ['hard limits', { min: 10, max: 20 }, [0, 100], [10, 20]],
    ['bars from zero', { style: { draw: 'bars' } }, [40, 100], [0, 110]],
    ['zeros of bars', { style: { draw: 'bars' } }, [0, 0], [0, 1]],
    ['logarithms by whole powers', { style: { logBase: 10 } }, [2, 900], [1, 1000]],
    ['logarithms of nothing', { style: { logBase: 2 } }, [null, null], [1, 2]],
    ['shares', { style: { stacking: { mode: 'percent', group: 'A' } } }, [0.2, 1], [0, 1]],
  ])('fit %s', (_, change, [low, high], expected) => {
    const [plan] = planScales([settingsOf(change)]).scales;
    expect(plan && scaleRange(low, high, plan)).toEqual(expected);
  });

  it('keep zero in the middle where asked', () => {
    const axis = { ...noFieldSettings.style.axis, isCentredZero: true };
    const [plan] = planScales([settingsOf({ style: { axis } })]).scales;
    const [min, max] = plan === undefined ? [0, 0] : scaleRange(-3, 10, plan);
    expect(min).toBe(-max);
  });

  it('take soft limits until the data go beyond', () => {
    const axis = { ...noFieldSettings.style.axis, softMin: 0, softMax: 50 };
    const [plan] = planScales([settingsOf({ style: { axis } })]).scales;
    expect(plan && scaleRange(10, 20, plan)).toEqual([0, 50]);
    expect(plan && scaleRange(10, 100, plan)).toEqual([0, 110]);
  });

  it.each([
    [
      [0, 0.25, 0.5],
      ['0', '0.25', '0.50'],
    ],
    [
      [0, 1000, 2000],
      ['0', '1 K', '2 K'],
    ],
  ])('write the ticks %j with as few decimals as tell them', (ticks, expected) => {
    const texts = tickTexts(ticks, (value, decimals) => formatText(value, 'short', decimals));
    expect(texts.map(Number.parseFloat)).toEqual(expected.map(Number.parseFloat));
  });

  it('step by powers of two over bytes', () => {
    expect(tickSteps('bytes')).toContain(1024);
    expect(tickSteps('short')).toBeUndefined();
  });
});

describe('texts of an axis', () => {
  it.each([
    [[0, 1, 2], 0, ['0', '1', '2']],
    [[0, 0.5, 1], 0, ['0.0', '0.5', '1.0']],
    [[0, 0.5, 1], 2, ['0.00', '0.50', '1.00']],
    [[0, 0.5, 1], undefined, ['0.0', '0.5', '1.0']],
  ])('%j with %j decimals', (ticks, decimals, expected) => {
    expect(axisTexts(ticks, { unit: 'none', decimals, isLog: false })).toEqual(expected);
  });
});
