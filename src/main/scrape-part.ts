import {
  createDiscoveryMetrics,
  createDnsLookup,
  createJobGroups,
  systemGroupFiles,
} from '#discovery';
import type { Config } from '#config';
import type { ContainerRole, Discovery } from '#discovery';
import type { TargetSource } from '#http';
import type { Registry } from '#instrument';
import { createHttpClient } from '#platform';
import type { Clock, Log } from '#platform';
import { createScraper } from '#scrape';
import type { Scraper } from '#scrape';
import type { Appendable } from '#storage';
import { USER_AGENT } from './build-info.ts';
import { openFailureLog } from './failure-log.ts';

interface Surroundings {
  readonly clock: Clock;
  readonly log: Log;
  readonly registry: Registry;
  readonly appendable: Appendable;
  /** Of `--enable-feature`. */
  readonly features: ReadonlySet<string>;
  /** Absent: containers are not watched. */
  readonly containers: ((role: ContainerRole) => Discovery) | undefined;
}

/** Discovery and scraping: what finds the targets, and what asks them. */
export interface ScrapePart {
  readonly scraper: Scraper;
  /** Takes a configuration; what stays the same goes on undisturbed. */
  apply(config: Config): void;
  stop(): void;
}

export function createScrapePart(surroundings: Surroundings): ScrapePart {
  const { clock, log, registry, appendable, features, containers } = surroundings;
  const scraper = createScraper({
    appendable,
    clock,
    log: log.child({ component: 'scrape' }),
    registry,
    openHttpClient: (config) => createHttpClient(config),
    openFailureLog,
    userAgent: USER_AGENT,
    storesHistograms: true,
    typeAndUnitLabels: features.has('type-and-unit-labels'),
  });
  const groups = createJobGroups({
    surroundings: {
      clock,
      log: log.child({ component: 'discovery' }),
      metrics: createDiscoveryMetrics(registry),
      files: systemGroupFiles,
      lookup: createDnsLookup(),
      openHttpClient: (config) => createHttpClient(config),
      userAgent: USER_AGENT,
      environment: process.env,
      ...(containers !== undefined && { containers }),
    },
    onGroups: (jobName, found) => scraper.sync(jobName, found),
  });
  return {
    scraper,
    apply: (config) => {
      scraper.apply(config.scrapeConfigs, config.global.externalLabels);
      groups.apply(config.scrapeConfigs);
    },
    stop: () => {
      groups.stop();
      scraper.stop();
    },
  };
}

/** The targets as the HTTP server shows them; none before scraping has begun. */
export function targetSource(scraper: () => Scraper | undefined): TargetSource {
  return {
    poolNames: () => scraper()?.poolNames() ?? [],
    relabelRules: (pool) => scraper()?.poolConfig(pool)?.relabelRules,
    activeTargets: (pool) => scraper()?.activeTargets(pool) ?? [],
    droppedTargets: (pool) => scraper()?.droppedTargets(pool) ?? [],
    droppedTargetCounts: () => scraper()?.droppedTargetCounts() ?? {},
    targetMetadata: () => scraper()?.targetMetadata() ?? [],
    storedUntilMs: () => scraper()?.storedUntilMs() ?? Infinity,
  };
}
