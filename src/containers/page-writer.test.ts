import { describe, expect, it } from 'vitest';
import { labelText, PageWriter } from './page-writer.ts';

const encoder = new TextEncoder();
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function written(value: number, scale: number): string {
  const page = new PageWriter();
  page.family('m', 'gauge', '');
  page.sampleBytes(new Uint8Array(0), new Uint8Array(0), value, scale);
  return decode(page.finish()).split(' ').at(-1)?.trimEnd() ?? '';
}

describe('PageWriter', () => {
  it('writes a family once, with its samples below it, and none without samples', () => {
    const page = new PageWriter();
    page.begin();
    page.family('a_total', 'counter', 'Counts\nof \\ a.');
    page.sample('', 1);
    page.sample('b="c"', 2.5);
    page.family('empty', 'gauge', 'Nothing.');
    page.family('d', 'gauge', 'D.');
    page.sampleBytes(encoder.encode('id="/"'), encoder.encode(',cpu="total"'), 1_500_000, 1e6);
    expect(decode(page.finish())).toBe(
      '# HELP a_total Counts\\nof \\\\ a.\n# TYPE a_total counter\na_total 1\na_total{b="c"} 2.5\n' +
        '# HELP d D.\n# TYPE d gauge\nd{id="/",cpu="total"} 1.5\n',
    );
    expect(page.samples).toBe(3);
  });

  it('gives bytes that stay as they are while the next page is written', () => {
    const page = new PageWriter();
    page.family('a', 'gauge', '');
    page.sample('', 1);
    const first = page.finish();
    page.begin();
    page.family('b', 'gauge', '');
    page.sample('', 2);
    expect(decode(first)).toContain('a 1');
    expect(decode(page.finish())).toBe('# HELP b \n# TYPE b gauge\nb 2\n');
  });

  it('grows with what is written', () => {
    const page = new PageWriter();
    page.family('a', 'gauge', '');
    const labels = labelText([['x', 'y'.repeat(300)]]);
    for (let i = 0; i < 1000; i++) page.sample(labels, i);
    const lines = decode(page.finish()).trimEnd().split('\n');
    expect(lines).toHaveLength(1002);
    expect(lines.at(-1)).toBe(`a{${labels}} 999`);
  });

  const cases: [number, number, string][] = [
    [0, 1, '0'],
    [7, 1, '7'],
    [10, 1, '10'],
    [999_999_999, 1, '999999999'],
    [1_000_000_000, 1, '1000000000'],
    [1_000_000_001, 1, '1000000001'],
    [9_007_199_254_740_991, 1, '9007199254740991'],
    [9_223_372_036_854_771_712, 1, '9223372036854772000'],
    [-1, 1, '-1'],
    [0.25, 1, '0.25'],
    [Number.NaN, 1, 'NaN'],
    [Number.POSITIVE_INFINITY, 1, '+Inf'],
    [Number.NEGATIVE_INFINITY, 1, '-Inf'],
    [0, 1e9, '0'],
    [1, 1e9, '0.000000001'],
    [1_000_000_000, 1e9, '1'],
    [123_456_789_012, 1e9, '123.456789012'],
    [8_639_999_999_999_999, 1e9, '8639999.999999999'],
    [250, 100, '2.5'],
    [1_050_000, 1e6, '1.05'],
    [Number.POSITIVE_INFINITY, 1e6, '+Inf'],
  ];
  it.each(cases)('writes %d over %d as %s', (value, scale, text) => {
    expect(written(value, scale)).toBe(text);
    if (value <= Number.MAX_SAFE_INTEGER)
      expect(Number(text.replace('Inf', 'Infinity'))).toBe(value / scale);
  });
});

describe('labelText', () => {
  it('escapes values and leaves out empty ones', () => {
    expect(
      labelText([
        ['a', 'x"y\\z\n'],
        ['b', ''],
        ['c', '1'],
      ]),
    ).toBe('a="x\\"y\\\\z\\n",c="1"');
    expect(labelText([])).toBe('');
  });
});
