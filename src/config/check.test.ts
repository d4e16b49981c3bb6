import { describe, expect, it } from 'vitest';
import {
  checkConfigFile,
  checkDiscoveryFile,
  checkRuleFile,
  checkRuleFiles,
  matchNames,
  type ConfigFiles,
} from './index.ts';

/** A disk with these files alone. */
function diskOf(contents: Readonly<Record<string, string>>): ConfigFiles {
  const read = (file: string): string => {
    const text = contents[file];
    if (text === undefined) throw new Error(`stat ${file}: no such file or directory`);
    return text;
  };
  return {
    read,
    stat: (file) => {
      read(file);
    },
    glob: (pattern) => matchNames(pattern, Object.keys(contents)),
  };
}

function errorOf(contents: Readonly<Record<string, string>>, syntaxOnly = false): string {
  const result = checkConfigFile('p.yml', { files: diskOf(contents), syntaxOnly });
  expect(result.exitCode === 0).toBe(result.error === undefined);
  return result.error ?? '';
}

/** A job with one relabel rule, one good target and one that is no address. */
function job(rule: string): string {
  return `scrape_configs: [{job_name: a, relabel_configs: [${rule}], static_configs: [{targets: [ok, "http://bad"]}]}]`;
}

function problemsOf(rule: string): readonly string[] {
  return checkRuleFile(`groups: [{name: g, rules: [${rule}]}]`, 'r.yml', {
    checkExpression: (text) => (text.includes('bad') ? 'parse error' : undefined),
    checkTemplate: (text) => (text.includes('{{') ? 'template error' : undefined),
  }).errors.map(({ message }) => message.replace(/^\d+:\d+: /, ''));
}

describe('checkConfigFile', () => {
  it('says what it found, as promtool does', () => {
    const files = diskOf({
      'p.yml': 'rule_files: ["rules*.yml"]',
      'rules1.yml': 'groups: [{name: g, rules: [{record: a, expr: b}]}]',
    });
    const { exitCode, messages } = checkConfigFile('p.yml', { files });
    expect(exitCode).toBe(0);
    expect(messages.map(({ text }) => text)).toEqual([
      'Checking p.yml',
      '  SUCCESS: 1 rule files found',
      ' SUCCESS: p.yml is valid prometheus config file syntax',
      '',
      'Checking rules1.yml',
      '  SUCCESS: 1 rules found',
      '',
    ]);
  });

  it('tells the place and the remedy of a fault', () => {
    const files = diskOf({ 'p.yml': 'globl: {}' });
    const { exitCode, messages } = checkConfigFile('p.yml', { files });
    expect(exitCode).toBe(1);
    expect(messages.slice(1)).toEqual([
      {
        stream: 'stderr',
        text: '  FAILED: parsing YAML file p.yml: yaml: unmarshal errors:\n  line 1: field globl not found in type config.plain',
      },
      { stream: 'stderr', text: '  p.yml:1:1: did you mean global?' },
    ]);
  });

  const missing: [string, string, string][] = [
    ['a rule file', 'rule_files: [r.yml]', '"r.yml" does not point to an existing file'],
    [
      'credentials',
      'scrape_configs: [{job_name: a, authorization: {credentials_file: c}}]',
      'error checking authorization credentials or bearer token file "c": stat c: no such file or directory',
    ],
    [
      'a certificate',
      'scrape_configs: [{job_name: a, tls_config: {cert_file: c, key_file: k}}]',
      'error checking client cert file "c": stat c: no such file or directory',
    ],
  ];
  it.each(missing)('misses %s unless only the syntax counts', (_name, text, expected) => {
    expect(errorOf({ 'p.yml': text })).toBe(expected);
    expect(errorOf({ 'p.yml': text }, true)).toBe('');
  });

  it('looks at targets after relabelling', () => {
    expect(errorOf({ 'p.yml': job('{target_label: x, replacement: y}') })).toBe(
      'instance 1 in group 0: "http://bad" is not a valid hostname',
    );
    expect(errorOf({ 'p.yml': job('{target_label: __address__, replacement: good}') })).toBe('');
  });

  it('reads the files of file discovery', () => {
    const text = 'scrape_configs: [{job_name: a, file_sd_configs: [{files: ["t*.json"]}]}]';
    expect(errorOf({ 'p.yml': text })).toBe('');
    expect(errorOf({ 'p.yml': text, 't1.json': '[{"targets": ["a:1"]}]' })).toBe('');
    expect(errorOf({ 'p.yml': text, 't1.json': '[{"target": ["a:1"]}]' })).toBe(
      'checking SD file "t*.json": yaml: unmarshal errors:\n  line 1: field target not found in type targetgroup.Group',
    );
  });
});

describe('checkDiscoveryFile', () => {
  const cases: [string, string, string | undefined][] = [
    ['a.yml', '- targets: [a]\n', undefined],
    ['a.json', '[]', undefined],
    ['a.txt', '[]', 'invalid file extension: ".txt"'],
    ['a.yml', '- targets: [a]\n-\n', 'nil target group item found (index 1)'],
  ];
  it.each(cases)('%s with %j', (file, text, expected) => {
    expect(checkDiscoveryFile(file, diskOf({ [file]: text })).error).toBe(expected);
  });
});

describe('checkRuleFile', () => {
  const cases: [string, readonly string[]][] = [
    ['{record: a, expr: b}', []],
    ['{alert: a, expr: b, for: 1m, annotations: {x: y}}', []],
    ['{expr: b}', [`group "g", rule 1, "": one of 'record' or 'alert' must be set`]],
    ['{record: a}', [`group "g", rule 1, "a": field 'expr' must be set in rule`]],
    [
      '{record: a, alert: b, expr: c}',
      [`group "g", rule 1, "b": only one of 'record' and 'alert' must be set`],
    ],
    [
      '{record: a, expr: bad, for: 1m}',
      [
        'group "g", rule 1, "a": could not parse expression: parse error',
        `group "g", rule 1, "a": invalid field 'for' in recording rule`,
      ],
    ],
    [
      '{record: "a{}", expr: b, labels: {__name__: x}}',
      [
        'group "g", rule 1, "a{}": braces present in the recording rule name; should it be in expr?: a{}',
        'group "g", rule 1, "a{}": invalid label name: __name__',
      ],
    ],
    [
      '{alert: a, expr: b, labels: {l: "{{"}}',
      ['group "g", rule 1, "a": label "l": template error'],
    ],
  ];
  it.each(cases)('%s', (rule, expected) => {
    expect(problemsOf(rule)).toEqual(expected);
  });

  it('yields the groups with their times in milliseconds', () => {
    const { groups, ruleCount } = checkRuleFile(
      'groups: [{name: g, interval: 1m, query_offset: 0s, limit: 5, rules: [{alert: a, expr: b, for: 2m}]}]',
      'r.yml',
    );
    expect(ruleCount).toBe(1);
    expect(groups).toMatchObject([
      {
        name: 'g',
        intervalMs: 60_000,
        queryOffsetMs: 0,
        limit: 5,
        rules: [{ kind: 'alerting', name: 'a', expression: 'b', forMs: 120_000 }],
      },
    ]);
  });

  it('places each problem', () => {
    const { errors } = checkRuleFile('groups:\n- name: g\n- name: g\n', 'r.yml');
    expect(errors).toEqual([
      {
        file: 'r.yml',
        line: 3,
        column: 3,
        kind: 'value',
        message: '3:3: groupname: "g" is repeated in the same file',
      },
    ]);
  });
});

describe('checkRuleFiles', () => {
  const twice = 'groups: [{name: g, rules: [{alert: a, expr: b}, {alert: a, expr: c}]}]';
  it('fails on a rule given twice only where that is asked for', () => {
    const files = diskOf({ 'r.yml': twice });
    expect(checkRuleFiles(['r.yml'], { files }).exitCode).toBe(0);
    expect(checkRuleFiles(['r.yml'], { files, lintFatal: true })).toMatchObject({
      exitCode: 3,
      error:
        '1 duplicate rule(s) found.\nMetric: a\nLabel(s):\nMight cause inconsistency while recording expressions',
    });
  });

  it('goes on behind a file that cannot be read', () => {
    const result = checkRuleFiles(['no.yml', 'r.yml'], { files: diskOf({ 'r.yml': twice }) });
    expect(result.exitCode).toBe(1);
    expect(result.messages.map(({ text }) => text)).toContain('Checking r.yml');
  });
});
