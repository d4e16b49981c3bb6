import { describe, expect, it } from 'vitest';
import type { NumberField } from './frame.ts';
import { reduceField, reducerName } from './reducers.ts';

/** Null is a gap. */
function field(cells: readonly (number | null)[]): NumberField {
  return {
    type: 'number',
    name: 'Value',
    labels: {},
    legend: '',
    values: Float64Array.from(cells, (cell) => cell ?? NaN),
    isNull: Uint8Array.from(cells, (cell) => (cell === null ? 1 : 0)),
  };
}

const usual = [null, 3, 1, NaN, 5, 2, null];

describe('reducers', () => {
  it.each([
    ['lastNotNull', usual, 2],
    ['current', usual, 2],
    ['last', [1, NaN, null], NaN],
    ['lastNotNull', [1, NaN, null], 1],
    ['first', usual, 3],
    ['firstNotNull', [NaN, 4], 4],
    ['mean', usual, 2.75],
    ['avg', usual, 2.75],
    ['min', usual, 1],
    ['max', usual, 5],
    ['sum', usual, 11],
    ['total', usual, 11],
    ['count', usual, 5],
    ['range', usual, 4],
    ['diff', usual, -1],
    ['diffperc', [4, 5], 0.25],
    ['delta', [1, 4, 2, 3], 6],
    ['step', [10, 20, 25], 5],
    ['changeCount', [1, 1, 2, 1], 2],
    ['distinctCount', [1, 1, 2], 2],
    ['median', [4, 1, 3, 2], 2.5],
    ['p95', Array.from({ length: 101 }, (_, i) => i), 95],
    ['variance', [2, 4, 4, 4, 5, 5, 7, 9], 4],
    ['stdDev', [2, 4, 4, 4, 5, 5, 7, 9], 2],
    ['allIsZero', [0, null, 0], true],
    ['allIsZero', [], false],
    ['allIsNull', [null, NaN], true],
    ['logmin', [-1, 0, 3], 3],
    ['mean', [null], null],
    ['max', [], null],
    ['constructor', [1], null],
  ] as const)('%s of %j is %d', (id, cells, value) => {
    expect(reduceField(field(cells), id)).toEqual(value);
  });

  it.each([
    ['lastNotNull', 'Last *'],
    ['current', 'Last *'],
    ['sum', 'Total'],
    ['p95', '95th %'],
    ['nothing', 'nothing'],
  ])('calls %s %s', (id, name) => {
    expect(reducerName(id)).toBe(name);
  });

  it('reduces text too', () => {
    const text = { type: 'text', name: 'version', labels: {}, legend: '' } as const;
    expect(reduceField({ ...text, values: ['1.0', '1.1', ''] }, 'lastNotNull')).toBe('1.1');
    expect(reduceField({ ...text, values: ['a', 'b', 'a'] }, 'distinctCount')).toBe(2);
  });
});
