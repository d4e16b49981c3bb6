import { describe, expect, it } from 'vitest';
import { filterMetrics } from './metric-filter.ts';

const names = [
  'go_gc_duration_seconds',
  'http_request_duration_seconds',
  'http_requests_total',
  'up',
];

describe('the search in the list of metrics', () => {
  it.each([
    ['', names],
    ['  ', names],
    ['up', ['up']],
    ['HTTP', ['http_requests_total', 'http_request_duration_seconds']],
    ['http dur', ['http_request_duration_seconds']],
    ['dur http', ['http_request_duration_seconds']],
    ['duration', ['go_gc_duration_seconds', 'http_request_duration_seconds']],
    ['hrt', ['http_requests_total', 'http_request_duration_seconds']],
    ['xyz', []],
  ])('%j finds %j', (filter, expected) => {
    expect(filterMetrics(names, filter).map((match) => match.name)).toEqual(expected);
  });

  it('tells which characters matched', () => {
    expect(filterMetrics(['go_gc'], 'gc o')[0]?.hits).toEqual([1, 3, 4]);
  });
});
