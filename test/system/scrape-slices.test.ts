import { afterAll, beforeAll, expect, it } from 'vitest';
import { askApi, instantQuery } from './api.ts';
import { startNarthex } from './narthex.ts';
import type { NarthexProcess } from './narthex.ts';
import { closeServers, serve } from './scrape-servers.ts';

const SERIES_COUNT = 100_000;

let server: NarthexProcess;
let isServed = false;

/** Labels of the usual length. */
const page = Array.from(
  { length: SERIES_COUNT },
  (_, i) => `page_level{container="gallery-${i % 10}",handler="/api/v1/images/${i}"} ${i}\n`,
).join('');

beforeAll(async () => {
  const target = await serve((_, response) => {
    response.setHeader('Content-Type', 'text/plain; version=0.0.4');
    response.end(page, () => (isServed = true));
  });
  server = await startNarthex({
    config: () => `scrape_configs:
  - job_name: large
    scrape_interval: 5s
    static_configs: [{ targets: ['${target.address}'] }]
`,
  });
});
afterAll(async () => {
  await server?.stop();
  await closeServers();
});

it(
  'while a page of 100,000 new series is stored requests are answered, and then all of it is there',
  { timeout: 60_000 },
  async () => {
    const counts: number[] = [];
    let servedAnswers = 0;
    for (let count = 0; count !== SERIES_COUNT;) {
      const wasServed = isServed;
      const [series] = await instantQuery(server.url, 'count(page_level)');
      count = Number(series?.value?.[1] ?? 0);
      counts.push(count);
      if (wasServed && count === 0) servedAnswers++;
    }
    expect(new Set(counts)).toEqual(new Set([0, SERIES_COUNT]));
    expect(servedAnswers).toBeGreaterThan(5);
    const { data } = await askApi(server.url, 'targets');
    expect(data).toMatchObject({ activeTargets: [{ health: 'up', lastError: '' }] });
    const [scraped] = await instantQuery(server.url, 'scrape_samples_scraped');
    expect(scraped?.value?.[1]).toBe(String(SERIES_COUNT));
  },
);
