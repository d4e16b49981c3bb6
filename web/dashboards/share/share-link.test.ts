import { describe, expect, it } from 'vitest';
import { shareLink } from './share-link.ts';

describe('a link to what is shown', () => {
  const asked = {
    path: 'http://localhost:9090/d/fleet',
    search: '?var-job=a&var-job=b&from=now-1h&to=now&refresh=5s&edit=1&viewPanel=2&timezone=utc',
    range: { from: 'now-1h', to: 'now' },
    span: { fromMs: 1000, toMs: 3_601_000 },
    isTimeFixed: true,
    hasVariables: true,
    isKiosk: false,
  };
  it.each([
    [{}, 'var-job=a&var-job=b&from=1000&to=3601000&viewPanel=2&timezone=utc'],
    [
      { isTimeFixed: false },
      'var-job=a&var-job=b&from=now-1h&to=now&refresh=5s&viewPanel=2&timezone=utc',
    ],
    [{ hasVariables: false }, 'from=1000&to=3601000&viewPanel=2&timezone=utc'],
    [{ search: '', isKiosk: true }, 'from=1000&to=3601000&kiosk=1'],
  ])('%j: %s', (change, search) => {
    expect(shareLink({ ...asked, ...change })).toBe(`http://localhost:9090/d/fleet?${search}`);
  });
});
