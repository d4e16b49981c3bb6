import { describe, expect, it } from 'vitest';
import { printSeriesName } from './series-name.ts';

describe('the name of a series', () => {
  it.each([
    [{}, '{}'],
    [{ __name__: 'up' }, 'up'],
    [{ __name__: 'up', job: 'a' }, 'up{job="a"}'],
    [{ job: 'a' }, '{job="a"}'],
    [{ __name__: 'up', z: '1', a: '2' }, 'up{a="2", z="1"}'],
    [{ __name__: 'up', path: 'a "b"\n\\' }, 'up{path="a \\"b\\"\\n\\\\"}'],
    [{ __name__: 'http.requests', job: 'a' }, '{"http.requests", job="a"}'],
    [{ __name__: 'http.requests' }, '{"http.requests"}'],
    [{ __name__: 'up', 'service.name': 'x' }, 'up{"service.name"="x"}'],
    [{ __name__: 'job:up:sum' }, 'job:up:sum'],
  ])('%j is %s', (metric, expected) => {
    expect(printSeriesName(metric as Record<string, string>)).toBe(expected);
  });
});
