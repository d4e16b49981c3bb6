import path from 'node:path';
import { applyRelabel, isLabelName, labelsFromPairs, labelValue, type Labels } from '#model';
import { buildGroups } from './build.ts';
import type { ConfigFiles } from './config-files.ts';
import { diskFiles } from './config-files.ts';
import { decodeYaml } from './decode.ts';
import { STATIC_GROUP } from './discovery-schema.ts';
import { describeErrors, describeTypeErrors, type ConfigError } from './error.ts';
import { loadConfig, type Loaded } from './load.ts';
import { quote } from './quote.ts';
import { relabelRules } from './relabel-schema.ts';
import {
  checkRuleFile,
  duplicateRules,
  type RuleChecks,
  type RuleFile,
  type RuleGroup,
} from './rule-file.ts';
import { listOf, sectionAt, sectionsAt, stringAt, type Settings } from './schema.ts';
import type { ScrapeConfig, TargetGroup } from './types.ts';
import { readYaml } from './yaml-source.ts';

export interface CheckOptions extends RuleChecks {
  /** A rule given twice fails the check (exit code 3). */
  readonly lintFatal?: boolean;
  /** Looks at the file alone, not at the files it names. */
  readonly syntaxOnly?: boolean;
  readonly mode?: 'server' | 'agent';
  readonly files?: ConfigFiles;
}

export interface CheckMessage {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

export interface CheckResult {
  /** promtool's codes. 0: all is well; 1: something is wrong; 3: only a lint complains. */
  readonly exitCode: 0 | 1 | 3;
  /** What the command prints, line by line, as promtool does. */
  readonly messages: readonly CheckMessage[];
  /** The first fault, without the decoration of the printed line. */
  readonly error?: string;
  /** The faults of the file itself with their places. */
  readonly errors: readonly ConfigError[];
}

/** A fault that ends a check; thrown and caught within this file alone. */
class CheckFault extends Error {}

/** Checks a configuration and, unless `syntaxOnly`, the files that it names (promtool check config). */
export function checkConfigFile(fileName: string, options: CheckOptions = {}): CheckResult {
  const run: Run = {
    files: options.files ?? diskFiles,
    syntaxOnly: options.syntaxOnly ?? false,
    messages: [{ stream: 'stdout', text: `Checking ${fileName}` }],
  };
  let errors: readonly ConfigError[] = [];
  try {
    const text = readFile(fileName, run.files);
    const { mode = 'server' } = options;
    const result = loadConfig(text, { fileName, mode, files: run.files });
    if ('errors' in result) {
      errors = result.errors;
      throw new CheckFault(describeErrors(result.errors, fileName));
    }
    const ruleFiles = checkLoaded(result, run);
    if (ruleFiles.length > 0) {
      say(run, `  SUCCESS: ${ruleFiles.length} rule files found`);
    }
    say(run, ` SUCCESS: ${fileName} is valid prometheus config file syntax`);
    say(run, '');
    return checkRules(ruleFiles, run, options);
  } catch (error) {
    if (!(error instanceof CheckFault)) throw error;
    run.messages.push({ stream: 'stderr', text: `  FAILED: ${error.message}` });
    for (const remedy of remediesOf(errors)) say(run, remedy, 'stderr');
    return { exitCode: 1, messages: run.messages, error: error.message, errors };
  }
}

interface Run {
  readonly files: ConfigFiles;
  readonly syntaxOnly: boolean;
  readonly messages: CheckMessage[];
}

function say(run: Run, text: string, stream: CheckMessage['stream'] = 'stdout'): void {
  run.messages.push({ stream, text });
}

function remediesOf(errors: readonly ConfigError[]): readonly string[] {
  return errors.flatMap(({ file, line, column, remedy }) =>
    remedy === undefined ? [] : [`  ${file}:${line}:${column}: ${remedy}`],
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function readFile(file: string, files: ConfigFiles): string {
  try {
    return files.read(file);
  } catch (error) {
    throw new CheckFault(`open ${file}: ${messageOf(error)}`, { cause: error });
  }
}

/** Throws where a file that is named cannot be found; no name is fine. */
function needFile(run: Run, file: string | undefined, what: string): void {
  if (run.syntaxOnly || file === undefined || file === '') return;
  try {
    run.files.stat(file);
  } catch (error) {
    throw new CheckFault(`error checking ${what} ${quote(file)}: ${messageOf(error)}`, {
      cause: error,
    });
  }
}

/** The rule files that are to be checked next. */
function checkLoaded(loaded: Loaded, run: Run): readonly string[] {
  const ruleFiles = run.syntaxOnly ? [] : findRuleFiles(loaded, run);
  for (const [i, job] of loaded.config.scrapeConfigs.entries()) {
    const what = 'authorization credentials or bearer token file';
    needFile(run, job.httpClient.authorization?.credentialsFile, what);
    checkTlsFiles(sectionAt(loaded.jobs[i] ?? {}, 'tls_config'), run);
    checkJobTargets(job, run);
  }
  for (const manager of sectionsAt(sectionAt(loaded.settings, 'alerting') ?? {}, 'alertmanagers')) {
    if (manager !== null) checkManager(manager, run);
  }
  return ruleFiles;
}

function findRuleFiles(loaded: Loaded, run: Run): readonly string[] {
  return loaded.config.ruleFiles.flatMap((pattern) => {
    const found = run.files.glob(pattern);
    if (!pattern.includes('*')) {
      if (found.length === 0) {
        throw new CheckFault(`${quote(pattern)} does not point to an existing file`);
      }
      needFile(run, found[0], 'rule file');
    }
    return found;
  });
}

function checkTlsFiles(tls: Settings | undefined, run: Run): void {
  if (tls === undefined) return;
  needFile(run, stringAt(tls, 'cert_file'), 'client cert file');
  needFile(run, stringAt(tls, 'key_file'), 'client key file');
}

function checkJobTargets(job: ScrapeConfig, run: Run): void {
  for (const discovery of job.discovery) {
    if (discovery.kind === 'static') checkGroups(discovery.groups, job);
    if (discovery.kind !== 'file' || run.syntaxOnly) continue;
    for (const pattern of discovery.files) {
      const found = run.files.glob(pattern);
      for (const file of found) checkGroups(readGroups(file, pattern, run), job);
      if (found.length > 0) continue;
      const text = `  WARNING: file ${quote(pattern)} for file_sd in scrape job ${quote(job.jobName)} does not exist`;
      say(run, text);
    }
  }
}

function readGroups(file: string, pattern: string, run: Run): readonly TargetGroup[] {
  const { error, groups } = checkDiscoveryFile(file, run.files);
  if (error !== undefined) throw new CheckFault(`checking SD file ${quote(pattern)}: ${error}`);
  return groups;
}

function checkManager(manager: Settings, run: Run): void {
  const authorization = sectionAt(manager, 'authorization') ?? {};
  const what = 'authorization credentials or bearer token file';
  needFile(run, stringAt(authorization, 'credentials_file'), what);
  checkTlsFiles(sectionAt(manager, 'tls_config'), run);
  const rules = relabelRules(manager, 'relabel_configs', 'utf8');
  if ('problem' in rules) return;
  const groups = buildGroups(sectionsAt(manager, 'static_configs'));
  for (const group of groups) {
    for (const target of group.targets) {
      const labels = applyRelabel(rules, targetLabels(target, group, []));
      if (labels !== undefined) checkAddress(labels, 'instance 0 in group 0');
    }
  }
}

/** Every target of a job must come out of relabelling with an address that can be one. */
function checkGroups(groups: readonly TargetGroup[], job: ScrapeConfig): void {
  const own: [string, string][] = [
    ['job', job.jobName],
    ['__scheme__', job.scheme],
    ['__metrics_path__', job.metricsPath],
    ...Object.entries(job.params).map(([name, values]): [string, string] => [
      `__param_${name}`,
      values[0] ?? '',
    ]),
  ];
  for (const group of groups) {
    for (const [i, target] of group.targets.entries()) {
      const labels = applyRelabel(job.relabelRules, targetLabels(target, group, own));
      if (labels !== undefined) checkAddress(labels, `instance ${i} in group ${group.source}`);
    }
  }
}

function targetLabels(
  target: Labels,
  group: TargetGroup,
  own: readonly (readonly [string, string])[],
): Labels {
  return labelsFromPairs([...own, ...pairsOf(group.labels), ...pairsOf(target)]);
}

function pairsOf(labels: Labels): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i < labels.length; i += 2) pairs.push([labels[i] ?? '', labels[i + 1] ?? '']);
  return pairs;
}

function checkAddress(labels: Labels, where: string): void {
  const address = labelValue(labels, '__address__');
  if (address === '') throw new CheckFault(`${where}: no address`);
  if (address.includes('/')) {
    throw new CheckFault(`${where}: ${quote(address)} is not a valid hostname`);
  }
  for (const [name, value] of pairsOf(labels)) {
    if (isLabelName(value, 'utf8')) continue;
    throw new CheckFault(`${where}: invalid label value for ${quote(name)}: ${quote(value)}`);
  }
}

const DISCOVERY_ENDINGS = new Set(['.json', '.yml', '.yaml']);

/** Checks a file of `file_sd_configs` (promtool check sd-file). */
export function checkDiscoveryFile(
  file: string,
  files: ConfigFiles = diskFiles,
): { readonly error?: string; readonly groups: readonly TargetGroup[] } {
  try {
    const text = readFile(file, files);
    const ending = path.extname(file);
    if (!DISCOVERY_ENDINGS.has(ending.toLowerCase())) {
      return { error: `invalid file extension: ${quote(ending)}`, groups: [] };
    }
    return decodeGroups(text, file);
  } catch (error) {
    if (error instanceof CheckFault) return { error: error.message, groups: [] };
    throw error;
  }
}

/** Reads the text of a discovery file, YAML or JSON alike. */
export function decodeGroups(
  text: string,
  file: string,
): { readonly error?: string; readonly groups: readonly TargetGroup[] } {
  const source = readYaml(text, file);
  if (!('root' in source)) return { error: source[0]?.message ?? '', groups: [] };
  const { value, errors } = decodeYaml(source, listOf(STATIC_GROUP));
  const refused = errors.find((error) => error.kind !== 'type');
  if (refused !== undefined) return { error: refused.message, groups: [] };
  if (errors.length > 0) return { error: describeTypeErrors(errors), groups: [] };
  const sections = (value ?? []) as readonly (Settings | null)[];
  const empty = sections.indexOf(null);
  if (empty >= 0) return { error: `nil target group item found (index ${empty})`, groups: [] };
  return { groups: buildGroups(sections) };
}

export interface RuleCheckOptions extends RuleChecks {
  readonly files?: ConfigFiles;
  /** A rule given twice fails the check (exit code 3); otherwise it is told only. */
  readonly lintFatal?: boolean;
}

/** Checks rule files (promtool check rules). One bad file does not hide the next. */
export function checkRuleFiles(
  fileNames: readonly string[],
  options: RuleCheckOptions = {},
): CheckResult {
  const run: Run = { files: options.files ?? diskFiles, syntaxOnly: false, messages: [] };
  return checkRules(fileNames, run, options);
}

function checkRules(
  fileNames: readonly string[],
  run: Run,
  options: RuleCheckOptions,
): CheckResult {
  const errors: ConfigError[] = [];
  let repeated: string | undefined;
  let unreadable: string | undefined;
  for (const file of fileNames) {
    say(run, `Checking ${file}`);
    try {
      const result = checkRuleFile(readFile(file, run.files), file, options);
      errors.push(...result.errors);
      const duplicates = result.errors.length > 0 ? undefined : describeDuplicates(result.groups);
      repeated ??= duplicates;
      sayRules(run, file, result, duplicates);
    } catch (error) {
      if (!(error instanceof CheckFault)) throw error;
      unreadable ??= error.message;
      say(run, `  FAILED: ${error.message}`, 'stderr');
    }
    say(run, '');
  }
  const { messages } = run;
  const error = errors[0]?.message ?? unreadable;
  if (error !== undefined) return { exitCode: 1, messages, error, errors };
  if (repeated === undefined) return { exitCode: 0, messages, errors };
  return { exitCode: options.lintFatal === true ? 3 : 0, messages, error: repeated, errors };
}

function sayRules(run: Run, file: string, result: RuleFile, duplicates: string | undefined): void {
  if (result.errors.length > 0) {
    say(run, '  FAILED:', 'stderr');
    for (const error of result.errors) say(run, `${file}: ${error.message}`, 'stderr');
  } else if (duplicates !== undefined) {
    say(run, '  FAILED:', 'stderr');
    say(run, `lint error ${duplicates}`, 'stderr');
  } else say(run, `  SUCCESS: ${result.ruleCount} rules found`);
}

function describeDuplicates(groups: readonly RuleGroup[]): string | undefined {
  const duplicates = duplicateRules(groups);
  if (duplicates.length === 0) return undefined;
  const rules = duplicates.map(({ name, labels }) => {
    const lines = [...labels].map(([label, value]) => `\t${label}: ${value}\n`);
    return `Metric: ${name}\nLabel(s):\n${lines.join('')}`;
  });
  return `${duplicates.length} duplicate rule(s) found.\n${rules.join('')}Might cause inconsistency while recording expressions`;
}
