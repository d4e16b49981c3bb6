import { describe, expect, it } from 'vitest';
import { lintFamilies } from './lint-families.ts';
import { parseFamilies } from './parse-families.ts';

/** A page of one metric with help, type and a sample. */
function problemsOf(type: string, name: string, sample: string = `${name} 1`): string[] {
  const page = `# HELP ${name} x\n# TYPE ${name} ${type}\n${sample}\n`;
  const { families, error } = parseFamilies(new TextEncoder().encode(page));
  expect(error).toBeUndefined();
  return lintFamilies(families).map(({ text }) => text);
}

describe('lintFamilies', () => {
  it.each([
    ['counter', 'http_requests_total'],
    ['gauge', 'memory_bytes'],
    ['gauge', 'temperature_celsius'],
    ['untyped', 'anything_count'],
    ['gauge', 'thermometers'],
    ['gauge', 'gauge_of_things'],
    ['gauge', 'ms_since'],
  ])('has nothing against the %s %s', (type, name) => {
    expect(problemsOf(type, name)).toEqual([]);
  });

  const cases: [string, string, string][] = [
    ['counter', 'requests', 'counter metrics should have "_total" suffix'],
    ['gauge', 'x_total', 'non-counter metrics should not have "_total" suffix'],
    ['gauge', 'x_milliseconds', 'use base unit "seconds" instead of "milliseconds"'],
    ['gauge', 'x_hours', 'use base unit "seconds" instead of "hours"'],
    ['gauge', 'x_kilobits', 'use base unit "bytes" instead of "kilobits"'],
    ['gauge', 'x_bucket', 'non-histogram metrics should not have "_bucket" suffix'],
    ['gauge', 'x_sum', 'non-histogram and non-summary metrics should not have "_sum" suffix'],
    ['gauge', 'x_count', 'non-histogram and non-summary metrics should not have "_count" suffix'],
    ['gauge', 'x_gauge', "metric name should not include type 'gauge'"],
    ['gauge', 'x_counter_y', "metric name should not include type 'counter'"],
    ['gauge', 'a:b', "metric names should not contain ':'"],
    ['gauge', 'fooBar', "metric names should be written in 'snake_case' not 'camelCase'"],
    ['gauge', 'x_ms', 'metric names should not contain abbreviated units'],
    ['gauge', 'x_kb_y', 'metric names should not contain abbreviated units'],
  ];
  it.each(cases)('says of the %s %s: %s', (type, name, problem) => {
    expect(problemsOf(type, name)).toEqual([problem]);
  });

  it.each([
    ['x{le="1"} 1', 'non-histogram metrics should not have "le" label'],
    ['x{quantile="1"} 1', 'non-summary metrics should not have "quantile" label'],
    ['x{fooBar="1"} 1', "label names should be written in 'snake_case' not 'camelCase'"],
    ['x{a="1"} 1\nx{a="1"} 2', 'metric not unique'],
  ])('says of %j: %s', (sample, problem) => {
    expect(problemsOf('gauge', 'x', sample)).toEqual([problem]);
  });

  it('misses help, and sorts by metric, then by text', () => {
    const page = new TextEncoder().encode('# TYPE b counter\nb 1\na:b 2\n');
    expect(lintFamilies(parseFamilies(page).families)).toEqual([
      { metric: 'a:b', text: "metric names should not contain ':'" },
      { metric: 'a:b', text: 'no help text' },
      { metric: 'b', text: 'counter metrics should have "_total" suffix' },
      { metric: 'b', text: 'no help text' },
    ]);
  });
});
