import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from './dashboard.ts';
import { isSameJson, jsonAt, type JsonPath, reuseEqual, withJsonAt } from './edit-json.ts';

const FILE: JsonObject = {
  title: 'One',
  unknown: { kept: true },
  panels: [{ id: 1 }, { id: 2, options: { a: 1 } }],
};

describe('JSON of a file', () => {
  const found: readonly [JsonPath, Json | undefined][] = [
    [[], FILE],
    [['title'], 'One'],
    [['panels', 1, 'options', 'a'], 1],
    [['panels', 7, 'options'], undefined],
    [['panels', 'length'], undefined],
    [['constructor'], undefined],
    [['title', 0], undefined],
  ];
  test.each(found)('is found at %j', (path, value) => {
    expect(jsonAt(FILE, path)).toBe(value);
  });

  const written: readonly [JsonPath, Json | undefined, string][] = [
    [
      ['title'],
      'Two',
      '{"title":"Two","unknown":{"kept":true},"panels":[{"id":1},{"id":2,"options":{"a":1}}]}',
    ],
    [
      ['panels', 1, 'options', 'b'],
      2,
      '{"title":"One","unknown":{"kept":true},"panels":[{"id":1},{"id":2,"options":{"a":1,"b":2}}]}',
    ],
    [
      ['panels', 0],
      undefined,
      '{"title":"One","unknown":{"kept":true},"panels":[{"id":2,"options":{"a":1}}]}',
    ],
    [['panels'], undefined, '{"title":"One","unknown":{"kept":true}}'],
    [
      ['time', 'from'],
      'now-1h',
      '{"title":"One","unknown":{"kept":true},"panels":[{"id":1},{"id":2,"options":{"a":1}}],"time":{"from":"now-1h"}}',
    ],
  ];
  test.each(written)('is changed at %j, in its order', (path, value, text) => {
    expect(JSON.stringify(withJsonAt(FILE, path, value))).toBe(text);
    expect(FILE['title']).toBe('One');
  });

  test('keeps a key that objects have by themselves', () => {
    const file = JSON.parse('{"__proto__":{"a":1},"title":"x"}') as JsonObject;
    const text = JSON.stringify(withJsonAt(file, ['title'], 'y'));
    expect(text).toBe('{"__proto__":{"a":1},"title":"y"}');
  });

  const same: readonly [Json, Json, boolean][] = [
    [{ a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }, true],
    [{ a: 1 }, { a: 1, b: undefined }, true],
    [{ a: 1 }, { a: 1, b: null }, false],
    [[1, 2], [2, 1], false],
    [[], {}, false],
    [{ toString: 1 }, {}, false],
  ];
  test.each(same)('%j and %j are equal: %s', (a, b, isSame) => {
    expect(isSameJson(a, b)).toBe(isSame);
  });

  test('of a new text takes the parts that did not change from the old one', () => {
    const next = JSON.parse(JSON.stringify({ ...FILE, title: 'Two' })) as JsonObject;
    const shared = reuseEqual(FILE, next) as JsonObject;
    expect(shared).toEqual(next);
    expect(shared['panels']).toBe(FILE['panels']);
    expect(reuseEqual(FILE, JSON.parse(JSON.stringify(FILE)) as Json)).toBe(FILE);
  });
});
