import { basename, dirname, extname, join } from 'node:path';
import { errorText } from '#platform';
import type { Timer } from '#platform';
import type { DiscoveryConfig, TargetGroup } from '#config';
import type { Discovery, DiscoverySurroundings, OnGroups } from './discovery.ts';
import { matchesPattern } from './group-files.ts';
import { emptyGroups, parseJsonGroups, parseYamlGroups } from './group-list.ts';
import { startRefresh } from './refresh.ts';

type FileConfig = Extract<DiscoveryConfig, { kind: 'file' }>;

/** An editor writes a file in several steps; they are looked at together. */
const CHANGE_WAIT_MS = 50;

/** Targets from files, read when they change and at an interval. A bad file keeps what it had. */
export function fileDiscovery(config: FileConfig, surroundings: DiscoverySurroundings): Discovery {
  return {
    run: (onGroups) => {
      const reader = new FileReader(config, surroundings, onGroups);
      const refresh = startRefresh({
        clock: surroundings.clock,
        intervalMs: config.refreshIntervalMs,
        refresh: (signal) => reader.readAll(signal),
      });
      const stopWatching = watchFolders(config, surroundings, () => refresh.now());
      return () => {
        stopWatching();
        refresh.stop();
      };
    },
  };
}

function watchFolders(
  config: FileConfig,
  { files, clock, log, metrics }: DiscoverySurroundings,
  onChange: () => void,
): () => void {
  let timer: Timer | undefined;
  const change = (): void => {
    timer?.cancel();
    timer = clock.setTimer(CHANGE_WAIT_MS, onChange);
  };
  const error = (cause: Error): void => {
    metrics.fileWatcherErrors.inc();
    log.warn('Error watching files, they are read at the refresh interval only', { err: cause });
  };
  const folders = new Set(config.files.map((pattern) => dirname(pattern)));
  const stops = [...folders].map((folder) => files.watch(folder, { change, error }));
  return () => {
    timer?.cancel();
    for (const stop of stops) stop();
  };
}

class FileReader {
  readonly #config: FileConfig;
  readonly #surroundings: DiscoverySurroundings;
  readonly #onGroups: OnGroups;
  /** How many groups each file gave last. */
  readonly #counts = new Map<string, number>();

  constructor(config: FileConfig, surroundings: DiscoverySurroundings, onGroups: OnGroups) {
    this.#config = config;
    this.#surroundings = surroundings;
    this.#onGroups = onGroups;
  }

  async readAll(signal: AbortSignal): Promise<void> {
    const { clock, metrics } = this.#surroundings;
    const startedMs = clock.nowMs();
    const paths = await this.#listPaths();
    for (const path of paths) {
      const groups = await this.#readGroups(path);
      if (signal.aborted) return;
      if (groups !== undefined) this.#send(path, groups);
    }
    for (const path of this.#counts.keys()) {
      if (!paths.includes(path)) this.#forget(path);
    }
    metrics.fileScanDurationSeconds.observe((clock.nowMs() - startedMs) / 1000);
  }

  async #listPaths(): Promise<string[]> {
    const paths = new Set<string>();
    for (const pattern of this.#config.files) {
      const folder = dirname(pattern);
      const names = await this.#surroundings.files.list(folder);
      for (const name of names.toSorted()) {
        if (!matchesPattern(basename(pattern), name)) continue;
        paths.add(folder === '.' && !pattern.startsWith('.') ? name : join(folder, name));
      }
    }
    return [...paths];
  }

  async #readGroups(path: string): Promise<TargetGroup[] | undefined> {
    const { files, log, metrics } = this.#surroundings;
    try {
      const { text, modifiedMs } = await files.read(path);
      metrics.fileModifiedSeconds.set(modifiedMs / 1000, [path]);
      const source = { name: path, meta: ['__meta_filepath', path] } as const;
      const isJson = extname(path).toLowerCase() === '.json';
      return isJson ? parseJsonGroups(text, source) : parseYamlGroups(text, source);
    } catch (error) {
      metrics.fileReadErrors.inc();
      log.error('Error reading file', { path, err: errorText(error) });
      return undefined;
    }
  }

  #send(path: string, groups: TargetGroup[]): void {
    const before = this.#counts.get(path) ?? 0;
    this.#counts.set(path, groups.length);
    this.#onGroups([...groups, ...emptyGroups(path, groups.length, before)]);
  }

  #forget(path: string): void {
    const count = this.#counts.get(path) ?? 0;
    this.#counts.delete(path);
    this.#surroundings.metrics.fileModifiedSeconds.remove([path]);
    this.#onGroups(emptyGroups(path, 0, count));
  }
}
