import { errorText, hidePassword } from '#platform';
import type { HttpClient } from '#platform';
import type { DiscoveryConfig } from '#config';
import type { Discovery, DiscoverySurroundings, OnGroups } from './discovery.ts';
import { emptyGroups, GroupListError, parseJsonGroups } from './group-list.ts';
import { startRefresh } from './refresh.ts';

type HttpConfig = Extract<DiscoveryConfig, { kind: 'http' }>;

/** A longer list is refused: 64 MiB, as for files. */
const LIST_BYTES_MAX = 2 ** 26;

const CONTENT_TYPE = /^application\/json(?:;\s*charset=(?:"utf-8"|utf-8))?$/i;

/** What http_sd takes for JSON (Prometheus: discovery/http). */
export function isAcceptedContentType(contentType: string): boolean {
  return CONTENT_TYPE.test(contentType.trim());
}

/** Targets from a server that lists them. A failure keeps what it had. */
export function httpDiscovery(config: HttpConfig, surroundings: DiscoverySurroundings): Discovery {
  return {
    run: (onGroups) => {
      const client = surroundings.openHttpClient(config.httpClient);
      const asker = new ListAsker(config, surroundings, client);
      const refresh = startRefresh({
        clock: surroundings.clock,
        intervalMs: config.refreshIntervalMs,
        refresh: (signal) => asker.refresh(signal, onGroups),
      });
      return () => {
        refresh.stop();
        client.close();
      };
    },
  };
}

class ListAsker {
  readonly #config: HttpConfig;
  readonly #surroundings: DiscoverySurroundings;
  readonly #client: HttpClient;
  /** How many groups the last answer had. */
  #count = 0;

  constructor(config: HttpConfig, surroundings: DiscoverySurroundings, client: HttpClient) {
    this.#config = config;
    this.#surroundings = surroundings;
    this.#client = client;
  }

  async refresh(signal: AbortSignal, onGroups: OnGroups): Promise<void> {
    const { clock, log, metrics } = this.#surroundings;
    const startedMs = clock.nowMs();
    try {
      const text = await this.#ask(signal);
      if (signal.aborted) return;
      // Labels and sources are shown and logged.
      const url = hidePassword(this.#config.url);
      const groups = parseJsonGroups(text, { name: url, meta: ['__meta_url', url] });
      const gone = emptyGroups(url, groups.length, this.#count);
      this.#count = groups.length;
      onGroups([...groups, ...gone]);
    } catch (error) {
      if (signal.aborted) return;
      metrics.httpFailures.inc();
      metrics.refreshFailures.inc(1, ['http']);
      log.error('Unable to refresh target groups', { discovery: 'http', err: errorText(error) });
    } finally {
      metrics.refreshDurationSeconds.observe((clock.nowMs() - startedMs) / 1000, ['http']);
    }
  }

  async #ask(signal: AbortSignal): Promise<string> {
    const { url, refreshIntervalMs } = this.#config;
    const response = await this.#client.fetch({
      url,
      headers: {
        'User-Agent': this.#surroundings.userAgent,
        Accept: 'application/json',
        'X-Prometheus-Refresh-Interval-Seconds': String(refreshIntervalMs / 1000),
      },
      timeoutMs: refreshIntervalMs,
      bodyBytesMax: LIST_BYTES_MAX,
      signal,
    });
    if (response.status !== 200) {
      throw new GroupListError(`server returned HTTP status ${response.statusText}`);
    }
    if (!isAcceptedContentType(response.contentType)) {
      throw new GroupListError(`unsupported content type ${JSON.stringify(response.contentType)}`);
    }
    return new TextDecoder().decode(response.body);
  }
}
