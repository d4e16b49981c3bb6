import { labelsFromPairs, METRIC_NAME, writeStaleNaN } from '#model';
import type { Labels, Metadata } from '#model';
import { AppendStatus } from '#storage';
import type { Appender, SeriesRef } from '#storage';

/** What a scrape says of itself. */
export interface ScrapeReport {
  readonly isUp: boolean;
  readonly durationMs: number;
  readonly scraped: number;
  readonly afterRelabelling: number;
  readonly seriesAdded: number;
  readonly timeoutMs: number;
  readonly sampleLimit: number;
  /** -1: the body was too large; 0: there was none. */
  readonly bodyBytes: number;
}

interface ReportSeries extends Metadata {
  readonly name: string;
  readonly isExtra: boolean;
  readonly value: (report: ScrapeReport) => number;
}

const gauge = (
  name: string,
  [unit, help]: readonly [string, string],
  value: ReportSeries['value'],
): ReportSeries => ({ name, type: 'gauge', unit, help, value, isExtra: false });

const REPORT_SERIES: readonly ReportSeries[] = [
  gauge(
    'up',
    [
      'targets',
      'Health of the scrape target. 1 means the target is healthy, 0 if the scrape failed.',
    ],
    (report) => (report.isUp ? 1 : 0),
  ),
  gauge(
    'scrape_duration_seconds',
    ['seconds', 'Duration of the last scrape in seconds.'],
    (report) => report.durationMs / 1000,
  ),
  gauge(
    'scrape_samples_scraped',
    ['samples', 'Number of samples last scraped.'],
    (report) => report.scraped,
  ),
  gauge(
    'scrape_samples_post_metric_relabeling',
    ['samples', 'Number of samples remaining after metric relabeling was applied.'],
    (report) => report.afterRelabelling,
  ),
  gauge(
    'scrape_series_added',
    ['series', 'Number of series in the last scrape.'],
    (report) => report.seriesAdded,
  ),
  {
    ...gauge(
      'scrape_timeout_seconds',
      ['seconds', 'The configured scrape timeout for a target.'],
      (report) => report.timeoutMs / 1000,
    ),
    isExtra: true,
  },
  {
    ...gauge(
      'scrape_sample_limit',
      [
        'samples',
        'The configured sample limit for a target. Returns zero if there is no limit configured.',
      ],
      (report) => report.sampleLimit,
    ),
    isExtra: true,
  },
  {
    ...gauge(
      'scrape_body_size_bytes',
      [
        'bytes',
        'The uncompressed size of the last scrape response, if successful. Scrapes failing because body_size_limit is exceeded report -1, other scrape failures report 0.',
      ],
      (report) => report.bodyBytes,
    ),
    isExtra: true,
  },
];

const stale = new Float64Array(1);
writeStaleNaN(stale, 0);

/** Writes `up` and its like for one target, with its labels, and ends them. */
export class ReportAppender {
  readonly #refs: (SeriesRef | undefined)[] = [];
  readonly #targetLabels: Labels;

  constructor(targetLabels: Labels) {
    this.#targetLabels = targetLabels;
  }

  append(
    appender: Appender,
    timestampMs: number,
    of: { readonly report: ScrapeReport; readonly withExtra: boolean },
  ): void {
    for (const [i, series] of REPORT_SERIES.entries()) {
      if (series.isExtra && !of.withExtra) continue;
      this.#append(i, series, { appender, timestampMs, value: series.value(of.report) });
    }
  }

  /** Older or equal timestamps are refused by the storage: the target came back under another loop. */
  appendStale(appender: Appender, timestampMs: number): void {
    appender.refusesLate = true;
    for (const ref of this.#refs) {
      if (ref !== undefined) appender.append(ref, timestampMs, stale[0] as number);
    }
    appender.refusesLate = false;
  }

  #append(
    index: number,
    series: ReportSeries,
    sample: { appender: Appender; timestampMs: number; value: number },
  ): void {
    const { appender, timestampMs, value } = sample;
    const known = this.#refs[index];
    if (known !== undefined) {
      const status = appender.append(known, timestampMs, value);
      if (status !== AppendStatus.unknownSeries) return;
    }
    const ref = appender.seriesRef(this.#labels(series.name));
    this.#refs[index] = ref;
    appender.append(ref, timestampMs, value);
    const { type, unit, help } = series;
    if (known === undefined) appender.setMetadata(ref, { type, unit, help });
  }

  #labels(name: string): Labels {
    const pairs: [string, string][] = [];
    for (let i = 0; i < this.#targetLabels.length; i += 2) {
      pairs.push([this.#targetLabels[i] ?? '', this.#targetLabels[i + 1] ?? '']);
    }
    pairs.push([METRIC_NAME, name]);
    return labelsFromPairs(pairs);
  }
}
