import { existsSync } from 'node:fs';
import type { Config } from '#config';
import type { NotificationData } from '#contract';
import type { Gauge, Registry } from '#instrument';
import { errorText } from '#platform';
import type { Clock, Log } from '#platform';
import { idleSections, parseConfig, readConfig } from './read-config.ts';
import type { Settings } from './settings.ts';
import { ownPlace, withContainerDiscovery, zeroConfigText } from './zero-config.ts';

const RELOAD_FAILED = 'Configuration reload has failed.';

/** The configuration in force, and how it is replaced. */
export class Configuration {
  readonly #settings: Settings;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #successful: Gauge;
  readonly #succeededAt: Gauge;
  #current: Config;
  #loadedAtMs: number;
  #failedAtMs: number | undefined;
  #reloading: Promise<void> = Promise.resolve();

  /** Throws ConfigFileError. */
  static async open(
    settings: Settings,
    parts: { readonly clock: Clock; readonly log: Log; readonly registry: Registry },
  ): Promise<Configuration> {
    const config = await readFirst(settings, parts.log);
    return new Configuration(settings, parts, config);
  }

  private constructor(
    settings: Settings,
    { clock, log, registry }: { clock: Clock; log: Log; registry: Registry },
    config: Config,
  ) {
    this.#settings = settings;
    this.#clock = clock;
    this.#log = log;
    this.#current = config;
    this.#loadedAtMs = clock.nowMs();
    this.#successful = registry.gauge({
      name: 'prometheus_config_last_reload_successful',
      help: 'Whether the last configuration reload attempt was successful.',
    });
    this.#succeededAt = registry.gauge({
      name: 'prometheus_config_last_reload_success_timestamp_seconds',
      help: 'Timestamp of the last successful configuration reload.',
    });
    this.#succeeded(config);
  }

  get current(): Config {
    return this.#current;
  }

  get loadedAtMs(): number {
    return this.#loadedAtMs;
  }

  get lastReloadSucceeded(): boolean {
    return this.#failedAtMs === undefined;
  }

  notifications(): readonly NotificationData[] {
    if (this.#failedAtMs === undefined) return [];
    const date = new Date(this.#failedAtMs).toISOString();
    return [{ text: RELOAD_FAILED, date, active: true }];
  }

  /**
   * Reads the file again and hands it to `apply`. Rejects with ConfigFileError, and then everything
   * stays as it was. Calls wait for each other.
   */
  reload(apply: (config: Config) => void): Promise<void> {
    const next = this.#reloading.then(() => this.#reloadNow(apply));
    this.#reloading = next.catch(() => undefined);
    return next;
  }

  async #reloadNow(apply: (config: Config) => void): Promise<void> {
    try {
      const config = await readFirst(this.#settings, this.#log);
      apply(config);
      this.#succeeded(config);
      this.#log.info('configuration loaded', { file: this.#settings.configFile });
    } catch (error) {
      this.#failedAtMs = this.#clock.nowMs();
      this.#successful.set(0);
      this.#log.error('cannot reload the configuration, the one before stays in force', {
        err: errorText(error),
      });
      throw error;
    }
  }

  #succeeded(config: Config): void {
    this.#current = config;
    this.#loadedAtMs = this.#clock.nowMs();
    this.#failedAtMs = undefined;
    this.#successful.set(1);
    this.#succeededAt.set(this.#loadedAtMs / 1000);
    for (const section of idleSections(config)) {
      this.#log.warn('a section of the configuration has no effect yet', { section });
    }
  }
}

async function readFirst(settings: Settings, log: Log): Promise<Config> {
  const options = { log, features: settings.features };
  if (settings.configFileGiven || existsSync(settings.configFile)) {
    return await readConfig(settings.configFile, options);
  }
  log.info('there is no configuration file: this machine and its containers are watched', {
    looked_for: settings.configFile,
    to_keep: 'narthex config show > prometheus.yml',
  });
  const text = zeroConfigText(ownPlace(settings));
  return withContainerDiscovery(parseConfig(text, 'built-in', options));
}
