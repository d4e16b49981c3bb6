import { expect, it } from 'vitest';
import { withExpressions } from './edit-expressions.ts';

it('rewrites queries wherever they stand, and leaves all else as it is', () => {
  const other = { title: 'node_cpu', targets: [{ refId: 'A', expr: 'up', unknown: { a: [1] } }] };
  const json = {
    rows: [{ panels: [{ targets: [{ expr: 'node_cpu', step: 4 }] }, other] }],
    panels: [{ panels: [{ targets: [{ expr: 'node_cpu' }, { expr: 'node_cpu + 1' }] }] }],
    annotations: { list: [{ expr: 'node_cpu', expr2: 'node_cpu' }] },
    title: 'node_cpu',
  };
  const next = withExpressions(json, new Map([['node_cpu', 'node_cpu_seconds_total']]));
  expect(next).toEqual({
    rows: [{ panels: [{ targets: [{ expr: 'node_cpu_seconds_total', step: 4 }] }, other] }],
    panels: [
      { panels: [{ targets: [{ expr: 'node_cpu_seconds_total' }, { expr: 'node_cpu + 1' }] }] },
    ],
    annotations: { list: [{ expr: 'node_cpu_seconds_total', expr2: 'node_cpu' }] },
    title: 'node_cpu',
  });
  expect(Object.keys(next)).toEqual(Object.keys(json));
  expect((next['rows'] as typeof json.rows)[0]?.panels[1]).toBe(other);
});

it('is the same file where nothing is rewritten', () => {
  const json = { panels: [{ targets: [{ expr: 'up' }] }] };
  expect(withExpressions(json, new Map([['node_cpu', 'x']]))).toBe(json);
});
