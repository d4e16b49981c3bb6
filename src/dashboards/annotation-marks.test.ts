import { describe, expect, it } from 'vitest';
import type { QueryData } from '#contract';
import { ANNOTATION_MARKS_MAX, annotationMarks, annotationStepMs } from './annotation-marks.ts';

const QUERY = { titleFormat: '', textFormat: '', tagKeys: '', usesValueForTime: false };

type Points = readonly (readonly [seconds: number, value: string])[];

function matrix(...series: readonly (readonly [Record<string, string>, Points])[]): QueryData {
  return {
    resultType: 'matrix',
    result: series.map(([metric, values]) => ({ metric, values: values.map(([t, v]) => [t, v]) })),
  };
}

describe('marks of annotation queries', () => {
  it.each<[string, Points, [number, number][]]>([
    ['a point is an instant', [[60, '1']], [[60_000, 60_000]]],
    [
      'zero, below zero and NaN are none',
      [
        [60, '0'],
        [120, '-1'],
        [180, 'NaN'],
      ],
      [],
    ],
    [
      'what follows step by step lasts',
      [
        [60, '1'],
        [120, '5'],
        [180, '1'],
      ],
      [[60_000, 180_000]],
    ],
    [
      'what pauses for a step is two',
      [
        [60, '1'],
        [120, '1'],
        [180, '0'],
        [240, '1'],
      ],
      [
        [60_000, 120_000],
        [240_000, 240_000],
      ],
    ],
  ])('%s', (_, points, expected) => {
    const { marks, leftOut } = annotationMarks(QUERY, matrix([{}, points]), 60_000);
    expect(marks.map(({ timeMs, endMs }) => [timeMs, endMs])).toEqual(expected);
    expect(leftOut).toBe(0);
  });

  it('say what the formats make of the labels, and have the values of the tag keys', () => {
    const labels = { alertname: 'Down', job: 'api', empty: '' };
    const query = {
      ...QUERY,
      titleFormat: '{{ alertname }} of {{job}}',
      textFormat: '{{nothing}}!',
      tagKeys: 'job, empty,other',
    };
    const { marks } = annotationMarks(query, matrix([labels, [[1, '1']]]), 1000);
    expect(marks).toMatchObject([{ title: 'Down of api', text: '!', tags: ['api'] }]);
  });

  it('stand at their values where these are the times, each once', () => {
    const points: Points = [
      [60, '5000.5'],
      [120, '5000.5'],
      [180, '900000'],
      [240, '+Inf'],
    ];
    const query = { ...QUERY, usesValueForTime: true };
    const { marks } = annotationMarks(query, matrix([{}, points]), 60_000);
    expect(marks.map(({ timeMs, endMs }) => [timeMs, endMs])).toEqual([
      [5000, 5000],
      [900_000, 900_000],
    ]);
  });

  it('of several series stand in the order of time, the newest so many', () => {
    const points = Array.from({ length: ANNOTATION_MARKS_MAX }, (_, i) => [i * 10, '1'] as const);
    const late: Points = [
      [2, '1'],
      [1_000_000, '1'],
    ];
    const { marks, leftOut } = annotationMarks(QUERY, matrix([{ a: '1' }, points], [{}, late]), 1);
    expect(leftOut).toBe(2);
    expect(marks).toHaveLength(ANNOTATION_MARKS_MAX);
    expect([marks[0]?.timeMs, marks.at(-1)?.timeMs]).toEqual([10_000, 1_000_000_000]);
  });

  it.each([
    ['', 3_600_000, 60_000],
    ['5m', 3_600_000, 300_000],
    ['1s', 86_400_000, 7856],
    ['nonsense', 1000, 60_000],
  ])('a step of %j over %i ms is %i ms', (step, rangeMs, expected) => {
    expect(annotationStepMs(step, { fromMs: 0, toMs: rangeMs })).toBe(expected);
  });
});
