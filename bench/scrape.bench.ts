import { AppendStatus } from '#storage';
import type { Appender } from '#storage';
import { MetadataCache } from '../src/scrape/family-metadata.ts';
import { appendPage } from '../src/scrape/page-appender.ts';
import { SeriesCache } from '../src/scrape/series-cache.ts';
import { scrapeConfig } from '../test/fakes/scrape-config.ts';
import type { Measurement } from './run.ts';

interface Size {
  readonly targets: number;
  readonly families: number;
  readonly rounds: number;
}

const SIZES: Readonly<Record<'small' | 'large', Size>> = {
  small: { targets: 2, families: 3, rounds: 4 },
  large: { targets: 100, families: 50, rounds: 40 },
};

const SERIES_PER_FAMILY = 20;

/** From a page's bytes to samples; the storage takes them and does nothing. */
export function run(size: 'small' | 'large'): Promise<readonly Measurement[]> {
  return Promise.resolve([
    measure('scrape/same-lines', SIZES[size], (round, families) => page(families, round, 0)),
    measure('scrape/a-family-in-ten-comes-and-goes', SIZES[size], (round, families) =>
      page(families, round, round % 2 === 0 ? 0 : Math.ceil(families / 10)),
    ),
  ]);
}

/** Some 128 bytes a line. The first `left out` families are not there. */
function page(families: number, round: number, leftOut: number): Uint8Array {
  let text = '';
  for (let family = leftOut; family < families; family++) {
    const name = `http_request_duration_seconds_${family}`;
    text += `# HELP ${name} The duration of requests.\n# TYPE ${name} counter\n`;
    for (let i = 0; i < SERIES_PER_FAMILY; i++) {
      const labels = `method="GET",handler="/api/v1/query_range",code="${200 + i}",part="alpha-${i}"`;
      text += `${name}{${labels}} ${round * i + 0.25 * family}\n`;
    }
  }
  return new TextEncoder().encode(text);
}

class CountingAppender implements Appender {
  refs = 0;
  samples = 0;
  sum = 0;
  seriesRef(): number {
    return ++this.refs;
  }
  findSeries(): number {
    return 0;
  }
  seriesRefOfSpans(): number {
    return ++this.refs;
  }
  append(_ref: number, _timestampMs: number, value: number): AppendStatus {
    this.samples++;
    if (value === value) this.sum += value;
    return AppendStatus.ok;
  }
  appendHistogram(): AppendStatus {
    return AppendStatus.ok;
  }
  appendExemplar(): AppendStatus {
    return AppendStatus.ok;
  }
  setMetadata(): void {}
  commit(): void {}
  rollback(): void {}
}

function measure(
  name: string,
  { targets, families, rounds }: Size,
  pageOf: (round: number, families: number) => Uint8Array,
): Measurement {
  const config = scrapeConfig();
  const appender = new CountingAppender();
  const caches = Array.from({ length: targets }, () => ({
    cache: new SeriesCache(),
    metadata: new MetadataCache(),
  }));
  const task = { appender, config, targetLabels: ['instance', 'a:1', 'job', 'j'], pageOptions: {} };
  const pages = Array.from({ length: rounds }, (_, round) => pageOf(round, families));
  let startUs = 0;
  let samplesBefore = 0;
  for (const [round, bytes] of pages.entries()) {
    // The first half warms up: the first page of a target costs ten times as much.
    if (round === rounds / 2) {
      startUs = process.cpuUsage().user;
      samplesBefore = appender.samples;
    }
    const at = { timestampMs: round * 1000, nowMs: round * 1000 };
    for (const target of caches) {
      appendPage({ ...task, ...target, ...at }, bytes, 'text/plain; version=0.0.4');
    }
  }
  const usedNs = (process.cpuUsage().user - startUs) * 1000;
  const value = Math.round(usedNs / (appender.samples - samplesBefore));
  return { name, value, unit: 'ns/sample', hash: String(appender.sum) };
}
