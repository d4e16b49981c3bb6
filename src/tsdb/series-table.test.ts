import { array, assert, constantFrom, integer, oneof, property, string } from 'fast-check';
import { labelsFromPairs, labelsKey } from '#model';
import type { Labels } from '#model';
import { LabelSpans } from '#storage';
import { describe, expect, test } from 'vitest';
import { advanceEpoch } from './epochs.ts';
import { PAIR_LIST, findName, findPair, listCount, nameText, pairValue } from './label-index.ts';
import { TextEncoding } from './label-text.ts';
import { MemoryViews, createSharedMemory } from './memory.ts';
import { SeriesTable } from './series-table.ts';

function table(): { views: MemoryViews; series: SeriesTable } {
  const views = new MemoryViews(createSharedMemory(1_000_000));
  return { views, series: new SeriesTable(views, 1_000_000) };
}

/** Of the same bytes at another place, so that words begin elsewhere. */
function shifted(spans: LabelSpans, by: number): LabelSpans {
  const end = Math.max(0, ...spans.spans);
  const bytes = new Uint8Array(by + end).fill(0x7f);
  bytes.set(spans.bytes.subarray(0, end), by);
  const moved = new LabelSpans(bytes);
  for (let i = 0; i < spans.length * 4; i += 4) {
    const [a = 0, b = 0, c = 0, d = 0] = spans.spans.subarray(i, i + 4);
    moved.add(a + by, b + by, c + by, d + by);
  }
  moved.select(0, moved.length);
  return moved;
}

function someLabels(i: number): Labels {
  return ['job', `j${i % 7}`, 'path', `/${i}`];
}

const texts = oneof(
  string({ unit: 'grapheme', minLength: 1 }),
  constantFrom('a', 'ä', '漢字', '😀x'),
);
const labelSets = array(array(texts, { minLength: 2, maxLength: 2 }), { maxLength: 5 }).map((all) =>
  labelsFromPairs(all.map(([name = '', value = '']) => [name, value] as const)),
);

describe('series', () => {
  test('come and go while their tables grow little by little', () => {
    const encoding = new TextEncoding();
    const actions = array(integer({ min: -400, max: 700 }), { minLength: 5, maxLength: 30 });
    assert(
      property(actions, (all) => {
        const { views, series } = table();
        const rows = new Map<number, number>();
        let made = 0;
        for (const action of all) {
          // So many new ones, or so many of the oldest leave.
          for (let i = 0; i < action; i++, made++)
            rows.set(made, series.rowOfLabels(someLabels(made)));
          const gone = [...rows].slice(0, Math.max(0, -action));
          series.remove(gone.map(([, row]) => row));
          for (const [number] of gone) rows.delete(number);
          series.reclaim(advanceEpoch(views.control));
        }
        expect(series.count).toBe(rows.size);
        const path = findName(views, 'path');
        const wrong: number[] = [];
        for (let i = 0; i < made; i++) {
          const isFound = series.find(encoding.encode(someLabels(i))) === (rows.get(i) ?? 0);
          const hasPair = path > 0 && findPair(views, path, `/${i}`) > 0;
          if (!isFound || hasPair !== rows.has(i)) wrong.push(i);
        }
        expect(wrong).toEqual([]);
      }),
      { numRuns: 10 },
    );
  });

  test('are found by strings and by bytes, wherever the bytes stand', () => {
    const encoding = new TextEncoding();
    assert(
      property(array(labelSets, { maxLength: 20 }), integer({ min: 0, max: 5 }), (sets, by) => {
        const { series } = table();
        const rows = new Map<string, number>();
        for (const labels of sets) {
          const key = labelsKey(labels);
          const spans = shifted(encoding.encode(labels), by);
          expect(series.find(spans)).toBe(rows.get(key) ?? 0);
          const row = by % 2 === 0 ? series.rowOfSpans(spans) : series.rowOfLabels(labels);
          expect(row).toBe(rows.get(key) ?? rows.size + 1);
          rows.set(key, row);
          expect(series.find(spans)).toBe(row);
          expect(series.labelsOf(row)).toEqual(labels);
        }
      }),
      { numRuns: 60 },
    );
  });

  test('that differ in where a text ends are different ones', () => {
    const { series } = table();
    const sets: Labels[] = [
      ['a', 'bc'],
      ['ab', 'c'],
      ['a', 'b\0'],
      ['a', 'b'],
      ['a', 'b', 'c', 'd'],
    ];
    expect(sets.map((labels) => series.rowOfLabels(labels))).toEqual([1, 2, 3, 4, 5]);
    expect(sets.map((labels) => series.rowOfLabels(labels))).toEqual([1, 2, 3, 4, 5]);
  });

  test('are all there after their tables grew and a part of them left', () => {
    const { views, series } = table();
    const count = 9000;
    for (let i = 0; i < count; i++) series.rowOfLabels(someLabels(i));
    const dead = Array.from({ length: count / 3 }, (_, i) => i * 3 + 1);
    series.remove(dead);
    series.reclaim(advanceEpoch(views.control));
    expect(series.count).toBe(count - dead.length);
    const encoding = new TextEncoding();
    const found = Array.from({ length: count }, (_, i) =>
      series.find(encoding.encode(someLabels(i))),
    );
    expect(found).toEqual(found.map((_, i) => (i % 3 === 0 ? 0 : i + 1)));
    const path = findName(views, 'path');
    expect(nameText(views, path)).toBe('path');
    expect(findPair(views, path, '/0')).toBe(0);
    expect(pairValue(views, findPair(views, path, '/1'))).toBe('/1');
    const job = findPair(views, findName(views, 'job'), 'j3');
    const want = Array.from({ length: count }, (_, i) => i).filter((i) => i % 7 === 3 && i % 3 > 0);
    expect(listCount(views, views.arena[job + PAIR_LIST])).toBe(want.length);
    for (let i = 0; i < count; i += 3) series.rowOfLabels(someLabels(i));
    expect(series.count).toBe(count);
    const paths = found.map((_, i) => series.labelsOf(series.rowOfLabels(someLabels(i)))[3]);
    expect(paths).toEqual(found.map((_, i) => `/${i}`));
    expect(series.count).toBe(count);
  });
});
