import { describe, expect, it } from 'vitest';
import { safeUrl, withParams } from './safe-url.ts';

describe('links of dashboards', () => {
  it.each([
    ['https://example.org/a?b=1', 'https://example.org/a?b=1'],
    ['//example.org/a', '//example.org/a'],
    ['mailto:a@example.org', 'mailto:a@example.org'],
    ['/d/abc/name', '/p/d/abc/name'],
    ['/p/d/abc', '/p/d/abc'],
    ['d/abc', '/p/d/abc'],
    ['?var-a=1', '?var-a=1'],
    [' javascript:alert(1)', undefined],
    ['JavaScript:alert(1)', undefined],
    ['java\nscript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['vbscript:x', undefined],
    ['http://[', undefined],
    ['', undefined],
  ])('%j leads to %j', (url, expected) => {
    expect(safeUrl(url, '/p')).toBe(expected);
  });

  it.each([
    ['/d/a', '/d/a?from=now-1h'],
    ['/d/a?x=1#end', '/d/a?x=1&from=now-1h#end'],
  ])('%j takes the time along', (url, expected) => {
    expect(withParams(url, new URLSearchParams('from=now-1h'))).toBe(expected);
  });
});
