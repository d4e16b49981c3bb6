import { describe, expect, it } from 'vitest';
import { arcBand, fitGauge } from './GaugeArc.ts';
import { type PieSize, slicePath, sliceTurns } from './PieArcs.ts';
import { readableColour, textOn } from './StatContrast.ts';
import { fitFont, fitWords } from './StatFit.ts';
import { layOutCells } from './StatGrid.ts';
import { sparkPaths } from './StatSparkline.tsx';

const WISH = { orientation: 'auto', aspect: 2, minHeight: 30, minWidth: 50 } as const;

describe('cells of single values', () => {
  it.each([
    [1, 300, 100, 1, 1],
    [4, 800, 100, 4, 1],
    [4, 100, 400, 1, 4],
    [4, 400, 200, 2, 2],
  ])('%i in %i by %i stand in %i columns and %i rows', (...row) => {
    const [count, width, height, columns, rows] = row;
    expect(layOutCells({ ...WISH, count, width, height })).toMatchObject({ columns, rows });
  });

  it('scroll rather than vanish where there are too many', () => {
    const grid = layOutCells({ ...WISH, count: 100, width: 120, height: 80 });
    expect(grid.cellHeight).toBe(30);
  });

  it('stand one below the other where bars are horizontal', () => {
    const wish = { ...WISH, orientation: 'horizontal', count: 3, width: 900, height: 90 } as const;
    expect(layOutCells(wish).columns).toBe(1);
  });
});

function measure(text: string): number {
  return text.length;
}

describe('texts that fit', () => {
  it('are as large as their room', () => {
    const room = { height: 100, min: 10, max: 200 };
    expect(fitFont(5, { ...room, width: 100 })).toBe(20);
    expect(fitFont(5, { ...room, width: 10_000 })).toBeCloseTo(86.9);
    expect(fitFont(500, { ...room, width: 100 })).toBe(10);
  });

  it('are cut where they are wider', () => {
    expect(fitWords('abcdef', 1, { width: 6, measure })).toBe('abcdef');
    expect(fitWords('abcdef', 1, { width: 4, measure })).toBe('abc…');
    expect(fitWords('abcdef', 1, { width: 0, measure })).toBe('');
  });
});

describe('drawings', () => {
  it('of a gauge stay in their box', () => {
    for (const [width, height] of [
      [60, 60],
      [400, 100],
      [90, 500],
    ] as const) {
      const { centreX, centreY, radius } = fitGauge(width, height, 4);
      expect(centreX - radius).toBeGreaterThanOrEqual(0);
      expect(centreY - radius).toBeGreaterThanOrEqual(0);
      expect(centreY + radius / 2).toBeLessThanOrEqual(height);
    }
  });

  it('of a gauge at its lower bound have no band', () => {
    expect(arcBand(fitGauge(100, 100, 0), [0, 0], [10, 20])).toBe('');
    expect(arcBand(fitGauge(100, 100, 0), [0, 1], [10, 20])).toMatch(/^M.* 1 1 .*Z$/);
  });

  it('of a pie share the turn; what is no size has none', () => {
    const turns = sliceTurns([1, 3, -5, Number.NaN, 0]);
    expect(turns.map(({ from, to }) => to - from)).toEqual([0.25, 0.75, 0, 0, 0]);
    expect(sliceTurns([Number.MAX_VALUE, Number.MAX_VALUE])[0]).toEqual({ from: 0, to: 0.5 });
    expect(sliceTurns([0, 0])).toEqual([
      { from: 0, to: 0 },
      { from: 0, to: 0 },
    ]);
  });

  it('of a whole pie are a circle, and a hole in a ring', () => {
    const pie: PieSize = { centreX: 10, centreY: 10, radius: 10, innerRadius: 0 };
    const whole = { from: 0, to: 1 };
    expect(slicePath({ ...pie, innerRadius: 0 }, whole).replaceAll(/[^MALZ]/g, '')).toBe('MAAZ');
    expect(slicePath({ ...pie, innerRadius: 2 }, whole).replaceAll(/[^MALZ]/g, '')).toBe(
      'MAAZMAAZ',
    );
    expect(slicePath(pie, { from: 0.2, to: 0.2 })).toBe('');
  });

  it('of a sparkline leave gaps open', () => {
    const values = Float64Array.of(1, 2, Number.NaN, 4);
    const { line } = sparkPaths({ times: undefined, values, width: 30, height: 13 });
    expect(line.match(/M/g)).toHaveLength(2);
    expect(line).not.toContain('NaN');
  });

  it('have colours that can be read on the panel', () => {
    expect(readableColour('#000000', false, 4.5)).toBe('#000000');
    expect(readableColour('#ffff00', false, 4.5)).not.toBe('#ffff00');
    expect(readableColour('#101010', true, 4.5)).not.toBe('#101010');
  });
});

describe('text on a colour', () => {
  it.each([
    ['#ffee00', true, '#000000'],
    ['#0000ff', false, '#ffffff'],
    ['#00000000', false, '#1f2933'],
    ['#00000000', true, '#d9dde3'],
    ['#00000020', false, '#000000'],
    ['#ffffff20', true, '#ffffff'],
  ])('%s (dark: %j) is %s', (colour, isDark, expected) => {
    expect(textOn(colour, isDark)).toBe(expected);
  });
});
