import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  checkConfigFile,
  checkDiscoveryFile,
  checkRuleFile,
  checkRuleFiles,
  describeErrors,
  diskFiles,
  loadConfig,
  parseSize,
  printRelabelRule,
  showEffective,
  type ConfigFiles,
  type LoadResult,
} from '#config';
import { parseExpr } from '#promql';
import { compareJson, firstProblem, isObject } from './compare-json.ts';
import { runRelabelCase, type RelabelCase } from './config-relabel.ts';
import type { CaseResult, FileResult, Suite } from './suite.ts';

interface ConfigCase {
  file: string;
  mode: 'server' | 'agent' | 'check' | 'check-sd-file';
  syntax_only?: boolean;
  expect: {
    ok?: boolean;
    error?: string;
    error_contains?: string;
    effective?: Record<string, unknown>;
    scrape_configs?: unknown[];
  };
}

/** The configurations were loaded as testdata/<file>, and paths in the expectations begin so. */
const ROOT = 'testdata';

const FILES: readonly {
  readonly file: string;
  readonly run: (data: Record<string, unknown>, filesDir: string) => CaseResult[];
}[] = [
  { file: 'config/cases', run: runCases },
  { file: 'config/defaults', run: runDefaults },
  { file: 'config/relabel', run: runRelabel },
  { file: 'rules/rule-files', run: runRuleFiles },
];

export const configSuite: Suite = {
  area: 'config',
  run(dir: string): Promise<readonly FileResult[]> {
    const results: FileResult[] = [];
    for (const { file, run } of FILES) {
      const name = path.join(dir, `${file}.json`);
      if (!existsSync(name)) continue;
      const data = JSON.parse(readFileSync(name, 'utf8')) as Record<string, unknown>;
      results.push({ file, cases: run(data, path.join(path.dirname(name), 'files')) });
    }
    return Promise.resolve(results);
  },
};

/** Files as the configuration names them (testdata/...), read from the data's own folder. */
function mappedFiles(dir: string): ConfigFiles {
  const toDisk = (file: string): string =>
    file.startsWith(`${ROOT}/`) ? path.join(dir, file.slice(ROOT.length + 1)) : file;
  return {
    read: (file) => diskFiles.read(toDisk(file)),
    glob: (pattern) =>
      diskFiles
        .glob(toDisk(pattern))
        .map((file) => (file.startsWith(dir) ? path.join(ROOT, path.relative(dir, file)) : file)),
    stat: (file) => diskFiles.stat(toDisk(file)),
  };
}

function runCases(data: Record<string, unknown>, dir: string): CaseResult[] {
  const files = mappedFiles(dir);
  return (data['cases'] as ConfigCase[]).map((one) => {
    const id = `${one.file} ${one.mode}${one.syntax_only === true ? ' syntax only' : ''}`;
    const message = caseProblem(one, files);
    return message === undefined ? { id, ok: true } : { id, ok: false, message };
  });
}

function caseProblem(one: ConfigCase, files: ConfigFiles): string | undefined {
  const fileName = `${ROOT}/${one.file}`;
  if (one.mode === 'check') {
    const result = checkConfigFile(fileName, { files, syntaxOnly: one.syntax_only ?? false });
    const ok = result.exitCode === 0 ? undefined : (result.error ?? 'failed without a message');
    return errorProblem(ok, one.expect);
  }
  if (one.mode === 'check-sd-file') {
    return errorProblem(checkDiscoveryFile(fileName, files).error, one.expect);
  }
  const result = loadConfig(files.read(fileName), { fileName, mode: one.mode, files });
  const text = 'errors' in result ? describeErrors(result.errors, fileName) : undefined;
  return errorProblem(text, one.expect) ?? settingsProblem(result, one.expect);
}

function errorProblem(found: string | undefined, expect: ConfigCase['expect']): string | undefined {
  if (expect.ok === true) return found === undefined ? undefined : `unexpected error: ${found}`;
  if (expect.error !== undefined) return compareJson(found, expect.error);
  const part = expect.error_contains ?? '';
  return found?.includes(part) === true
    ? undefined
    : `expected ${JSON.stringify(part)}, found ${JSON.stringify(found)}`;
}

function settingsProblem(result: LoadResult, expect: ConfigCase['expect']): string | undefined {
  if ('errors' in result) return undefined;
  const { root, jobs } = showEffective(result);
  if (expect.effective !== undefined) {
    const problem = compareEffective(foldDiscovery(root, expect.effective), expect.effective, '$');
    if (problem !== undefined) return problem;
  }
  for (const [i, expected] of (expect.scrape_configs ?? []).entries()) {
    const problem = compareNamed(jobs[i], expected, `$.scrape_configs[${i}]`);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function isZero(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return true;
  if (value === 0 || value === '' || value === '0s') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.values(value).every((part) => isZero(part));
}

/**
 * Both sides leave zero values out, so a field that one lacks must be zero in the other. Within
 * discovery sections and `runtime` the data also leaves out what the peer's test names by reference
 * (its package's default), so there only what it spells out is compared.
 */
function compareEffective(found: unknown, expected: unknown, where: string): string | undefined {
  if (isZero(found) && isZero(expected)) return undefined;
  if (Array.isArray(found) && Array.isArray(expected)) {
    if (found.length !== expected.length) return `${where}: ${found.length} of ${expected.length}`;
    return firstProblem(expected.keys(), (i) =>
      compareEffective(found[i], expected[i], `${where}[${i}]`),
    );
  }
  if (!isObject(found) || !isObject(expected)) return compareValue(found, expected, where);
  if (/_sd_configs\[\d+\]$|\.runtime$/.test(where)) return compareNamed(found, expected, where);
  return firstProblem(new Set([...Object.keys(found), ...Object.keys(expected)]), (key) =>
    compareEffective(found[key], expected[key], `${where}.${key}`),
  );
}

/**
 * Secrets are never shown, sizes with their unit, a rule's regex only where the file gives it; the data
 * has them all bare.
 */
function compareValue(found: unknown, expected: unknown, where: string): string | undefined {
  if (found === '<secret>' && typeof expected === 'string') return undefined;
  if (found === undefined && where.endsWith('.regex')) return compareJson('(.*)', expected, where);
  if (typeof found === 'string' && typeof expected === 'number') {
    return compareJson(parseSize(found), expected, where);
  }
  return compareJson(found, expected, where);
}

/** Compares the fields that are expected, and no others. */
function compareNamed(found: unknown, expected: unknown, where: string): string | undefined {
  if (!isObject(expected)) return compareEffective(found, expected, where);
  return firstProblem(Object.keys(expected), (key) =>
    compareEffective(isObject(found) ? found[key] : undefined, expected[key], `${where}.${key}`),
  );
}

/** Discovery that the data only counts (`other_discovery`) becomes a count here too. */
function foldDiscovery(
  root: Record<string, unknown>,
  expected: Record<string, unknown>,
): Record<string, unknown> {
  const spelled = new Set(
    (expected['scrape_configs'] as Record<string, unknown>[]).flatMap((job) => Object.keys(job)),
  );
  const jobs = (root['scrape_configs'] as Record<string, unknown>[]).map((job) => {
    const folded: Record<string, unknown> = { other_discovery: 0 };
    for (const [key, value] of Object.entries(job)) {
      if (!key.endsWith('_sd_configs') || spelled.has(key)) folded[key] = value;
      else folded['other_discovery'] = Number(folded['other_discovery']) + (value as []).length;
    }
    return folded;
  });
  return { ...root, scrape_configs: jobs };
}

/** One minimal file for each section, so that its defaults show. */
const DEFAULTS_FILE = `
scrape_configs: [{job_name: job}]
alerting: {alertmanagers: [{}]}
remote_write: [{url: http://localhost}]
remote_read: [{url: http://localhost}]
`;

function load(text: string): ReturnType<typeof showEffective> {
  const result = loadConfig(text, { fileName: 'prometheus.yml' });
  if ('errors' in result) throw new Error(describeErrors(result.errors, 'prometheus.yml'));
  return showEffective(result);
}

function firstOf(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined;
}

function runDefaults(data: Record<string, unknown>): CaseResult[] {
  const { root, jobs } = load(DEFAULTS_FILE);
  const native = load('scrape_configs: [{job_name: job, scrape_native_histograms: true}]');
  const exemplars = loadConfig('', { fileName: 'prometheus.yml' });
  const found: Record<string, unknown> = {
    scrape_protocols: jobs[0]?.['scrape_protocols'],
    scrape_protocols_with_native_histograms: native.jobs[0]?.['scrape_protocols'],
    global: root['global'],
    scrape_config: jobs[0],
    alertmanager: firstOf((root['alerting'] as Record<string, unknown>)['alertmanagers']),
    remote_write: firstOf(root['remote_write']),
    remote_read: firstOf(root['remote_read']),
    exemplars:
      'errors' in exemplars ? {} : { max_exemplars: exemplars.config.storage.exemplarsMax },
    otlp: root['otlp'],
  };
  return Object.entries(data)
    .filter(([id]) => id !== 'about' && id !== 'source')
    .map(([id, expected]) => {
      const message = compareNamed(found[id], expected, id);
      return message === undefined ? { id, ok: true } : { id, ok: false, message };
    });
}

function runRelabel(data: Record<string, unknown>): CaseResult[] {
  return (data['cases'] as RelabelCase[]).map((one) => runRelabelCase(one, printRelabelRule));
}

interface RuleFileCase {
  id: string;
  file?: string;
  yaml?: string;
  name_validation: 'utf8' | 'legacy';
  check?: string;
  lint_fatal?: boolean;
  expect: {
    ok?: boolean;
    error?: true;
    error_contains?: string;
    errors?: number;
    exit_code?: number;
    groups?: number;
    warns_of_several_documents?: boolean;
  };
}

function checkExpression(text: string): string | undefined {
  const result = parseExpr(text);
  return result.ok ? undefined : `parse error: ${result.errors[0]?.message ?? ''}`;
}

function runRuleFiles(data: Record<string, unknown>, dir: string): CaseResult[] {
  return (data['cases'] as RuleFileCase[]).map((one) => {
    const message = ruleFileProblem(one, dir);
    return message === undefined ? { id: one.id, ok: true } : { id: one.id, ok: false, message };
  });
}

function ruleFileProblem(one: RuleFileCase, dir: string): string | undefined {
  const { expect } = one;
  const checks = { nameValidation: one.name_validation, checkExpression };
  if (one.check !== undefined) {
    const options = { ...checks, lintFatal: one.lint_fatal ?? false };
    const result = checkRuleFiles([path.join(dir, one.file ?? '')], options);
    return compareJson(result.exitCode, expect.exit_code);
  }
  const text = one.yaml ?? readFileSync(path.join(dir, one.file ?? ''), 'utf8');
  const found = checkRuleFile(text, one.file ?? 'rules.yml', checks);
  if (expect.errors !== undefined) return compareJson(found.errors.length, expect.errors);
  const problem = found.errors[0]?.message;
  if (expect.error === true) return problem === undefined ? 'expected an error' : undefined;
  if (expect.groups !== undefined && problem === undefined) {
    const counts = [found.groups.length, found.hasSeveralDocuments];
    return compareJson(counts, [expect.groups, expect.warns_of_several_documents]);
  }
  return errorProblem(problem, {
    ...(expect.ok === undefined ? {} : { ok: expect.ok }),
    ...(expect.error_contains === undefined ? {} : { error_contains: expect.error_contains }),
  });
}
