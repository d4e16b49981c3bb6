import { describe, expect, it } from 'vitest';
import type { JsonObject } from './dashboard.ts';
import {
  addAnnotation,
  withAnnotationPanels,
  withAnnotationQuery,
  withContainerEvents,
} from './edit-annotations.ts';
import { readDashboard } from './read-dashboard.ts';

describe('annotations in a file', () => {
  it('are added as Grafana would save them', () => {
    const json = addAnnotation(addAnnotation({ panels: [] }, 'query'), 'events');
    const [first, second] = (json['annotations'] as { list: readonly JsonObject[] }).list;
    expect(first).toMatchObject({ datasource: { type: 'prometheus' }, expr: '', enable: true });
    expect(second).toMatchObject({ target: { type: 'tags', tags: [] } });
    expect(readDashboard(json).annotations.map(({ name }) => name)).toEqual(['Events']);
  });

  it('of containers are switched where the file has them, and added where it has none', () => {
    const on = withContainerEvents({ panels: [] }, true);
    expect(readDashboard(on).annotations).toMatchObject([{ expr: '', isEnabled: true }]);
    expect(withContainerEvents({ panels: [] }, false)).toEqual({ panels: [] });
    const file = { annotations: { list: [{ expr: 'a' }, { builtIn: 1, enable: true, odd: 2 }] } };
    expect(withContainerEvents(file, false)).toEqual({
      annotations: { list: [{ expr: 'a' }, { builtIn: 1, enable: false, odd: 2 }] },
    });
  });

  it.each<[JsonObject, JsonObject]>([
    [{ expr: 'a' }, { expr: 'b' }],
    [
      { expr: 'a', target: { type: 'tags' } },
      { expr: 'b', target: { type: 'tags' } },
    ],
    [{ target: { expr: 'a', refId: 'X' } }, { target: { expr: 'b', refId: 'X' } }],
    [
      { expr: 'old', target: { expr: 'a' } },
      { expr: 'b', target: { expr: 'b' } },
    ],
  ])('%j has another query where it is read: %j', (item, expected) => {
    expect(withAnnotationQuery(item, 'expr', 'b')).toEqual(expected);
    const list = [withAnnotationQuery(item, 'expr', 'b')];
    expect(readDashboard({ panels: [], annotations: { list } }).annotations[0]?.expr).toBe('b');
  });

  it('keep their step beside their query', () => {
    expect(withAnnotationQuery({ target: { expr: 'a' } }, 'step', '5m')).toEqual({
      target: { expr: 'a', interval: '5m' },
    });
    expect(withAnnotationQuery({ expr: 'a' }, 'step', '5m')).toEqual({ expr: 'a', step: '5m' });
  });

  it('are for some panels or for all', () => {
    const some = withAnnotationPanels({ name: 'a' }, { ids: [1, 2], areExcluded: true });
    expect(some).toEqual({ name: 'a', filter: { exclude: true, ids: [1, 2] } });
    expect(withAnnotationPanels(some, undefined)).toEqual({ name: 'a' });
  });
});
