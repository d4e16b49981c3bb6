import { array, assert, nat, property } from 'fast-check';
import { expect, it } from 'vitest';
import { RecordingStorage } from '../../test/fakes/recording-storage.ts';
import { scrapeConfig } from '../../test/fakes/scrape-config.ts';
import { MetadataCache } from './family-metadata.ts';
import { appendNoPage, appendPage } from './page-appender.ts';
import { SeriesCache } from './series-cache.ts';

// Names that are parts of each other, labels in two orders, and lines that spoil the page.
const LINES = ['a', 'ab', 'a{x="1"}', 'a{x="1",y="2"}', 'a{y="2",x="1"}', 'b', 'b{x="é"}', '{{'];
const IDS = ['a', 'ab', 'a{x="1"}', 'a{x="1", y="2"}', 'a{x="1", y="2"}', 'b', 'b{x="é"}', ''];

/** What each series must hold after the pages, written down without any cache. */
function expectedValues(pages: readonly (readonly number[])[]): Map<string, (number | 'stale')[]> {
  const values = new Map<string, (number | 'stale')[]>();
  const push = (id: string, value: number | 'stale'): void => {
    values.set(id, [...(values.get(id) ?? []), value]);
  };
  let before = new Set<string>();
  for (const [round, lines] of pages.entries()) {
    const isBad = lines.some((line) => IDS[line] === '');
    const now = new Set(isBad ? [] : lines.map((line) => IDS[line] ?? ''));
    for (const id of now) push(id, round);
    for (const id of before) if (!now.has(id)) push(id, 'stale');
    before = now;
  }
  return values;
}

it('whatever pages follow each other, the cache changes nothing of what is stored', () => {
  const pages = array(
    array(nat(LINES.length - 1), { maxLength: 8 }).filter((lines) => lines.length > 0),
    { maxLength: 8 },
  );
  assert(
    property(pages, (rounds) => {
      const storage = new RecordingStorage();
      const cache = new SeriesCache();
      const metadata = new MetadataCache();
      for (const [round, lines] of rounds.entries()) {
        const timestampMs = 1000 * (round + 1);
        const text = lines.map((line) => `${LINES[line]} ${round}\n`).join('');
        const task = {
          cache,
          metadata,
          config: scrapeConfig(),
          targetLabels: [],
          timestampMs,
          pageOptions: {},
        };
        let appender = storage.appender();
        const full = { ...task, appender, nowMs: timestampMs };
        const outcome = appendPage(full, new TextEncoder().encode(text), 'text/plain');
        if (outcome.error !== undefined) {
          appender.rollback();
          appender = storage.appender();
          appendNoPage({ ...task, appender });
        }
        appender.commit();
      }
      const expected = expectedValues(rounds);
      expect(storage.names()).toEqual([...expected.keys()].toSorted());
      for (const [id, values] of expected) expect(storage.values(id)).toEqual(values);
    }),
    { numRuns: 400 },
  );
});
