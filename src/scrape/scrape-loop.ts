import { Cancellation, errorText, HttpClientError } from '#platform';
import type { BodyBuffer, Clock, HttpClient, Log, Timer } from '#platform';
import type { PageOptions } from '#exposition';
import { formatDuration, formatFloat } from '#model';
import type { Appendable, Appender } from '#storage';
import type { ScrapeConfig } from '#config';
import { MetadataCache } from './family-metadata.ts';
import { appendNoPage, NO_PAGE } from './page-appender.ts';
import type { PageOutcome } from './page-appender.ts';
import { errorMessage, PageStoring } from './page-storing.ts';
import type { Fetched, ScrapeMoment } from './page-storing.ts';
import { ReportAppender } from './report-series.ts';
import type { ScrapeMetrics } from './scrape-metrics.ts';
import { SeriesCache } from './series-cache.ts';
import type { StoreQueue } from './store-queue.ts';
import { isSwitchedOn, targetOffsetMs } from './target.ts';
import type { Target } from './target.ts';

export interface LoopSurroundings {
  readonly appendable: Appendable;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: ScrapeMetrics;
  /** Of all pools, so that they share the main thread fairly. */
  readonly storing: StoreQueue;
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
  /** What its page held; without an error that means that it was kept. */
  readonly lastPage: PageCounts;
}

/** Samples of one page by what became of them. */
export type PageCounts = Pick<
  PageOutcome,
  'scraped' | 'afterRelabelling' | 'seriesAdded' | 'duplicates' | 'outOfOrder' | 'outOfBounds'
>;

const NEVER_SCRAPED: TargetStatus = {
  health: 'unknown',
  lastError: '',
  lastScrapeMs: 0,
  lastDurationMs: 0,
  lastPage: NO_PAGE,
};

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
  readonly #intervalLabel: readonly [string];
  #settings: LoopSettings;
  /** Set where the pool as a whole is over a limit: each scrape fails with it. */
  #forcedError: string | undefined = undefined;
  #status: TargetStatus = NEVER_SCRAPED;
  readonly #cancellation = new Cancellation();
  /** Of requests, as the settings have them; made for the first. */
  #headers: Readonly<Record<string, string>> | undefined;
  #timer: Timer | undefined;
  /** For bodies: the cache keeps the last good page in one of them, the next goes into the other. */
  readonly #buffers: readonly [BodyBuffer, BodyBuffer] = [
    { bytes: new Uint8Array(0) },
    { bytes: new Uint8Array(0) },
  ];
  /** When the next scrape is due, on the grid. */
  #dueMs = 0;
  #isStopped = false;
  /** The page that is being stored. */
  #storing: PageStoring | undefined = undefined;
  /** Once that is done. */
  #forgetsLines = false;
  #lastStartMs = 0;
  #lastPageBytes = 0;

  constructor(target: Target, settings: LoopSettings, surroundings: LoopSurroundings) {
    this.target = target;
    this.#settings = settings;
    this.#surroundings = surroundings;
    this.#log = surroundings.log.child({ target: target.url });
    this.#report = new ReportAppender(target.publicLabels);
    this.#pageOptions = pageOptions(target, surroundings);
    this.#intervalLabel = [formatDuration(target.intervalMs)];
  }

  get status(): TargetStatus {
    return this.#status;
  }

  /** When the scrape is due that comes next or is under way: what was scraped before is stored. */
  get storedUntilMs(): number {
    return this.#dueMs;
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
    this.#headers = undefined;
    if (!relabels) return;
    // A page that is being stored is stored under the settings that it began with.
    if (this.#storing === undefined) this.#cache.forgetLines();
    else this.#forgetsLines = true;
  }

  forceError(error: string | undefined): void {
    this.#forcedError = error;
  }

  /** Stops for good. A scrape under way is given up. */
  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#cancellation.cancel();
    if (this.#storing !== undefined) this.#surroundings.storing.abandon(this.#storing);
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
      metrics.intervalSeconds.observe((startMs - this.#lastStartMs) / 1000, this.#intervalLabel);
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
    const { error, outcome } = await this.#store(fetched, { timestampMs, durationMs });
    if (this.#isStopped) return;
    this.#status = {
      health: error === undefined ? 'up' : 'down',
      lastError: error ?? '',
      lastScrapeMs: startMs,
      lastDurationMs: durationMs,
      lastPage: outcome,
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

  #requestHeaders({ config, accept }: LoopSettings): Readonly<Record<string, string>> {
    return {
      Accept: accept,
      'Accept-Encoding': config.enableCompression ? 'gzip' : 'identity',
      'User-Agent': this.#surroundings.userAgent,
      'X-Prometheus-Scrape-Timeout-Seconds': formatFloat(this.target.timeoutMs / 1000),
    };
  }

  async #fetch(settings: LoopSettings): Promise<Fetched> {
    const { client, config } = settings;
    const { metrics } = this.#surroundings;
    this.#headers ??= this.#requestHeaders(settings);
    try {
      const response = await client.fetch({
        url: this.target.url,
        headers: this.#headers,
        timeoutMs: this.target.timeoutMs,
        bodyBytesMax: config.bodySizeLimitBytes,
        cancellation: this.#cancellation,
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

  /** Stores the page, or its absence, and the report. Answers why the scrape failed (not where it was abandoned), and what the page held. */
  async #store(
    fetched: Fetched,
    at: ScrapeMoment,
  ): Promise<Pick<PageStoring, 'error' | 'outcome'>> {
    const { appendable, clock, metrics, storing } = this.#surroundings;
    const storage = new PageStoring({
      appendable,
      clock,
      metrics,
      log: this.#log,
      target: this.target,
      config: this.#settings.config,
      cache: this.#cache,
      metadata: this.metadata,
      report: this.#report,
      pageOptions: this.#pageOptions,
      fetched,
      at,
    });
    this.#storing = storage;
    await storing.run(storage);
    this.#storing = undefined;
    if (this.#forgetsLines) this.#cache.forgetLines();
    this.#forgetsLines = false;
    return storage;
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
