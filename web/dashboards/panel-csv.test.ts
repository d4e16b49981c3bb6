import { describe, expect, it } from 'vitest';
import type { Frame } from '#dashboards';
import { frameCsv } from './panel-csv.ts';

const frame: Frame = {
  refId: 'A',
  name: 'A',
  kind: 'table',
  length: 2,
  fields: [
    { type: 'time', name: 'Time', labels: {}, legend: '', values: Float64Array.of(0, 60_000) },
    { type: 'text', name: 'job', labels: {}, legend: '', values: ['=1+1', 'a "b", c'] },
    {
      type: 'number',
      name: 'Value',
      labels: {},
      legend: 'CPU, all',
      values: Float64Array.of(-1.5, Number.NaN),
      isNull: Uint8Array.of(0, 1),
    },
  ],
};

describe('CSV of a panel', () => {
  it('quotes what needs it, leaves out what is not there and defuses formulas', () => {
    expect(frameCsv(frame, 'UTC').split('\r\n')).toEqual([
      'Time,job,"CPU, all"',
      "1970-01-01 00:00:00,'=1+1,-1.5",
      '1970-01-01 00:01:00,"a ""b"", c",',
      '',
    ]);
  });
});
