import path from 'node:path';
import { labelsFromPairs, type Labels } from '#model';
import { buildGlobal, buildJob } from './build.ts';
import { DISCOVERY_KEYS } from './cloud-schema.ts';
import { completeJob, completeRoot, joinPaths } from './complete.ts';
import { diskFiles, type ConfigFiles } from './config-files.ts';
import { decodeYaml, type Decoded } from './decode.ts';
import { type ConfigError } from './error.ts';
import { expandEnv, expandTarget, type Environment } from './expand-env.ts';
import { printYaml, showSettings } from './print.ts';
import { quote } from './quote.ts';
import { ROOT, SCRAPE_CONFIGS_FILE } from './root-schema.ts';
import {
  defaultSettings,
  listAt,
  numberAt,
  sectionAt,
  sectionsAt,
  stringAt,
  stringsAt,
  type Settings,
} from './schema.ts';
import { defaultGlobal } from './scrape-schema.ts';
import type { Config, ScrapeConfig } from './types.ts';
import { CONFIG_BYTES_MAX, readYaml } from './yaml-source.ts';

export interface LoadOptions {
  /** As messages are to name the file; relative paths inside count from its directory. */
  readonly fileName: string;
  /** `agent` forbids rules, alerting and remote reading. `server` unless given. */
  readonly mode?: 'server' | 'agent';
  /** For `$NAME` in external labels, and for `targetEnv`. Empty unless given. */
  readonly env?: Environment;
  /** Names whose value in `env` takes the place of a static target's host that is just that name. */
  readonly targetEnv?: readonly string[];
  /** What `extra_scrape_metrics` is where the file does not say; false unless given. */
  readonly extraScrapeMetrics?: boolean;
  /** Where `scrape_config_files` are found; the disk unless given. */
  readonly files?: ConfigFiles;
  /** Hears of variables without a value. */
  readonly onEmptyVariable?: (name: string) => void;
}

export interface Loaded {
  readonly config: Config;
  /** Every setting under its YAML key, defaults included. Secrets are Secret objects. */
  readonly settings: Settings;
  /** The same for each job, those of `scrape_config_files` last. */
  readonly jobs: readonly Settings[];
}

export type LoadResult = Loaded | { readonly errors: readonly ConfigError[] };

/**
 * Reads and checks a prometheus.yml (Prometheus 3.14: config.LoadFile and GetScrapeConfigs). Never
 * throws on what the file says: its faults come back with their places, in Prometheus' words.
 */
export function loadConfig(text: string, options: LoadOptions): LoadResult {
  const main = loadMain(text, options);
  if ('errors' in main) return main;
  const { root, global, decoded } = main;
  const extra = loadJobFiles(root, global, options.files ?? diskFiles);
  if ('errors' in extra) return extra;
  const jobs = [...(sectionsAt(root, 'scrape_configs') as Settings[]), ...extra.jobs];
  for (const job of jobs) expandTargets(job, options);
  const scrapeConfigs = jobs.map((job) => buildJob(job));
  const externalLabels = expandLabels(global, options);
  return {
    config: assemble(root, decoded, scrapeConfigs, externalLabels),
    settings: root,
    jobs,
  };
}

interface Main {
  readonly root: Settings;
  readonly global: Settings;
  readonly decoded: Decoded;
}

function loadMain(text: string, options: LoadOptions): Main | { errors: readonly ConfigError[] } {
  const { fileName } = options;
  if (text.length > CONFIG_BYTES_MAX) return { errors: [wholeFile(fileName, 'file is too large')] };
  const source = readYaml(text, fileName);
  if (!('root' in source)) return { errors: source };
  const decoded = decodeYaml(source, ROOT);
  if (decoded.errors.length > 0) return { errors: decoded.errors };
  const root = (decoded.value as Settings | undefined) ?? defaultSettings(ROOT);
  joinPaths(root, ROOT, path.dirname(fileName));
  const global = globalOf(root);
  root['global'] = global;
  if (options.extraScrapeMetrics === true && !decoded.isWritten(global, 'extra_scrape_metrics')) {
    global['extra_scrape_metrics'] = true;
  }
  const error =
    completeRoot(root, global, decoded.errorAt) ?? checkAgent(root, options, decoded.errorAt);
  return error === undefined ? { root, global, decoded } : { errors: [error] };
}

/** An empty global section is the same as none. */
function globalOf(root: Settings): Settings {
  const given = sectionAt(root, 'global');
  return given === undefined ? defaultGlobal() : given;
}

function wholeFile(file: string, message: string): ConfigError {
  return { file, line: 1, column: 1, kind: 'file', message };
}

function checkAgent(
  root: Settings,
  options: LoadOptions,
  errorAt: Decoded['errorAt'],
): ConfigError | undefined {
  if (options.mode !== 'agent') return undefined;
  const alerting = sectionAt(root, 'alerting') ?? {};
  const sections: readonly (readonly [string, number])[] = [
    [
      'alerting',
      listAt(alerting, 'alertmanagers').length + listAt(alerting, 'alert_relabel_configs').length,
    ],
    ['rule_files', listAt(root, 'rule_files').length],
    ['remote_read', listAt(root, 'remote_read').length],
  ];
  const found = sections.find(([, count]) => count > 0);
  if (found === undefined) return undefined;
  const [key] = found;
  const message = `field ${key} is not allowed in agent mode`;
  return { ...errorAt(root, { message, key }), kind: 'file' };
}

/** The jobs of the files that `scrape_config_files` names, checked like those of the main file. */
function loadJobFiles(
  root: Settings,
  global: Settings,
  files: ConfigFiles,
): { jobs: readonly Settings[] } | { errors: readonly ConfigError[] } {
  const owners = new Map<string, string>();
  for (const job of sectionsAt(root, 'scrape_configs')) {
    owners.set(stringAt(job ?? {}, 'job_name'), 'main config file');
  }
  const jobs: Settings[] = [];
  for (const pattern of stringsAt(root, 'scrape_config_files')) {
    for (const file of files.glob(pattern)) {
      const loaded = loadJobFile(file, { global, files, owners });
      if ('errors' in loaded) return loaded;
      jobs.push(...loaded.jobs);
    }
  }
  return { jobs };
}

function loadJobFile(
  file: string,
  context: { global: Settings; files: ConfigFiles; owners: Map<string, string> },
): { jobs: readonly Settings[] } | { errors: readonly ConfigError[] } {
  const { global, files, owners } = context;
  const text = readOrError(file, files);
  if (typeof text !== 'string') return { errors: [text] };
  const source = readYaml(text, file);
  if (!('root' in source)) return { errors: source };
  const decoded = decodeYaml(source, SCRAPE_CONFIGS_FILE);
  if (decoded.errors.length > 0) return { errors: decoded.errors };
  const content = (decoded.value as Settings | undefined) ?? {};
  joinPaths(content, SCRAPE_CONFIGS_FILE, path.dirname(file));
  const jobs: Settings[] = [];
  for (const job of sectionsAt(content, 'scrape_configs')) {
    if (job === null) {
      return { errors: [decoded.errorAt(content, 'empty or null scrape config section')] };
    }
    const error = completeJob(job, global, decoded.errorAt);
    if (error !== undefined) return { errors: [error] };
    const name = stringAt(job, 'job_name');
    const owner = owners.get(name);
    if (owner !== undefined) {
      const message = `found multiple scrape configs with job name ${quote(name)}, first found in ${owner}`;
      return { errors: [decoded.errorAt(job, { message, key: 'job_name' })] };
    }
    owners.set(name, quote(file));
    jobs.push(job);
  }
  return { jobs };
}

function readOrError(file: string, files: ConfigFiles): string | ConfigError {
  try {
    return files.read(file);
  } catch (error) {
    return wholeFile(file, error instanceof Error ? error.message : String(error));
  }
}

function expandTargets(job: Settings, options: LoadOptions): void {
  const { targetEnv = [], env = {} } = options;
  if (targetEnv.length === 0) return;
  for (const group of sectionsAt(job, 'static_configs')) {
    if (group === null) continue;
    group['targets'] = stringsAt(group, 'targets').map((target) =>
      expandTarget(target, targetEnv, env),
    );
  }
}

function expandLabels(global: Settings, options: LoadOptions): Labels {
  const labels = (global['external_labels'] as ReadonlyMap<string, string> | undefined) ?? [];
  const expanded = [...labels].map(
    ([name, value]) =>
      [name, expandEnv(value, options.env ?? {}, options.onEmptyVariable)] as const,
  );
  if (expanded.length > 0) global['external_labels'] = new Map(expanded);
  return labelsFromPairs(expanded);
}

/** Prometheus' exemplar storage where the file does not size it. */
const EXEMPLARS_MAX = 100_000;
const STALE_SHARE = 'stale_series_compaction_threshold';

function assemble(
  root: Settings,
  decoded: Decoded,
  scrapeConfigs: readonly ScrapeConfig[],
  externalLabels: Labels,
): Config {
  const storage = sectionAt(root, 'storage') ?? {};
  const tsdb = sectionAt(storage, 'tsdb') ?? {};
  const exemplars = sectionAt(storage, 'exemplars');
  return {
    global: buildGlobal(sectionAt(root, 'global') ?? {}, externalLabels),
    scrapeConfigs,
    ruleFiles: stringsAt(root, 'rule_files'),
    alerting: root['alerting'],
    remoteWrite: listAt(root, 'remote_write'),
    remoteRead: listAt(root, 'remote_read'),
    storage: {
      outOfOrderTimeWindowMs: numberAt(tsdb, 'out_of_order_time_window'),
      exemplarsMax: exemplars === undefined ? EXEMPLARS_MAX : numberAt(exemplars, 'max_exemplars'),
      staleSeriesShare: decoded.isWritten(tsdb, STALE_SHARE)
        ? numberAt(tsdb, STALE_SHARE)
        : undefined,
    },
    withoutEffect: withoutEffect(root, decoded, scrapeConfigs),
    yaml: printYaml(showSettings(root, ROOT)),
  };
}

/** Sections whose machinery does not exist yet. */
const SECTIONS_WITHOUT_EFFECT = [
  'alerting',
  'rule_files',
  'remote_write',
  'remote_read',
  'tracing',
  'otlp',
  'runtime',
];

const TSDB_WITHOUT_EFFECT = ['retention', 'chunk_encoding'];

function withoutEffect(
  root: Settings,
  decoded: Decoded,
  scrapeConfigs: readonly ScrapeConfig[],
): readonly string[] {
  const sections = SECTIONS_WITHOUT_EFFECT.filter(
    (key) => decoded.isWritten(root, key) && root[key] !== undefined,
  );
  const tsdb = sectionAt(sectionAt(root, 'storage') ?? {}, 'tsdb') ?? {};
  const settings = TSDB_WITHOUT_EFFECT.filter((key) => decoded.isWritten(tsdb, key));
  const kinds = new Set(
    scrapeConfigs
      .flatMap((job) => job.discovery)
      .flatMap((one) => (one.kind === 'unsupported' ? [`${one.name}_sd_configs`] : [])),
  );
  return [
    ...sections,
    ...settings.map((key) => `storage.tsdb.${key}`),
    ...[...DISCOVERY_KEYS.keys()].filter((key) => kinds.has(key)),
  ];
}
