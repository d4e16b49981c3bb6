import { describe, expect, it } from 'vitest';
import { readScrapeInterval } from './use-scrape-interval.ts';

describe('the scrape interval', () => {
  it.each([
    ['global:\n  scrape_interval: 5s\n  scrape_timeout: 5s\n', 5000],
    ['global:\n  scrape_timeout: 10s\n  scrape_interval: 1m\nscrape_configs:\n', 60_000],
    ['global:\n  scrape_timeout: 10s\nscrape_configs:\n  - scrape_interval: 2s\n', 15_000],
    ['', 15_000],
  ])('of %j is %i ms', (yaml, intervalMs) => {
    expect(readScrapeInterval(yaml)).toBe(intervalMs);
  });
});
