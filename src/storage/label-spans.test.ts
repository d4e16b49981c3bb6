import { array, assert, constantFrom, property, string, tuple } from 'fast-check';
import { labelsFromPairs } from '#model';
import { describe, expect, test } from 'vitest';
import { LabelSpans } from './label-spans.ts';

type Pair = readonly [name: string, value: string];

/** With another label before and behind, and bytes between that belong to none. */
function spansOf(pairs: readonly Pair[]): LabelSpans {
  const all = [['before', '1'], ...pairs, ['behind', '2']] as const;
  const encoder = new TextEncoder();
  const bytes = all.flatMap((pair) => pair.map((text) => [...encoder.encode(text), 0xff]));
  const spans = new LabelSpans(new Uint8Array(bytes.flat()), 1);
  let at = 0;
  for (let i = 0; i < bytes.length; i += 2) {
    const [name = [], value = []] = bytes.slice(i, i + 2);
    const nameEnd = at + name.length - 1;
    const valueEnd = nameEnd + value.length;
    spans.add(at, nameEnd, nameEnd + 1, valueEnd);
    at = valueEnd + 1;
  }
  spans.select(1, pairs.length);
  return spans;
}

describe('label spans', () => {
  test('sorted and without empty values are the labels of the same pairs', () => {
    const names = constantFrom('a', 'ab', 'b', 'é', '\ue000', '\u{1f600}', '__name__', 'A');
    const pairs = array(tuple(names, string({ unit: 'binary', maxLength: 5 })), { maxLength: 8 });
    assert(
      property(pairs, (all) => {
        const once = [...new Map(all)];
        const spans = spansOf(once);
        spans.sort();
        expect(spans.isSorted()).toBe(true);
        expect(spans.duplicate()).toBe(0);
        spans.dropEmpty();
        expect(spans.labels()).toEqual(labelsFromPairs(once));
      }),
    );
  });

  test('tell of a name that is there twice', () => {
    const spans = spansOf([
      ['b', '1'],
      ['a', '2'],
      ['b', '3'],
    ]);
    expect(spans.isSorted()).toBe(false);
    spans.sort();
    expect(spans.isSorted()).toBe(false);
    expect(spans.duplicate()).toBe(2);
    expect(spans.labels()).toEqual(['a', '2', 'b', '1', 'b', '3']);
  });

  test('that are not UTF-8 have no strings', () => {
    const spans = new LabelSpans(new Uint8Array([0x61, 0xff]));
    spans.add(0, 1, 1, 2);
    spans.select(0, 1);
    expect(() => spans.labels()).toThrow(URIError);
  });
});
