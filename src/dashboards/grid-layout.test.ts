import { describe, expect, it } from 'vitest';
import { freePlace, insertInGrid, layOut, placeInGrid } from './grid-layout.ts';

/** `x,y w×h` */
function place(text: string): { x: number; y: number; w: number; h: number } {
  const [x = 0, y = 0, w = 0, h = 0] = text.split(/[ ,×]/).map(Number);
  return { x, y, w, h };
}

describe('the grid', () => {
  it.each([
    ['side by side stays', ['0,0 12×8', '12,0 12×8'], ['0,0 12×8', '12,0 12×8']],
    ['what is below a row begins at its top', ['0,40 12×8', '0,48 24×4'], ['0,0 12×8', '0,8 24×4']],
    ['gaps are closed', ['0,0 6×4', '0,90 6×4'], ['0,0 6×4', '0,4 6×4']],
    ['overlaps are resolved', ['0,0 12×8', '6,0 12×8'], ['0,0 12×8', '6,8 12×8']],
    ['the order of the file is kept', ['0,8 24×4', '0,0 24×8'], ['0,8 24×4', '0,0 24×8']],
    ['what is too wide is cut', ['20,0 99×2'], ['0,0 24×2']],
    ['what is outside comes in', ['30,-5 6×0'], ['18,0 6×1']],
    ['no numbers are the least', ['NaN,Infinity NaN×NaN'], ['0,0 1×1']],
  ])('%s', (_title, before, after) => {
    expect(layOut(before.map(place))).toEqual(after.map(place));
  });

  it('bounds the height that a file can ask for', () => {
    expect(layOut([place('0,0 24×1000000000')])[0]?.h).toBe(200);
  });
});

describe('a panel that is moved', () => {
  const column = ['0,0 12×8', '0,8 12×8', '0,16 12×8'];
  const pair = ['0,0 12×8', '12,0 12×8', '0,8 24×4'];
  it.each([
    ['a little stays where it was', column, '0: 0,3 12×8', column],
    [
      'past the middle of the next changes places with it',
      column,
      '0: 0,5 12×8',
      ['0,8 12×8', '0,0 12×8', '0,16 12×8'],
    ],
    [
      'down over two goes below both',
      column,
      '0: 0,14 12×8',
      ['0,16 12×8', '0,0 12×8', '0,8 12×8'],
    ],
    ['up pushes down what is there', column, '2: 0,2 12×8', ['0,8 12×8', '0,16 12×8', '0,0 12×8']],
    [
      'up past a middle only goes that far',
      column,
      '2: 0,11 12×8',
      ['0,0 12×8', '0,16 12×8', '0,8 12×8'],
    ],
    [
      'sideways into free columns makes room above',
      column,
      '1: 12,0 12×8',
      ['0,0 12×8', '12,0 12×8', '0,8 12×8'],
    ],
    [
      'onto its neighbour pushes it down',
      pair,
      '0: 12,0 12×8',
      ['12,0 12×8', '12,8 12×8', '0,16 24×4'],
    ],
    [
      'below its wide neighbour lets that up',
      pair,
      '0: 0,7 12×8',
      ['0,12 12×8', '12,0 12×8', '0,8 24×4'],
    ],
    ['out of the grid stays in it', column, '1: 40,-9 12×8', ['0,0 12×8', '12,0 12×8', '0,8 12×8']],
  ])('%s', (_title, before, move, after) => {
    const [index, to = ''] = move.split(': ');
    expect(placeInGrid(before.map(place), Number(index), place(to))).toEqual(after.map(place));
  });

  it.each([
    [
      'wider pushes its neighbour down',
      pair,
      '0: 0,0 16×8',
      ['0,0 16×8', '12,8 12×8', '0,16 24×4'],
    ],
    ['narrower leaves room beside it', pair, '0: 0,0 6×8', ['0,0 6×8', '12,0 12×8', '0,8 24×4']],
    [
      'higher pushes down what is below',
      pair,
      '0: 0,0 12×10',
      ['0,0 12×10', '12,0 12×8', '0,10 24×4'],
    ],
    ['lower lets up what is below', column, '1: 0,8 12×2', ['0,0 12×8', '0,8 12×2', '0,10 12×8']],
    [
      'wider than the grid is as wide as the grid',
      column,
      '0: 0,0 99×8',
      ['0,0 24×8', '0,8 12×8', '0,16 12×8'],
    ],
  ])('and made %s', (_title, before, move, after) => {
    const [index, to = ''] = move.split(': ');
    expect(placeInGrid(before.map(place), Number(index), place(to))).toEqual(after.map(place));
  });

  it('comes into another grid where it is dropped', () => {
    expect(insertInGrid(pair.map(place), place('0,0 12×6'))).toEqual(
      ['0,6 12×8', '12,0 12×8', '0,14 24×4', '0,0 12×6'].map(place),
    );
    expect(insertInGrid([], place('3,9 12×6'))).toEqual([place('3,0 12×6')]);
  });

  it.each([
    ['beside the last', ['0,0 12×8'], '12,0 12×8'],
    ['below all where there is no room', ['0,0 24×8'], '0,8 12×8'],
    ['where it is lowest', ['0,0 12×8', '12,0 12×4'], '12,4 12×8'],
    ['at the top of an empty grid', [], '0,0 12×8'],
  ])('that is new comes %s', (_title, before, after) => {
    expect(freePlace(before.map(place), 12, 8)).toEqual(place(after));
  });

  it('never covers another, whatever is done', () => {
    let seed = 7;
    const next = (below: number): number => {
      seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((seed / 2_147_483_648) * below);
    };
    for (let round = 0; round < 300; round++) {
      const any = (): ReturnType<typeof place> => ({
        x: next(24),
        y: next(40),
        w: 1 + next(24),
        h: 1 + next(12),
      });
      const laidOut = placeInGrid(Array.from({ length: 12 }, any), next(12), any());
      const pairs = laidOut.flatMap((a, i) => laidOut.slice(i + 1).map((b) => [a, b] as const));
      const covering = pairs.filter(
        ([a, b]) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h,
      );
      expect(covering).toEqual([]);
    }
  });
});
