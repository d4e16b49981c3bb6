import { describe, expect, it } from 'vitest';
import { findMetadata } from './metric-metadata.ts';

const metadata = {
  up_seconds: [{ type: 'histogram', unit: '', help: 'Time up.' }],
  job_count: [{ type: 'gauge', unit: '', help: 'Jobs.' }],
};

describe('the description of a metric', () => {
  it.each([
    ['up_seconds', 'Time up.'],
    ['up_seconds_bucket', 'Time up.'],
    ['up_seconds_sum', 'Time up.'],
    ['job_count', 'Jobs.'],
    ['job', undefined],
    ['other_total', undefined],
  ])('of %s is %j', (name, help) => {
    expect(findMetadata(metadata, name)?.help).toBe(help);
  });
});
