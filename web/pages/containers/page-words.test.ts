import { describe, expect, it } from 'vitest';
import type { AnnotationData } from '#contract';
import { formatCpu, formatCpuLimit, formatCpuShare, formatShare, limitTone } from './amounts.ts';
import { parsePageState, printRange, timeWindow } from './page-state.ts';
import { scrapeWords } from './scrape-words.ts';
import { stopFacts } from './stop-facts.ts';
import { container } from './test-container.ts';

describe('amounts', () => {
  it.each([
    [formatCpu(0), '0.00%'],
    [formatCpu(0.0423), '4.23%'],
    [formatCpu(0.1), '10.0%'],
    [formatCpu(2.304), '230%'],
    [formatCpuShare(0.5), '50%'],
    [formatCpuShare(0.125), '12.5%'],
    [formatCpuLimit(1), '1 CPU'],
    [formatCpuLimit(1.5), '1.5 CPUs'],
    [formatShare(0), '0%'],
    [formatShare(0.042), '4.2%'],
    [formatShare(0.304), '30%'],
  ])('%s', (text, expected) => {
    expect(text).toBe(expected);
  });

  it.each([
    [0.79, 'good'],
    [0.8, 'warn'],
    [0.95, 'bad'],
    [1.2, 'bad'],
  ])('%d of a limit is %s', (share, tone) => {
    expect(limitTone(share)).toBe(tone);
  });
});

const target = {
  scrapePool: 'apps',
  scrapeUrl: 'http://172.20.0.2/metrics',
  health: 'up',
  lastError: '',
  labels: {},
} as const;
const down = { ...target, health: 'down', lastError: 'connection refused' } as const;

describe('how scraping goes', () => {
  it.each([
    ['none', 'quiet', 'no port is exposed', { targetsAbsentBecause: 'no port is exposed' }],
    ['', 'quiet', 'it does not run', { state: 'exited', targetsAbsentBecause: 'it does not run' }],
    ['scraped', 'good', target.scrapeUrl, { targets: [target] }],
    ['failing', 'bad', 'connection refused', { targets: [down] }],
    ['1 of 2 failing', 'bad', 'connection refused', { targets: [target, down] }],
    [
      'waiting',
      'warn',
      `not scraped yet:\n${target.scrapeUrl}`,
      { targets: [{ ...target, health: 'unknown' }] },
    ],
  ] as const)('%j', (word, tone, detail, change) => {
    expect(scrapeWords(container(change))).toEqual({ word, tone, detail });
  });
});

const parse = (search: string) => parsePageState(new URLSearchParams(search));

describe("the state of a container's page", () => {
  it.each([
    ['', { tab: 'graphs', rangeMs: 900_000, endMs: undefined }],
    ['?tab=logs&range=6h', { tab: 'logs', rangeMs: 21_600_000, endMs: undefined }],
    ['?tab=x&range=-5s', { tab: 'graphs', rangeMs: 900_000, endMs: undefined }],
    ['?range=340s&end=1700000000', { tab: 'graphs', rangeMs: 340_000, endMs: 1_700_000_000_000 }],
  ])('%s', (search, expected) => {
    expect(parse(search)).toEqual(expected);
  });

  it.each([
    [900_000, undefined],
    [604_800_000, '7d'],
    [340_000, '340s'],
    [20, '1s'],
  ])('writes a range of %i ms as %s', (rangeMs, text) => {
    expect(printRange(rangeMs)).toBe(text);
  });

  it.each([
    ['', 5000],
    ['?range=1h', 15_000],
    ['?range=7d', 2_520_000],
    ['?range=10s', 5000],
  ])('looks at whole steps: %s', (search, stepMs) => {
    const state = parse(search);
    const window = timeWindow(state, 1_700_000_003_210);
    expect(window.stepMs).toBe(stepMs);
    expect(window.endMs % stepMs).toBe(0);
    expect((window.endMs - window.startMs) % stepMs).toBe(0);
    expect(window.endMs - window.startMs).toBeGreaterThanOrEqual(state.rangeMs);
  });
});

describe('how it was before it stopped', () => {
  it('is what the event of its end tells', () => {
    const die = {
      kind: 'die',
      attributes: {
        exitCode: '137',
        memoryBytes: '66060288',
        memoryLimitBytes: '67108864',
        memoryPressure: '0.42',
      },
    } as unknown as AnnotationData;
    expect(stopFacts([die])).toEqual([
      { title: 'Memory before', text: '63.0 MiB of 64.0 MiB (98%)' },
      { title: 'Waiting for memory before', text: '42% of the time' },
    ]);
    expect(stopFacts([])).toEqual([]);
  });
});
