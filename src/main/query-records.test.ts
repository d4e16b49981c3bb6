import { describe, expect, it } from 'vitest';
import { activeEntry } from './active-queries.ts';
import { queryLogLine } from './query-log.ts';

const record = {
  query: 'sum(up) > "ü"',
  startMs: 1_581_173_990_368,
  endMs: 1_581_174_290_368,
  stepMs: 5500,
  origin: { clientIP: '127.0.0.1', method: 'GET', path: '/api/v1/query_range' },
  error: undefined,
  stats: {
    samples: { totalQueryableSamples: 7, peakSamples: 3 },
    memory: { peakBytes: 600 },
    timings: { prepareMs: 1, evaluateMs: 2, sortMs: 3, totalMs: 6 },
  },
};

describe('the query log', () => {
  it('has the fields of Prometheus in its order', () => {
    const line = queryLogLine(record, 1_581_174_290_387);
    expect(line).toBe(
      '{"time":"2020-02-08T15:04:50.387Z","level":"INFO","msg":"promql query logged",' +
        '"params":{"end":"2020-02-08T15:04:50.368Z","query":"sum(up) > \\"ü\\"",' +
        '"start":"2020-02-08T14:59:50.368Z","step":5},"stats":{"timings":{"evalTotalTime":0.006,' +
        '"resultSortTime":0.003,"queryPreparationTime":0.001,"innerEvalTime":0.002,' +
        '"execQueueTime":0,"execTotalTime":0.006},"samples":{"totalQueryableSamples":7,' +
        '"peakSamples":3},"memory":{"peakBytes":600}},"httpRequest":{"clientIP":"127.0.0.1",' +
        '"method":"GET","path":"/api/v1/query_range"}}\n',
    );
  });

  it('says why there was no result', () => {
    const failed = { ...record, error: 'too slow', stats: undefined, origin: undefined };
    const line = JSON.parse(queryLogLine(failed, 0)) as Record<string, unknown>;
    expect(line).toMatchObject({ error: 'too slow', stats: { samples: { peakSamples: 0 } } });
    expect(line).not.toHaveProperty('httpRequest');
  });

  it('bears times beyond all calendars', () => {
    const far = queryLogLine({ ...record, startMs: -Infinity, endMs: 1e300 }, 0);
    expect(JSON.parse(far)).toMatchObject({ params: { end: '+275760-09-13T00:00:00.000Z' } });
  });
});

function textOf(query: string): string {
  const bytes = Buffer.from(activeEntry(query, 1_700_000_000_999));
  expect(bytes).toHaveLength(1000);
  expect(bytes.at(-1)).toBe(','.charCodeAt(0));
  return bytes.subarray(0, -1).toString().replaceAll('\0', '');
}

describe('a place among the active queries', () => {
  it('has the query and when it began', () => {
    expect(textOf('up == 0')).toBe('{"query":"up == 0","timestamp_sec":1700000000}');
  });

  it.each(['a', '"', 'ü', '\u0001', '😀', '\ud800'])('cuts a long text of %j', (character) => {
    const entry = JSON.parse(textOf(character.repeat(5000))) as { query: string };
    expect(entry.query.length).toBeGreaterThan(100);
  });
});
