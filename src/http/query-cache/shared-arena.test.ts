import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { SharedArena } from './shared-arena.ts';
import type { Piece } from './shared-arena.ts';

it('grows as it is used, up to its limit', () => {
  const arena = new SharedArena(3 << 20);
  expect(arena.memory.byteLength).toBe(0);
  expect(arena.take(1000)).toEqual({ offset: 0, length: 1024 });
  expect(arena.memory.byteLength).toBe(1 << 20);
  expect(arena.take(2 << 20)?.offset).toBe(1024);
  expect(arena.take(1 << 20)).toBeUndefined();
  expect(arena.take((1 << 20) - 1024)).toBeDefined();
  expect(arena.usedBytes).toBe(3 << 20);
  expect(arena.memory.byteLength).toBe(3 << 20);
});

it('never gives two pieces the same place, and joins holes', () => {
  const sizes = fc.array(fc.integer({ min: -20, max: 9000 }), { maxLength: 200 });
  const property = fc.property(sizes, (steps) => {
    const arena = new SharedArena(64 << 10);
    const held: Piece[] = [];
    for (const step of steps) {
      if (step <= 0) {
        const [piece] = held.splice(-step % (held.length || 1), 1);
        if (piece !== undefined) arena.release(piece);
        continue;
      }
      const piece = arena.take(step);
      if (piece === undefined) continue;
      expect(piece.offset % 8).toBe(0);
      expect(piece.length).toBeGreaterThanOrEqual(step);
      expect(piece.offset + piece.length).toBeLessThanOrEqual(arena.memory.byteLength);
      for (const { offset, length } of held) {
        expect(offset + length <= piece.offset || piece.offset + piece.length <= offset).toBe(true);
      }
      held.push(piece);
    }
    expect(arena.usedBytes).toBe(held.reduce((sum, { length }) => sum + length, 0));
    for (const piece of held) arena.release(piece);
    expect(arena.take(64 << 10)?.offset).toBe(0);
  });
  fc.assert(property, { numRuns: 200 });
});
