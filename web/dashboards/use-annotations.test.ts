import { describe, expect, it } from 'vitest';
import { type AnnotationQuery, readDashboard } from '#dashboards';
import { isAnnotationOn, switchAnnotation } from './annotation-params.ts';
import { eventsOfPanel, type ShownAnnotation } from './use-annotations.ts';

function read(list: readonly Record<string, unknown>[]): readonly AnnotationQuery[] {
  return readDashboard(JSON.parse(JSON.stringify({ panels: [], annotations: { list } })) as never)
    .annotations;
}

function shown(query: AnnotationQuery, ids: readonly string[]): ShownAnnotation {
  const events = ids.map((id) => ({
    id,
    time: 1,
    timeEnd: 1,
    severity: 'info' as const,
    text: '',
  }));
  const told = { isOn: true, isLoading: false, isCut: false, problem: '', colour: undefined };
  return { query, name: query.name, events, ...told };
}

describe('annotations', () => {
  it.each([
    [undefined, [1, 2, 3]],
    [{ exclude: false, ids: [1, 3] }, [1, 3]],
    [{ exclude: true, ids: [1] }, [2, 3]],
    [{ exclude: false, ids: [] }, []],
    [{ exclude: true, ids: [] }, [1, 2, 3]],
  ])('with the filter %j stand on the panels %j', (filter, expected) => {
    const [query] = read([{ name: 'a', expr: 'up', filter }]);
    const annotations = query === undefined ? [] : [shown(query, ['x'])];
    const on = [1, 2, 3].filter((id) => eventsOfPanel(annotations, id).length > 0);
    expect(on).toEqual(expected);
  });

  it('of several stand together', () => {
    const annotations = read([{ expr: 'a' }, { expr: 'b' }, { expr: 'c' }]).map((query, i) =>
      shown(query, [[], ['1'], ['2', '3']][i] ?? []),
    );
    expect(eventsOfPanel(annotations, 1).map(({ id }) => id)).toEqual(['1', '2', '3']);
  });

  it('are switched as the file has it unless the URL says something', () => {
    const [on, off] = read([
      { name: 'a & b', expr: 'up' },
      { name: 'c', expr: 'up', enable: false },
    ]);
    if (on === undefined || off === undefined) throw new Error('not read');
    const none = new URLSearchParams();
    expect([isAnnotationOn(none, on), isAnnotationOn(none, off)]).toEqual([true, false]);
    const changed = switchAnnotation(switchAnnotation(none, on, false), off, true);
    expect(changed.toString()).toBe('annotation-a+%26+b=off&annotation-c=on');
    expect([isAnnotationOn(changed, on), isAnnotationOn(changed, off)]).toEqual([false, true]);
    expect(switchAnnotation(switchAnnotation(changed, on, true), off, false).toString()).toBe('');
  });
});
