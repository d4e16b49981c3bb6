import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from './dashboard.ts';
import { fieldValues } from './field-values.ts';
import type { Field, Frame } from './frame.ts';
import { type Cell, cellAt, fieldOfCells } from './frame-columns.ts';
import { noFieldSettings } from './read-field-settings.ts';
import { transformFrames } from './transformations.ts';

function table(refId: string, columns: Readonly<Record<string, readonly Cell[]>>): Frame {
  const fields = Object.entries(columns).map(([name, cells]): Field => {
    return fieldOfCells({ name, labels: {}, legend: '' }, cells);
  });
  return { refId, name: refId, fields, length: fields[0]?.values.length ?? 0, kind: 'table' };
}

function run(id: string, frames: readonly Frame[], options: JsonObject): readonly Frame[] {
  const one = { id, options, isDisabled: false, filter: undefined };
  const { frames: result, problems } = transformFrames(frames, [one]);
  expect(problems).toEqual([]);
  return result;
}

describe('settings from data', () => {
  const config = table('config', {
    max: [50, 80],
    Unit: ['bytes', 'bytes'],
    warn: [10, 20],
    crit: [30, 40],
  });
  const data = table('A', { host: ['a'], used: [25] });
  const mappings: Json = [
    { fieldName: 'warn', handlerKey: 'threshold1', reducerId: 'max' },
    { fieldName: 'crit', handlerKey: 'threshold2' },
  ];

  it('hold for the numbers of the other queries', () => {
    const frames = run('configFromData', [config, data], { configRefId: 'config', mappings });
    expect(frames).toHaveLength(1);
    const { settings, problems } = fieldValues(frames, noFieldSettings, []);
    expect(problems).toEqual([]);
    const [host, used] = settings[0] ?? [];
    expect(host).toEqual(noFieldSettings);
    expect(used).toMatchObject({ max: 80, unit: 'bytes', min: undefined });
    expect(used?.thresholds.steps.map(({ value }) => value)).toEqual([-Infinity, 20, 40]);
  });

  it('hold for what is named, and give way to overrides', () => {
    const applyTo = { id: 'byName', options: 'host' };
    const options = { configRefId: 'config', mappings, applyTo };
    const frames = run('configFromData', [config, data], options);
    const override = {
      matcher: { id: 'byName', options: 'host' },
      properties: [{ id: 'unit', value: 's' }],
    };
    const [host, used] = fieldValues(frames, noFieldSettings, [override]).settings[0] ?? [];
    expect(host).toMatchObject({ max: 80, unit: 's' });
    expect(used).toEqual(noFieldSettings);
  });

  it('are values with their texts and colours, too', () => {
    const states = table('config', { code: [0, 1], word: ['down', 'up'], tint: ['red', 'green'] });
    const [frame] = run('configFromData', [states, data], {
      configRefId: 'config',
      mappings: [
        { fieldName: 'code', handlerKey: 'mappings.value' },
        { fieldName: 'word', handlerKey: 'mappings.text' },
        { fieldName: 'tint', handlerKey: 'mappings.color' },
      ],
    });
    const used = fieldValues([frame ?? data], noFieldSettings, []).settings[0]?.[1];
    expect(used?.mappings).toEqual([
      { kind: 'value', value: '0', result: { text: 'down', colour: 'red' } },
      { kind: 'value', value: '1', result: { text: 'up', colour: 'green' } },
    ]);
  });

  it('change nothing where there is no such query', () => {
    expect(run('configFromData', [data], { configRefId: 'none' })).toEqual([data]);
  });
});

describe('rows as fields', () => {
  const rows = table('A', {
    place: ['hall', 'cellar'],
    celsius: [21, 12],
    floor: ['0', '-1'],
    max: [30, 20],
  });

  it.each([
    ['by their kind', {}, 'hall', 21, { floor: '0' }],
    [
      'as they are mapped',
      {
        mappings: [
          { fieldName: 'floor', handlerKey: 'field.name' },
          { fieldName: 'max', handlerKey: 'field.value' },
          { fieldName: 'place', handlerKey: '__ignore' },
        ],
      },
      '0',
      30,
      {},
    ],
  ] as const)('%s', (...[, options, name, value, labels]) => {
    const [frame] = run('rowsToFields', [rows], options);
    const field = frame?.fields[0];
    expect([field?.name, field && cellAt(field, 0), field?.labels]).toEqual([name, value, labels]);
    expect([frame?.length, frame?.fields.length]).toEqual([1, 2]);
  });

  it('each with the settings of its row', () => {
    const frames = run('rowsToFields', [rows], {});
    const { settings } = fieldValues(frames, noFieldSettings, []);
    expect(settings[0]?.map(({ max }) => max)).toEqual([30, 20]);
  });

  it('stay rows where there is no name or no value', () => {
    const numbers = table('A', { a: [1], b: [2] });
    expect(run('rowsToFields', [numbers], {})).toEqual([numbers]);
  });
});
