import type { PageOptions } from '#exposition';
import { errorText } from '#platform';
import type { Clock, Log } from '#platform';
import type { Appendable, Appender } from '#storage';
import type { ScrapeConfig } from '#config';
import type { MetadataCache } from './family-metadata.ts';
import { appendNoPage, NO_PAGE, PageReading } from './page-appender.ts';
import type { PageOutcome } from './page-appender.ts';
import type { ReportAppender } from './report-series.ts';
import type { PageMetrics } from './scrape-metrics.ts';
import type { SeriesCache } from './series-cache.ts';
import type { SlicedWork } from './store-queue.ts';
import type { Target } from './target.ts';

/** A page, or why there is none. */
export type Fetched =
  | { readonly page: Uint8Array; readonly contentType: string }
  | { readonly error: string; readonly bodyBytes: number };

export interface ScrapeMoment {
  readonly timestampMs: number;
  /** Until the page was there. */
  readonly durationMs: number;
}

export interface StoringTask {
  readonly appendable: Appendable;
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly metrics: PageMetrics;
  readonly log: Log;
  readonly target: Target;
  readonly config: ScrapeConfig;
  /** Nobody else uses it until the work is done or abandoned. */
  readonly cache: SeriesCache;
  readonly metadata: MetadataCache;
  readonly report: ReportAppender;
  readonly pageOptions: PageOptions;
  readonly fetched: Fetched;
  readonly at: ScrapeMoment;
}

/**
 * Stores what a scrape brought, a page or its absence, and the report. All of it becomes visible at once, when the
 * last slice commits.
 */
export class PageStoring implements SlicedWork {
  /** Why the scrape failed, once the work is done. */
  error: string | undefined = undefined;
  /** What was on the page, once the work is done. */
  outcome: PageOutcome = NO_PAGE;
  readonly #task: StoringTask;
  #appender: Appender | undefined;
  #reading: PageReading | undefined;

  constructor(task: StoringTask) {
    this.#task = task;
  }

  step(isTimeUp: () => boolean): boolean {
    try {
      if (this.#appender === undefined) this.#begin();
      if (this.#reading?.step(isTimeUp) === false) return false;
      this.#finish(this.#reading?.outcome ?? NO_PAGE);
    } catch (error) {
      // Spent already where the commit itself failed; then this does nothing.
      this.#appender?.rollback();
      this.#task.cache.abandonPage();
      this.#task.log.error('Scrape commit failed', { err: errorText(error) });
      this.error = errorMessage(error);
    }
    return true;
  }

  abandon(): void {
    this.#appender?.rollback();
    // What was read of the page is not the last page.
    this.#task.cache.abandonPage();
  }

  #begin(): void {
    const { appendable, fetched, cache, metadata, config, pageOptions, target, at, clock } =
      this.#task;
    const appender = appendable.appender();
    this.#appender = appender;
    if (!('page' in fetched) || fetched.page.length === 0) return;
    const task = {
      appender,
      cache,
      metadata,
      config,
      pageOptions,
      targetLabels: target.publicLabels,
      timestampMs: at.timestampMs,
      nowMs: clock.nowMs(),
    };
    this.#reading = new PageReading(task, fetched.page, fetched.contentType);
  }

  #finish(outcome: PageOutcome): void {
    const { appendable, fetched, cache, at } = this.#task;
    this.outcome = outcome;
    if (outcome !== NO_PAGE) this.#countOutcome(outcome);
    const error = 'error' in fetched ? fetched.error : outcome.error;
    if (outcome !== NO_PAGE && error !== undefined) {
      this.#appender?.rollback();
      this.#appender = appendable.appender();
    }
    const appender = (this.#appender ??= appendable.appender());
    const isTaken = outcome !== NO_PAGE && error === undefined;
    if (!isTaken) appendNoPage({ appender, cache, timestampMs: at.timestampMs });
    this.#appendReport(appender, outcome, error === undefined);
    appender.commit();
    this.error = error;
  }

  #appendReport(appender: Appender, outcome: PageOutcome, isUp: boolean): void {
    const { report, config, fetched, target, at } = this.#task;
    report.append(appender, at.timestampMs, {
      withExtra: config.extraScrapeMetrics,
      report: {
        isUp,
        durationMs: at.durationMs,
        scraped: outcome.scraped,
        afterRelabelling: outcome.afterRelabelling,
        seriesAdded: outcome.seriesAdded,
        timeoutMs: target.timeoutMs,
        sampleLimit: config.sampleLimit,
        bodyBytes: 'page' in fetched ? fetched.page.length : fetched.bodyBytes,
      },
    });
  }

  #countOutcome(outcome: PageOutcome): void {
    const { metrics, log } = this.#task;
    if (outcome.warning !== undefined) {
      log.debug('Invalid content type on scrape, using fallback setting.', {
        err: outcome.warning,
      });
    }
    if (outcome.exceeded === 'samples') metrics.exceededSampleLimit.inc();
    if (outcome.exceeded === 'labels') metrics.exceededLabelLimits.inc();
    if (outcome.exceeded === 'buckets') metrics.exceededBucketLimit.inc();
    this.#warn(outcome.outOfOrder, 'Error on ingesting out-of-order samples');
    metrics.outOfOrder.inc(outcome.outOfOrder);
    this.#warn(
      outcome.duplicates,
      'Error on ingesting samples with different value but same timestamp',
    );
    metrics.duplicateTimestamps.inc(outcome.duplicates);
    this.#warn(
      outcome.outOfBounds,
      'Error on ingesting samples that are too old or are too far into the future',
    );
    metrics.outOfBounds.inc(outcome.outOfBounds);
    this.#warn(outcome.exemplarsOutOfOrder, 'Error on ingesting out-of-order exemplars');
    metrics.exemplarsOutOfOrder.inc(outcome.exemplarsOutOfOrder);
  }

  #warn(count: number, message: string): void {
    if (count > 0) this.#task.log.warn(message, { num_dropped: count });
  }
}

export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
