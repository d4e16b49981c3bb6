import { describe, expect, it } from 'vitest';
import { markErrorPosition, parseErrorPosition } from './error-position.ts';

describe('where a query is wrong', () => {
  it.each([
    [
      '1:5: parse error: unexpected x',
      { line: 1, column: 5, message: 'parse error: unexpected x' },
    ],
    [
      'invalid parameter "query": 2:1: parse error: y',
      { line: 2, column: 1, message: 'parse error: y' },
    ],
    ['query timed out in expression evaluation', undefined],
    ['no such host 10:20', undefined],
  ])('%s', (message, expected) => {
    expect(parseErrorPosition(message)).toEqual(expected);
  });

  it.each([
    ['sum(up', 1, 4, { text: 'sum(up', caret: '   ^' }],
    ['a +\nb c', 2, 3, { text: 'b c', caret: '  ^' }],
    ['up', 1, 3, { text: 'up', caret: '  ^' }],
    ['up', 1, 9, undefined],
    ['up', 2, 1, undefined],
  ])('%j at %i:%i', (expr, line, column, expected) => {
    expect(markErrorPosition(expr, { line, column, message: '' })).toEqual(expected);
  });
});
