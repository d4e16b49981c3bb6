import { errorText, HttpClientError } from '#platform';
import type { BodyBuffer, Clock, HttpClient, Log, Timer } from '#platform';
import type { PageOptions } from '#exposition';
import { formatDuration, formatFloat } from '#model';
import type { Appendable, Appender } from '#storage';
import type { ScrapeConfig } from '#config';
import { MetadataCache } from './family-metadata.ts';
import { appendNoPage, appendPage, NO_PAGE } from './page-appender.ts';
import type { PageOutcome } from './page-appender.ts';
import { ReportAppender } from './report-series.ts';
import type { ScrapeMetrics } from './scrape-metrics.ts';
import { SeriesCache } from './series-cache.ts';
import { isSwitchedOn, targetOffsetMs } from './target.ts';
import type { Target } from './target.ts';

export interface LoopSurroundings {
  readonly appendable: Appendable;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: ScrapeMetrics;
  /** Tells this server from others that scrape the same targets. */
  readonly server: string;
  readonly userAgent: string;
  /** Whether the storage takes native histograms; else targets' histograms stay classic. */
  readonly storesHistograms: boolean;
  /** Series get `__type__` and `__unit__`. */
  readonly typeAndUnitLabels: boolean;
}

/** What a pool gives its loops, and may change while they run. */
export interface LoopSettings {
  readonly config: ScrapeConfig;
  readonly client: HttpClient;
  readonly accept: string;
  /** Where failed scrapes are written besides (`scrape_failure_log_file`). */
  readonly failureLog: Log | undefined;
}

export type TargetHealth = 'up' | 'down' | 'unknown';

/** The last scrape of a target, as the Targets page shows it. */
export interface TargetStatus {
  readonly health: TargetHealth;
  /** '' where it went well. */
  readonly lastError: string;
  /** 0: there was none yet. */
  readonly lastScrapeMs: number;
  readonly lastDurationMs: number;
}

/** A page, or why there is none. */
type Fetched =
  | { readonly page: Uint8Array; readonly contentType: string }
  | { readonly error: string; readonly bodyBytes: number };

/** A timestamp this near to its place on the grid is put there, which stores better (Prometheus: 2 ms). */
const GRID_TOLERANCE_MS = 2;

/** A buffer may be so much larger than four times the last page: 1 MiB. */
const BUFFER_BYTES_KEPT = 2 ** 20;

/** Scrapes one target at its interval, until stopped. */
export class ScrapeLoop {
  readonly target: Target;
  readonly metadata: MetadataCache = new MetadataCache();
  readonly #cache = new SeriesCache();
  readonly #report: ReportAppender;
  readonly #surroundings: LoopSurroundings;
  readonly #log: Log;
  readonly #pageOptions: PageOptions;
  #settings: LoopSettings;
  /** Set where the pool as a whole is over a limit: each scrape fails with it. */
  #forcedError: string | undefined = undefined;
  #status: TargetStatus = { health: 'unknown', lastError: '', lastScrapeMs: 0, lastDurationMs: 0 };
  readonly #aborter = new AbortController();
  #timer: Timer | undefined;
  /** For bodies: the cache keeps the last good page in one of them, the next goes into the other. */
  readonly #buffers: readonly [BodyBuffer, BodyBuffer] = [
    { bytes: new Uint8Array(0) },
    { bytes: new Uint8Array(0) },
  ];
  /** When the next scrape is due, on the grid. */
  #dueMs = 0;
  #isStopped = false;
  #lastStartMs = 0;
  #lastPageBytes = 0;

  constructor(target: Target, settings: LoopSettings, surroundings: LoopSurroundings) {
    this.target = target;
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#log = surroundings.log.child({ target: target.url });
    this.#report = new ReportAppender(target.publicLabels);
    this.#pageOptions = pageOptions(target, surroundings);
  }

  get status(): TargetStatus {
    return this.#status;
  }

  start(): void {
    const { clock, server } = this.#surroundings;
    const { intervalMs } = this.target;
    const offsetMs = targetOffsetMs(this.target, server);
    const nowMs = clock.nowMs();
    const gridMs = nowMs - (nowMs % intervalMs) + offsetMs;
    this.#dueMs = gridMs < nowMs ? gridMs + intervalMs : gridMs;
    this.#wait();
  }

  /** Takes new settings from the next scrape on. `relabels`: the same line may now be another series. */
  configure(settings: LoopSettings, { relabels }: { readonly relabels: boolean }): void {
    this.#settings = settings;
    if (relabels) this.#cache.forgetLines();
  }

  forceError(error: string | undefined): void {
    this.#forcedError = error;
  }

  /** Stops for good. A scrape under way is given up. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#aborter.abort();
  }

  /**
   * The target is gone: its series end, a little later, at the time when it would have been scraped next.
   * Until then it may come back under another loop, whose samples then count. `isBack` is asked once.
   */
  stopAndEndSeries(isBack: () => boolean): void {
    this.stop();
    if (this.#lastStartMs === 0) {
      isBack();
      return;
    }
    const { clock } = this.#surroundings;
    const { intervalMs } = this.target;
    const staleMs = Math.max(this.#dueMs, this.#lastStartMs + 1);
    const waitMs = this.#dueMs - clock.nowMs() + intervalMs + intervalMs / 10;
    this.#timer = clock.setTimer(Math.max(0, waitMs), () => {
      if (!isBack()) this.#endSeries(staleMs);
    });
  }

  /** No stale markers any more: the server goes down, and comes back where it was. */
  abandon(): void {
    this.stop();
  }

  #endSeries(timestampMs: number): void {
    let appender: Appender | undefined;
    try {
      appender = this.#surroundings.appendable.appender();
      appendNoPage({ appender, cache: this.#cache, timestampMs });
      this.#report.appendStale(appender, timestampMs);
      appender.commit();
    } catch (error) {
      appender?.rollback();
      this.#log.warn('Stale commit failed', { err: errorText(error) });
    }
  }

  #wait(): void {
    const { clock } = this.#surroundings;
    const waitMs = this.#dueMs - clock.nowMs();
    if (waitMs > this.target.intervalMs) {
      // The clock was set back: the grid begins anew.
      this.start();
      return;
    }
    this.#timer = clock.setTimer(Math.max(0, waitMs), () => void this.#tick());
  }

  async #tick(): Promise<void> {
    const { clock, metrics } = this.#surroundings;
    const nowMs = clock.nowMs();
    const latenessMs = Math.max(0, nowMs - this.#dueMs);
    metrics.latenessSeconds.observe(latenessMs / 1000);
    const toleranceMs = Math.min(this.target.intervalMs / 100, GRID_TOLERANCE_MS);
    const timestampMs = latenessMs <= toleranceMs ? this.#dueMs : nowMs;
    await this.#scrape(timestampMs);
    if (this.#isStopped) return;
    this.#dueMs += this.target.intervalMs;
    const behindMs = clock.nowMs() - this.#dueMs;
    if (behindMs > 0) {
      const missed = Math.floor(behindMs / this.target.intervalMs);
      metrics.missedScrapes.inc(missed);
      this.#dueMs += missed * this.target.intervalMs;
    }
    this.#wait();
  }

  /** Never rejects: what fails is the scrape, and the target shows why. */
  async #scrape(timestampMs: number): Promise<void> {
    const { clock, metrics } = this.#surroundings;
    const startMs = clock.nowMs();
    const monotonicMs = clock.monotonicMs();
    if (this.#lastStartMs > 0) {
      const interval = formatDuration(this.target.intervalMs);
      metrics.intervalSeconds.observe((startMs - this.#lastStartMs) / 1000, [interval]);
    }
    this.#lastStartMs = startMs;
    const settings = this.#settings;
    const fetched =
      this.#forcedError === undefined
        ? await this.#fetch(settings)
        : { error: this.#forcedError, bodyBytes: 0 };
    if (this.#isStopped) return;
    const durationMs = clock.monotonicMs() - monotonicMs;
    metrics.durationSeconds.observe(durationMs / 1000);
    const error = this.#store(fetched, { timestampMs, durationMs });
    this.#status = {
      health: error === undefined ? 'up' : 'down',
      lastError: error ?? '',
      lastScrapeMs: startMs,
      lastDurationMs: durationMs,
    };
    if (error !== undefined) this.#logFailure(error, settings);
  }

  #logFailure(error: string, settings: LoopSettings): void {
    this.#log.debug('Scrape failed', { err: error });
    settings.failureLog?.error(error, {
      job_name: settings.config.jobName,
      target: this.target.url,
    });
  }

  async #fetch({ client, config, accept }: LoopSettings): Promise<Fetched> {
    const { metrics, userAgent } = this.#surroundings;
    try {
      const response = await client.fetch({
        url: this.target.url,
        headers: {
          Accept: accept,
          'Accept-Encoding': config.enableCompression ? 'gzip' : 'identity',
          'User-Agent': userAgent,
          'X-Prometheus-Scrape-Timeout-Seconds': formatFloat(this.target.timeoutMs / 1000),
        },
        timeoutMs: this.target.timeoutMs,
        bodyBytesMax: config.bodySizeLimitBytes,
        signal: this.#aborter.signal,
        bodyBuffer: this.#freeBuffer(),
      });
      if (response.status !== 200) {
        return { error: `server returned HTTP status ${response.statusText}`, bodyBytes: 0 };
      }
      this.#lastPageBytes = response.body.length;
      return { page: response.body, contentType: response.contentType };
    } catch (error) {
      const isTooLarge = error instanceof HttpClientError && error.code === 'body-size-limit';
      if (isTooLarge) metrics.exceededBodySizeLimit.inc();
      return { error: errorMessage(error), bodyBytes: isTooLarge ? -1 : 0 };
    }
  }

  #freeBuffer(): BodyBuffer {
    const [first, second] = this.#buffers;
    const free = this.#cache.holds(first.bytes) ? second : first;
    // One page of uncommon size must not keep its memory for ever.
    if (free.bytes.length > BUFFER_BYTES_KEPT + 4 * this.#lastPageBytes) {
      free.bytes = new Uint8Array(0);
    }
    return free;
  }

  /** Stores the page, or its absence, and the report. The answer is why the scrape failed. */
  #store(fetched: Fetched, at: { timestampMs: number; durationMs: number }): string | undefined {
    const { config } = this.#settings;
    let appender: Appender | undefined;
    try {
      const { appendable } = this.#surroundings;
      appender = appendable.appender();
      let outcome: PageOutcome = NO_PAGE;
      let error = 'error' in fetched ? fetched.error : undefined;
      if ('page' in fetched && fetched.page.length > 0) {
        outcome = this.#appendPage(appender, fetched, at.timestampMs);
        error = outcome.error;
        if (error !== undefined) {
          appender.rollback();
          appender = appendable.appender();
        }
      }
      const isTaken = outcome !== NO_PAGE && error === undefined;
      if (!isTaken) {
        appendNoPage({ appender, cache: this.#cache, timestampMs: at.timestampMs });
      }
      this.#report.append(appender, at.timestampMs, {
        withExtra: config.extraScrapeMetrics,
        report: {
          isUp: error === undefined,
          durationMs: at.durationMs,
          scraped: outcome.scraped,
          afterRelabelling: outcome.afterRelabelling,
          seriesAdded: outcome.seriesAdded,
          timeoutMs: this.target.timeoutMs,
          sampleLimit: config.sampleLimit,
          bodyBytes: 'page' in fetched ? fetched.page.length : fetched.bodyBytes,
        },
      });
      appender.commit();
      return error;
    } catch (error) {
      // Spent already where the commit itself failed; then this does nothing.
      appender?.rollback();
      this.#log.error('Scrape commit failed', { err: errorText(error) });
      return errorMessage(error);
    }
  }

  #appendPage(
    appender: ReturnType<Appendable['appender']>,
    { page, contentType }: { readonly page: Uint8Array; readonly contentType: string },
    timestampMs: number,
  ): PageOutcome {
    const outcome = appendPage(
      {
        appender,
        cache: this.#cache,
        metadata: this.metadata,
        config: this.#settings.config,
        pageOptions: this.#pageOptions,
        targetLabels: this.target.publicLabels,
        timestampMs,
        nowMs: this.#surroundings.clock.nowMs(),
      },
      page,
      contentType,
    );
    this.#countOutcome(outcome);
    return outcome;
  }

  #countOutcome(outcome: PageOutcome): void {
    const { metrics } = this.#surroundings;
    if (outcome.warning !== undefined) {
      this.#log.debug('Invalid content type on scrape, using fallback setting.', {
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
    if (count > 0) this.#log.warn(message, { num_dropped: count });
  }
}

function pageOptions(
  target: Target,
  { storesHistograms, typeAndUnitLabels }: LoopSurroundings,
): PageOptions {
  if (!storesHistograms) return { typeAndUnitLabels };
  return {
    typeAndUnitLabels,
    scrapeNativeHistograms: isSwitchedOn(target, '__scrape_native_histograms__'),
    alwaysScrapeClassicHistograms: isSwitchedOn(target, '__always_scrape_classic_histograms__'),
    convertClassicHistograms: isSwitchedOn(target, '__convert_classic_histograms_to_nhcb__'),
  };
}

function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
