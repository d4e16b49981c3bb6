import { describe, expect, it } from 'vitest';
import { madeUpSeries, parseLabels } from './bench-series.ts';

describe('parseLabels', () => {
  it('sorts labels by name, whatever their values hold', () => {
    const labels = parseLabels('{"job":"a,b","__name__":"up","i":"x:9\\"}"}');
    expect(labels?.join(' ')).toBe('__name__ up i x:9"} job a,b');
  });

  it.each(['', 'up 1', '[]', '["a"]', 'null', '{}', '{"a":1}', '{"a":{}}', '{"a":"b"', '"a"'])(
    'finds no labels in %s',
    (line) => expect(parseLabels(line)).toBeUndefined(),
  );
});

describe('madeUpSeries', () => {
  it('makes as many different series as asked for', () => {
    const series = madeUpSeries(70_000).map((labels) => labels.join());
    expect(new Set(series).size).toBe(70_000);
  });
});
