import { describe, expect, it } from 'vitest';
import { placeAfterMove } from './use-open-item.ts';

describe('the item that is open', () => {
  it.each([
    { open: 1, from: 1, to: 3, place: 3 },
    { open: 0, from: 1, to: 0, place: 1 },
    { open: 2, from: 0, to: 2, place: 1 },
    { open: 2, from: 3, to: 1, place: 3 },
    { open: 0, from: 1, to: 2, place: 0 },
    { open: 3, from: 1, to: 2, place: 3 },
  ])('stays open where $from moves to $to and $open is open', ({ open, from, to, place }) => {
    expect(placeAfterMove(open, from, to)).toBe(place);
  });
});
