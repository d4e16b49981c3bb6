import { describe, expect, it } from 'vitest';
import type { AlertData } from '#contract';
import { listedAlerts } from './AlertListPanel.tsx';

function alert(name: string, state: AlertData['state'], minute: number): AlertData {
  const activeAt = `2026-11-23T12:0${minute}:00Z`;
  return { labels: { alertname: name }, annotations: {}, state, activeAt, value: '1' };
}

const ALERTS = [
  alert('Disk', 'pending', 1),
  alert('Cpu', 'firing', 3),
  alert('Memory', 'firing', 2),
];
const ALL = { states: [], countMax: 10, order: 'state' } as const;

describe('alerts of a list', () => {
  it.each([
    ['state', ['Cpu', 'Memory', 'Disk']],
    ['name', ['Cpu', 'Disk', 'Memory']],
    ['name-desc', ['Memory', 'Disk', 'Cpu']],
    ['time', ['Disk', 'Memory', 'Cpu']],
    ['time-desc', ['Cpu', 'Memory', 'Disk']],
  ] as const)('by %s', (order, names) => {
    const listed = listedAlerts(ALERTS, { ...ALL, order }, '');
    expect(listed.map(({ labels }) => labels['alertname'])).toEqual(names);
  });

  it('are those of the states and names that are wanted, and not too many', () => {
    expect(listedAlerts(ALERTS, { ...ALL, states: ['alerting'] }, 'mem')).toHaveLength(1);
    expect(listedAlerts(ALERTS, { ...ALL, countMax: 2 }, '')).toHaveLength(2);
  });
});
