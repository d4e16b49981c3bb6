import { describe, expect, it } from 'vitest';
import { heightPx, layOut } from './grid-layout.ts';

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

  it('knows the pixels of rows with the gaps between them', () => {
    expect([heightPx(1), heightPx(8)]).toEqual([30, 296]);
  });
});
