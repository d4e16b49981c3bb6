import type { NameValidation } from '#model';
import type { ConfigError } from './error.ts';
import { joinDir } from './config-files.ts';
import { quote } from './quote.ts';
import { relabelRules } from './relabel-schema.ts';
import {
  booleanAt,
  numberAt,
  sectionAt,
  sectionsAt,
  stringAt,
  stringsAt,
  type Problem,
  type Settings,
  type Type,
} from './schema.ts';
import {
  escapingProblem,
  INHERITED_LIMITS,
  protocolProblem,
  protocolsProblem,
  SCRAPE_PROTOCOLS,
  SCRAPE_PROTOCOLS_WITH_HISTOGRAMS,
} from './scrape-schema.ts';

/** Places the problem of a section. */
export type ErrorAt = (section: object | undefined, problem: Problem) => ConfigError;

/** Joins every relative path of a section with the directory of the file that it stands in. */
export function joinPaths(value: unknown, type: Type, dir: string): unknown {
  if (value === undefined || value === null) return value;
  switch (type.kind) {
    case 'scalar':
      return type.isPath === true ? joinDir(dir, value as string) : value;
    case 'list':
      return (value as unknown[]).map((item) => joinPaths(item, type.item, dir));
    case 'map': {
      const entries = [...(value as ReadonlyMap<string, unknown>)];
      return new Map(entries.map(([key, item]) => [key, joinPaths(item, type.item, dir)]));
    }
    case 'struct': {
      const settings = value as Settings;
      for (const field of type.fields) {
        settings[field.key] = joinPaths(settings[field.key], field.type, dir);
      }
      return settings;
    }
  }
}

/** Fills in what a job takes from the global section, then checks what depends on it. */
export function completeJob(
  job: Settings,
  global: Settings,
  errorAt: ErrorAt,
): ConfigError | undefined {
  const problem =
    completeTimes(job, global) ?? completeProtocols(job, global) ?? completeNames(job, global);
  if (problem !== undefined) return errorAt(job, problem);
  job['convert_classic_histograms_to_nhcb'] ??= booleanAt(
    global,
    'convert_classic_histograms_to_nhcb',
  );
  job['always_scrape_classic_histograms'] ??= booleanAt(global, 'always_scrape_classic_histograms');
  const validation = stringAt(job, 'metric_name_validation_scheme') as NameValidation;
  return checkRules(job, ['relabel_configs', 'metric_relabel_configs'], validation, errorAt);
}

function completeTimes(job: Settings, global: Settings): Problem | undefined {
  job['scrape_interval'] ||= numberAt(global, 'scrape_interval');
  const intervalMs = numberAt(job, 'scrape_interval');
  if (numberAt(job, 'scrape_timeout') > intervalMs) {
    return {
      message: `scrape timeout greater than scrape interval for scrape config with job name ${quote(stringAt(job, 'job_name'))}`,
      key: 'scrape_timeout',
      remedy: 'raise scrape_interval or lower scrape_timeout',
    };
  }
  job['scrape_timeout'] ||= Math.min(numberAt(global, 'scrape_timeout'), intervalMs);
  for (const key of INHERITED_LIMITS) job[key] ||= global[key];
  job['scrape_native_histograms'] ??= booleanAt(global, 'scrape_native_histograms');
  job['extra_scrape_metrics'] ??= booleanAt(global, 'extra_scrape_metrics');
  return undefined;
}

function completeProtocols(job: Settings, global: Settings): Problem | undefined {
  const ownDefault = booleanAt(job, 'scrape_native_histograms')
    ? SCRAPE_PROTOCOLS_WITH_HISTOGRAMS
    : SCRAPE_PROTOCOLS;
  job['scrape_protocols'] ??= global['scrape_protocols'] ?? ownDefault;
  const name = quote(stringAt(job, 'job_name'));
  const problem = protocolsProblem(stringsAt(job, 'scrape_protocols'));
  if (problem !== undefined) {
    const message = `${problem} for scrape config with job name ${name}`;
    return { message, key: 'scrape_protocols' };
  }
  const fallback = stringAt(job, 'fallback_scrape_protocol');
  const fault = fallback === '' ? undefined : protocolProblem(fallback);
  return fault === undefined
    ? undefined
    : {
        message: `invalid fallback_scrape_protocol for scrape config with job name ${name}: ${fault}`,
        key: 'fallback_scrape_protocol',
      };
}

/** Which names are valid and how others are escaped; a job that sets the first decides the second. */
function completeNames(job: Settings, global: Settings): Problem | undefined {
  const globalValidation = stringAt(global, 'metric_name_validation_scheme');
  const globalEscaping =
    stringAt(global, 'metric_name_escaping_scheme') || defaultEscaping(globalValidation);
  const globalProblem = escapingProblem('global', globalEscaping);
  if (globalProblem !== undefined) return globalProblem;
  const own = stringAt(job, 'metric_name_validation_scheme');
  job['metric_name_validation_scheme'] = own || globalValidation;
  job['metric_name_escaping_scheme'] ||= own === '' ? globalEscaping : defaultEscaping(own);
  const key = 'metric_name_escaping_scheme';
  const escaping = stringAt(job, key);
  if (escaping === 'allow-utf-8' && (own || globalValidation) !== 'utf8') {
    const message = 'utf8 metric names requested but validation scheme is not set to UTF8';
    return { message, key };
  }
  const problem = escapingProblem('scrape config', escaping);
  return problem === undefined ? undefined : { message: problem, key };
}

function defaultEscaping(validation: string): string {
  return validation === 'legacy' ? 'underscores' : 'allow-utf-8';
}

export function checkRules(
  section: Settings,
  keys: readonly string[],
  validation: NameValidation,
  errorAt: ErrorAt,
): ConfigError | undefined {
  for (const key of keys) {
    const rules = relabelRules(section, key, validation);
    if ('problem' in rules) return errorAt(rules.section, rules.problem);
  }
  return undefined;
}

/** The rules of Prometheus that look at several sections of the main file at once. */
export function completeRoot(
  root: Settings,
  global: Settings,
  errorAt: ErrorAt,
): ConfigError | undefined {
  return (
    completeJobs(root, global, errorAt) ??
    checkAlerting(root, global, errorAt) ??
    checkRemotes(root, global, errorAt) ??
    checkTranslation(root, global, errorAt)
  );
}

function completeJobs(root: Settings, global: Settings, errorAt: ErrorAt): ConfigError | undefined {
  const names = new Set<string>();
  for (const job of sectionsAt(root, 'scrape_configs')) {
    if (job === null) {
      const message = 'empty or null scrape config section';
      return errorAt(root, { message, key: 'scrape_configs' });
    }
    const error = completeJob(job, global, errorAt);
    if (error !== undefined) return error;
    const name = stringAt(job, 'job_name');
    if (names.has(name)) {
      const message = `found multiple scrape configs with job name ${quote(name)}`;
      return errorAt(job, { message, key: 'job_name', remedy: 'give each job a name of its own' });
    }
    names.add(name);
  }
  return undefined;
}

function validationOf(global: Settings): NameValidation {
  return stringAt(global, 'metric_name_validation_scheme') as NameValidation;
}

function checkAlerting(
  root: Settings,
  global: Settings,
  errorAt: ErrorAt,
): ConfigError | undefined {
  const alerting = sectionAt(root, 'alerting');
  if (alerting === undefined) return undefined;
  const validation = validationOf(global);
  const own = checkRules(alerting, ['alert_relabel_configs'], validation, errorAt);
  if (own !== undefined) return own;
  for (const manager of sectionsAt(alerting, 'alertmanagers')) {
    const keys = ['alert_relabel_configs', 'relabel_configs'];
    const error = manager === null ? undefined : checkRules(manager, keys, validation, errorAt);
    if (error !== undefined) return error;
  }
  return undefined;
}

function checkRemotes(root: Settings, global: Settings, errorAt: ErrorAt): ConfigError | undefined {
  for (const [key, words] of [
    ['remote_write', 'remote write'],
    ['remote_read', 'remote read'],
  ] as const) {
    const names = new Set<string>();
    for (const remote of sectionsAt(root, key)) {
      if (remote === null) {
        return errorAt(root, { message: `empty or null ${words} config section`, key });
      }
      const name = stringAt(remote, 'name');
      if (name !== '' && names.has(name)) {
        const message = `found multiple ${words} configs with job name ${quote(name)}`;
        return errorAt(remote, { message, key: 'name' });
      }
      names.add(name);
      const error = checkRules(remote, ['write_relabel_configs'], validationOf(global), errorAt);
      if (error !== undefined) return error;
    }
  }
  return undefined;
}

function checkTranslation(
  root: Settings,
  global: Settings,
  errorAt: ErrorAt,
): ConfigError | undefined {
  const otlp = sectionAt(root, 'otlp') ?? {};
  const key = 'translation_strategy';
  const strategy = stringAt(otlp, key);
  if (['NoTranslation', 'NoUTF8EscapingWithSuffixes'].includes(strategy)) {
    if (validationOf(global) !== 'legacy') return undefined;
    const message = `OTLP translation strategy ${quote(strategy)} is not allowed when UTF8 is disabled`;
    return errorAt(otlp, { message, key });
  }
  const known = ['', 'UnderscoreEscapingWithSuffixes', 'UnderscoreEscapingWithoutSuffixes'];
  return known.includes(strategy)
    ? undefined
    : errorAt(otlp, { message: `unsupported OTLP translation strategy ${quote(strategy)}`, key });
}
