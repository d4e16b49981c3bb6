import { describe, expect, it } from 'vitest';
import type { AnnotationData } from '#contract';
import { findMark, markEvents } from './event-marks.ts';
import { containerNames } from './event-names.ts';

function event(time: number, change: Partial<AnnotationData> = {}): AnnotationData {
  return {
    id: String(time),
    time,
    timeEnd: time,
    count: 1,
    kind: 'die',
    severity: 'info',
    name: 'web-1',
    group: '',
    service: '',
    containerId: '',
    image: '',
    text: '',
    tags: [],
    attributes: {},
    ...change,
  };
}

/** A pixel is a millisecond. */
const plot = { width: 100, leftOf: (timeMs: number) => timeMs - 1000 };

describe('marks of events', () => {
  it('stand where the events are, those outside are left out', () => {
    const marks = markEvents([event(1090), event(999), event(1010), event(1101)], plot);
    expect(marks.map(({ left }) => left)).toEqual([10, 90]);
  });

  it('are shared by events that are near, and as bad as the worst of them', () => {
    const near = [event(1010), event(1012, { severity: 'error' }), event(1014)];
    const [mark, ...others] = markEvents([...near, event(1016)], plot);
    expect(mark).toMatchObject({ events: near, left: 10, severity: 'error' });
    expect(others).toHaveLength(1);
  });

  it('are as wide as what lasted, inside the plot', () => {
    const marks = markEvents(
      [
        event(1010, { timeEnd: 1030 }),
        event(1050, { timeEnd: 1052 }),
        event(1080, { timeEnd: 1900 }),
      ],
      plot,
    );
    expect(marks.map(({ width }) => width)).toEqual([20, 0, 20]);
  });

  it('begin at the edge where what lasts began before it', () => {
    const events = [event(900, { timeEnd: 1020 }), event(900, { timeEnd: 950 })];
    expect(markEvents(events, plot)).toMatchObject([{ left: 0, width: 20 }]);
  });

  it('have the colour of the first of the worst', () => {
    const events = [event(1010), { ...event(1012, { severity: 'error' }), colour: '#ff0000' }];
    expect(markEvents(events, plot)).toMatchObject([{ severity: 'error', colour: '#ff0000' }]);
    expect(markEvents([event(1010)], plot)[0]?.colour).toBeUndefined();
  });

  it.each([
    [10, 10],
    [14, 10],
    [17, 20],
    [40, 30],
    [70, undefined],
  ])('at %i the mark at %s is found', (left, expected) => {
    const marks = markEvents([event(1010), event(1020), event(1030, { timeEnd: 1060 })], plot);
    expect(findMark(marks, left)?.left).toBe(expected);
  });
});

describe('the containers of a result', () => {
  it('are those that its series name, each once and sorted', () => {
    const metrics = [{ name: 'b' }, { name: 'a', job: 'x' }, { name: '' }, { container: 'b' }, {}];
    expect(containerNames(metrics)).toEqual(['a', 'b']);
  });

  it('are none where there are more than could be told apart', () => {
    const metrics = Array.from({ length: 201 }, (_, i) => ({ name: `web-${i}` }));
    expect(containerNames(metrics)).toEqual([]);
  });
});
