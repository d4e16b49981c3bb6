import { availableParallelism, hostname } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import type { RuntimeInfoData } from '#contract';
import type { Clock } from '#platform';
import type { Configuration } from './configuration.ts';
import type { Settings } from './settings.ts';

/** What `/api/v1/status/runtimeinfo` shows. Values that only Go has are empty or 0. */
export function runtimeInfo(
  settings: Settings,
  configuration: Configuration,
  { clock, startMs }: { readonly clock: Clock; readonly startMs: number },
): RuntimeInfoData {
  return {
    startTime: new Date(startMs).toISOString(),
    CWD: process.cwd(),
    hostname: hostname(),
    serverTime: new Date(clock.nowMs()).toISOString(),
    reloadConfigSuccess: configuration.lastReloadSucceeded,
    lastConfigTime: new Date(configuration.loadedAtMs).toISOString(),
    corruptionCount: 0,
    goroutineCount: 0,
    GOMAXPROCS: availableParallelism(),
    GOMEMLIMIT: getHeapStatistics().heap_size_limit,
    GOGC: '',
    GODEBUG: '',
    storageRetention: settings.retention,
    threadCount: settings.queryThreadCount + 1,
    nodeVersion: process.version,
  };
}
