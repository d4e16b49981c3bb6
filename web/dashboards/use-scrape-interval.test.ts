import { describe, expect, it } from 'vitest';
import { readScrapeIntervals } from './use-scrape-interval.ts';

describe('scrape intervals', () => {
  it.each([
    ['global:\n  scrape_interval: 5s\n  scrape_timeout: 5s\n', 5000],
    ['global:\n  scrape_timeout: 10s\n  scrape_interval: 1m\nscrape_configs:\n', 60_000],
    ['global:\n  scrape_timeout: 10s\nscrape_configs:\n  - scrape_interval: 2s\n', 15_000],
    ['', 15_000],
  ])('of %j are %i ms', (yaml, intervalMs) => {
    expect(readScrapeIntervals(yaml).usualMs).toBe(intervalMs);
  });

  it('are known of each job', () => {
    const yaml = `global:
  scrape_interval: 15s
scrape_configs:
- job_name: api
  scrape_interval: 5s
  relabel_configs:
  - target_label: job_name
    scrape_interval: 1s
- job_name: 'it''s'
  scrape_interval: 1m
- job_name: "a \\"b\\""
  scrape_interval: 1h
remote_write:
- job_name: none
  scrape_interval: 1s
`;
    expect([...readScrapeIntervals(yaml).jobsMs]).toEqual([
      ['api', 5000],
      ["it's", 60_000],
      ['a "b"', 3_600_000],
    ]);
  });
});
