import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Answer, MatrixSeries, QueryData } from '#contract';
import { columnsOfData, dataOfColumns } from './answered-columns.ts';
import { readAnswer } from './read-answer.ts';

/** As it was before there were columns. */
function parsed(text: string): unknown {
  const answer = JSON.parse(text) as Answer<QueryData>;
  return answer.status === 'error' ? answer : { ...answer, data: columnsOfData(answer.data) };
}

const floatText = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.integer().map(String),
  fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value.toFixed(6)),
  fc.constantFrom('NaN', '+Inf', '-Inf', '-0', '1e+21', '5e-324', '9007199254740993'),
);
const seconds = fc.oneof(
  fc.integer({ min: 0, max: 4_102_444_800 }),
  fc.integer({ min: 0, max: 4_102_444_800_000 }).map((timeMs) => timeMs / 1000),
  fc.constantFrom(-1.5, 1e-7, 0.0005),
);
/** With all that could look like the end of a text, or like points. */
const word = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('"values":[[1,"2"]]', '\\"values":[[', 'x"values', '"]', '\\', '', 'é\u2028😀'),
);
const histogram = fc.tuple(
  seconds,
  fc.record({
    count: floatText,
    sum: floatText,
    buckets: fc.array(fc.tuple(fc.nat(3), floatText, floatText, floatText), { maxLength: 3 }),
  }),
);
const oneSeries = fc.record(
  {
    metric: fc.dictionary(word, word, { maxKeys: 4 }),
    values: fc.array(fc.tuple(seconds, floatText), { maxLength: 6 }),
    histograms: fc.array(histogram, { maxLength: 2 }),
  },
  { requiredKeys: ['metric'] },
) as fc.Arbitrary<MatrixSeries>;
const answer = fc.record(
  {
    status: fc.constant('success'),
    data: fc.record({
      resultType: fc.constant('matrix'),
      result: fc.array(oneSeries, { maxLength: 5 }),
    }),
    warnings: fc.array(word, { maxLength: 2 }),
    infos: fc.array(word, { maxLength: 2 }),
    query: fc.nat(),
  },
  { requiredKeys: ['status', 'data'] },
);

describe('an answer that is read into columns', () => {
  it('is what JSON says, however it is laid out', () => {
    fc.assert(
      fc.property(answer, fc.constantFrom(undefined, 1), (given, indent) => {
        const text = JSON.stringify(given, null, indent);
        expect(readAnswer(text)).toEqual(parsed(text));
      }),
    );
  });

  it('has no array for each point, and one column for times that are equal', () => {
    const values = Array.from({ length: 3000 }, (_, i) => [i, `${i / 7}`]);
    const late = [[9, '1']];
    const result = [{ metric: { a: '1' }, values }, { metric: {}, values }, { values: late }];
    const read = readAnswer(
      JSON.stringify({ status: 'success', data: { resultType: 'matrix', result } }),
    );
    if (read.status === 'error' || read.data.resultType !== 'matrix') throw new Error('no matrix');
    const [first, second, third] = read.data.result;
    expect(first?.values[2999]).toBe(2999 / 7);
    expect(first?.timesMs[2999]).toBe(2_999_000);
    expect(second?.timesMs).toBe(first?.timesMs);
    expect(third?.timesMs).toEqual(Float64Array.of(9000));
  });

  it.each([
    '{"status":"error","errorType":"bad_data","error":"cannot \\"values\\":[[ parse"}',
    '{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"2"]}]}}',
    '{"status":"success","data":{"resultType":"scalar","result":[1,"NaN"]}}',
    '{"status":"success","data":{"resultType":"string","result":[1,"\\"values\\":[["]}}',
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1 ,"2"]]}]}}',
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2" ]]}]}}',
    '{"status":"success","data":{"resultType":"matrix","result":[]}}',
  ])('is read all the same: %s', (text) => {
    expect(readAnswer(text)).toEqual(parsed(text));
  });

  it.each([
    '',
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[',
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"]',
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"],]}]}}',
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"]]',
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[01x,"2"]]}]}}',
  ])('ends with an error where it is cut off: %s', (text) => {
    expect(() => readAnswer(text)).toThrow(SyntaxError);
  });
});

describe('columns', () => {
  it('are written as the API has them', () => {
    const data: QueryData = {
      resultType: 'matrix',
      result: [
        {
          metric: { a: '1' },
          values: [
            [1.5, '2'],
            [3, '+Inf'],
            [4, 'NaN'],
            [5, '-0'],
          ],
        },
        { metric: {}, histograms: [[1, { count: '4', sum: '-Inf' }]] },
      ],
    };
    expect(dataOfColumns(columnsOfData(data))).toEqual(data);
  });
});
