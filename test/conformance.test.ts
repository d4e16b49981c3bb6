import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { CONFORMANCE_DIR, runSuites } from './suites/index.ts';

type NotYet = Record<string, Record<string, string[]>>;

const notYetFile = new URL('./suites/not-yet.json', import.meta.url);
const notYet = JSON.parse(readFileSync(notYetFile, 'utf8')) as NotYet;

/** `area/file: case`, of all that waits for a later issue. */
const listed: readonly string[] = Object.entries(notYet).flatMap(([file, reasons]) =>
  Object.values(reasons).flatMap((ids) => ids.map((id): string => `${file}: ${id}`)),
);

describe('conformance', () => {
  it('has a reason and one entry for each case that waits', () => {
    expect(listed.length).toBe(new Set(listed).size);
    for (const reasons of Object.values(notYet)) {
      for (const reason of Object.keys(reasons)) expect(reason.length).toBeGreaterThan(10);
    }
  });

  const isHere = existsSync(CONFORMANCE_DIR);
  if (!isHere) console.warn(`conformance cases are not run: there is no ${CONFORMANCE_DIR}`);

  it.skipIf(!isHere)(
    'passes every case but the listed ones, and none of these',
    { timeout: 120_000 },
    async () => {
      const results = await runSuites(CONFORMANCE_DIR);
      const failing = new Map<string, string | undefined>(
        results.flatMap(({ file, cases }) =>
          cases.filter((one) => !one.ok).map((one) => [`${file}: ${one.id}`, one.message] as const),
        ),
      );
      const unexpected = [...failing]
        .filter(([id]) => !listed.includes(id))
        .map(([id, message]) => `${id}: ${message ?? ''}`);
      expect(unexpected, 'cases that fail and are not listed').toEqual([]);
      const passing = listed.filter((id) => !failing.has(id));
      expect(passing, 'cases that are listed and pass: take them off the list').toEqual([]);
    },
  );
});
