// Native histograms on their way through the built server: scraped or written, asked for, kept over a kill.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProtobufWriter, snappyCompress } from '#bytes';
import { EntryKind, createPageParser } from '#exposition';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { askApi, instantQuery, untilQuery } from './api.ts';
import { serveHistograms } from './histogram-target.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import { closeServers } from './scrape-servers.ts';

let dir = '';
let server: NarthexProcess | undefined;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'narthex-histograms-'));
});
afterEach(async () => {
  await server?.stop();
  server = undefined;
  rmSync(dir, { recursive: true, force: true });
});
afterAll(closeServers);

interface HistogramSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly histogram?: readonly [
    number,
    { readonly count: string; readonly sum: string; readonly buckets?: readonly unknown[] },
  ];
}

async function ask(url: string, query: string): Promise<readonly HistogramSeries[]> {
  return await instantQuery(url, query);
}

async function numberOf(url: string, query: string): Promise<number> {
  const [series] = await ask(url, query);
  return Number(series?.value?.[1]);
}

/** Of the histograms on the page that another server would scrape. */
async function federatedCounts(url: string, name: string): Promise<string[]> {
  const accept =
    'application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited';
  const response = await fetch(`${url}/federate?match[]=${name}`, { headers: { accept } });
  expect(response.headers.get('content-type')).toContain('application/vnd.google.protobuf');
  const page = new Uint8Array(await response.arrayBuffer());
  const parser = createPageParser(page, 'protobuf', { scrapeNativeHistograms: true });
  const counts: string[] = [];
  for (let kind = parser.next(); kind !== EntryKind.end; kind = parser.next()) {
    expect(kind).not.toBe(EntryKind.error);
    if (kind === EntryKind.histogram) counts.push(String(parser.histogram().count));
  }
  return counts;
}

const config = (address: string, more: string) => (): string =>
  `
scrape_configs:
  - job_name: histograms
    scrape_interval: 200ms
    scrape_timeout: 200ms
    scrape_native_histograms: true
    ${more}
    static_configs: [{targets: ['${address}']}]
`;

describe('a target with histograms', () => {
  it('is scraped over protobuf, answers queries, and keeps its samples over a kill', async () => {
    const { address } = await serveHistograms();
    const options = { config: config(address, ''), dir };
    server = await startNarthex(options);
    const counted = 'count_over_time(request_seconds[1m])';
    await untilQuery(server.url, counted, ([series]) => Number(series?.value?.[1]) >= 5);

    const quantile = await numberOf(
      server.url,
      'histogram_quantile(0.9, rate(request_seconds[1m]))',
    );
    // The ninth of ten equal buckets ends at 2^(9/8).
    expect(quantile).toBeCloseTo(2 ** (9 / 8), 6);
    const [shown] = await ask(server.url, 'request_seconds');
    expect(shown?.metric).toMatchObject({ route: '/a', job: 'histograms' });
    expect(shown?.histogram?.[1].buckets?.length).toBe(10);
    expect(Number(shown?.histogram?.[1].count)).toBeGreaterThanOrEqual(500);
    // Without its own classic buckets the histogram is one series; the classic one stays as it is.
    expect(await ask(server.url, 'request_seconds_bucket')).toEqual([]);
    expect((await ask(server.url, 'classic_seconds_bucket')).length).toBe(3);

    const [federated, ...others] = await federatedCounts(server.url, 'request_seconds');
    expect(Number(federated)).toBeGreaterThanOrEqual(Number(shown?.histogram?.[1].count));
    expect(others).toEqual([]);

    const then = `histogram_count(request_seconds @ ${Date.now() / 1000 - 0.5})`;
    const before = await numberOf(server.url, then);
    expect(before).toBeGreaterThan(0);
    const { data } = await askApi(server.url, 'query_range', {
      query: 'request_seconds',
      start: String(Date.now() / 1000 - 1),
      end: String(Date.now() / 1000),
      step: '1',
    });
    const [ranged] = (data as { result: { histograms?: unknown[] }[] }).result;
    expect(ranged?.histograms?.length).toBeGreaterThan(0);
    await server.kill();
    server = await startNarthex(options);
    expect(await numberOf(server.url, then)).toBe(before);
  });

  it('has its classic ones turned into native ones, with limits of resolution', async () => {
    const { address } = await serveHistograms();
    const more = [
      'convert_classic_histograms_to_nhcb: true',
      'native_histogram_min_bucket_factor: 2',
    ].join('\n    ');
    server = await startNarthex({ config: config(address, more), dir });
    await untilQuery(server.url, 'classic_seconds', (result) => result.length > 0);
    const [classic] = await ask(server.url, 'classic_seconds');
    expect(classic?.histogram?.[1].buckets).toMatchObject([
      [expect.anything(), '-Inf', '0.5', expect.anything()],
      [0, '0.5', '2.5', expect.anything()],
    ]);
    const [coarse] = await ask(server.url, 'request_seconds');
    expect(coarse?.histogram?.[1].buckets?.length).toBe(2);
  });

  it('ends with a stale marker when it goes', async () => {
    const { address } = await serveHistograms();
    server = await startNarthex({ config: config(address, ''), dir });
    await untilQuery(server.url, 'request_seconds', (result) => result.length > 0);
    await closeServers();
    await untilQuery(server.url, 'request_seconds', (result) => result.length === 0, 5000);
  });
});

async function write(url: string, body: Uint8Array): Promise<number> {
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy' },
    body: Buffer.from(body),
  });
  await response.arrayBuffer();
  return response.status;
}

/** Of integers (counts by their differences) or of floats. */
function histogram(timestampMs: number, count: number, areFloats: boolean): ProtobufWriter {
  const writer = new ProtobufWriter();
  if (areFloats) writer.double(2, count * 3).double(7, count);
  else writer.uint(1, count * 3).uint(6, count);
  writer
    .double(3, count * 2)
    .sint(4, 0)
    .double(5, 0.001);
  writer.field(11, new ProtobufWriter().sint(1, 0).uint(2, 2));
  if (areFloats) writer.double(13, count).double(13, count);
  else writer.sint(12, count).sint(12, 0);
  return writer.int64(15, timestampMs);
}

function request(name: string, histograms: readonly ProtobufWriter[]): Uint8Array {
  const label = new ProtobufWriter().field(1, '__name__').field(2, name);
  const series = new ProtobufWriter().field(1, label);
  for (const one of histograms) series.field(4, one);
  return snappyCompress(new ProtobufWriter().field(1, series).finish());
}

describe('remote write', () => {
  it.each([
    ['of integers', false, 7],
    ['of floats', true, 7.25],
  ])('takes histograms %s, and keeps them over a kill', async (_, areFloats, last) => {
    const options = {
      config: () => 'global: {}\n',
      flags: ['--web.enable-remote-write-receiver'],
      dir,
    };
    server = await startNarthex(options);
    const nowMs = Date.now();
    const histograms = [5, 6, last].map((count, i) =>
      histogram(nowMs - 3000 + i * 1000, count, areFloats),
    );
    expect(await write(server.url, request('written', histograms))).toBe(204);
    for (const round of ['before', 'after']) {
      const [shown] = await ask(server.url, 'written');
      expect(shown?.histogram?.[1], round).toMatchObject({
        count: String(last * 3),
        sum: String(last * 2),
        buckets: [
          [3, '-0.001', '0.001', String(last)],
          [0, '0.5', '1', String(last)],
          [0, '1', '2', String(last)],
        ],
      });
      expect(await numberOf(server.url, 'count_over_time(written[1m])'), round).toBe(3);
      await server.kill();
      server = await startNarthex(options);
    }
  });
});
