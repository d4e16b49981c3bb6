import { describe, expect, it } from 'vitest';
import { findJsonFault } from './json-fault.ts';

describe('findJsonFault', () => {
  it.each([
    '{}',
    ' [ ] ',
    '"a"',
    '-0.5e+3',
    'null',
    '{"a":[1,{"b":"\\u00e9\\n\\"x"}],"c":true}\n',
    '['.repeat(200) + ']'.repeat(200),
  ])('finds nothing in %.40j', (text) => {
    expect(findJsonFault(text)).toBeUndefined();
    JSON.parse(text);
  });

  it.each([
    ['', 1, 1, 'expected a value, found the end of the file'],
    ['{"a": 1,\n "b" 2}', 2, 6, 'expected ":", found "2"'],
    ['[1,\n2,]', 2, 3, 'expected a value, found "]"'],
    ['{"a":1,}', 1, 8, 'expected a name in quotes, found "}"'],
    ['[1 2]', 1, 4, 'expected "," or "]", found "2"'],
    ['{"a":01}', 1, 7, 'expected "," or "}", found "1"'],
    ['{} x', 1, 4, 'expected the end, found "x"'],
    ['"a\nb"', 1, 3, 'a line break or control character in a string'],
    [String.raw`"\x"`, 1, 2, 'a backslash that begins no escape'],
    ['{"a":"b', 1, 8, 'a string without an end'],
    ['[tru]', 1, 2, 'expected a value, found "t"'],
    ['<<<<<<< HEAD\n{}', 1, 1, 'expected a value, found "<"'],
    ['['.repeat(201), 1, 201, 'more than 200 levels'],
  ])('says of %.30j where and why', (text, line, column, message) => {
    expect(findJsonFault(text)).toEqual({ line, column, message });
  });
});
