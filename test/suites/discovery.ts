import { existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { createRelabelRule, labelsFromObject, labelsToObject, parseDuration } from '#model';
import type { Labels, RelabelAction } from '#model';
import type { DiscoveryConfig, DnsRecordType, ScrapeConfig, TargetGroup } from '#config';
import { createDiscovery, isAcceptedContentType } from '#discovery';
import type { DiscoverySurroundings, DnsRecord } from '#discovery';
import { discoverLabels, targetFromLabels } from '#scrape';
import { silentLog } from '#platform';
import type { Log } from '#platform';
import { FakeClock } from '../fakes/clock.ts';
import {
  discoverySurroundings,
  fakeHttpClient,
  plainHttpClient,
  scrapeConfig,
} from '../fakes/scrape-config.ts';
import { runDockerCase } from './discovery-docker.ts';
import type { DockerCase } from './discovery-docker.ts';
import type { CaseResult, FileResult, Suite } from './suite.ts';

type LabelObject = Readonly<Record<string, string>>;

interface ExpectedGroup {
  readonly source: string;
  readonly gone?: boolean;
  readonly targets?: readonly (string | LabelObject)[];
  readonly labels?: LabelObject;
}

interface DiscoveryCase {
  readonly id: string;
  readonly kind: string;
  readonly files?: readonly string[];
  readonly path?: string;
  readonly body_file?: string;
  readonly content_type?: string;
  readonly answers?: readonly {
    readonly status: number;
    readonly content_type: string;
    readonly body: string;
  }[];
  readonly config?: {
    readonly names: readonly string[];
    readonly type?: DnsRecordType;
    readonly port?: number;
  };
  readonly lookup?: {
    readonly error?: string;
    readonly answer?: readonly Readonly<Record<string, unknown>>[];
  };
  readonly expect: {
    readonly groups?: readonly ExpectedGroup[];
    readonly then?: readonly ExpectedGroup[];
    readonly groups_by_answer?: readonly (readonly ExpectedGroup[])[];
    readonly nothing_sent?: boolean;
    readonly accepted?: boolean;
    readonly error?: string;
  };
}

interface TargetCase {
  readonly id: string;
  readonly discovered: Readonly<Record<string, string | { readonly base64: string }>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly expect: {
    readonly labels?: LabelObject;
    readonly discovered_labels?: LabelObject;
    readonly dropped?: boolean;
    readonly error?: string;
  };
}

const REFRESH_MS = 60_000;

/** What differs, or undefined. */
type Problem = string | undefined;

function compare(actual: unknown, expected: unknown): Problem {
  if (isDeepStrictEqual(actual, expected)) return undefined;
  return `got ${JSON.stringify(actual)}, wanted ${JSON.stringify(expected)}`;
}

/** Plain objects, empty label values left out: a label set of ours has none. */
function plainGroup(group: TargetGroup): unknown {
  if (group.targets.length === 0) return { source: group.source, targets: [] };
  const targets = group.targets.map((labels) => ({ ...labelsToObject(labels) }));
  return { source: group.source, targets, labels: { ...labelsToObject(group.labels) } };
}

function plainExpected(group: ExpectedGroup, replace: (text: string) => string): unknown {
  const source = replace(group.source);
  const targets = (group.targets ?? []).map((target) =>
    withoutEmpty(typeof target === 'string' ? { __address__: target } : target),
  );
  if (group.gone === true || targets.length === 0) return { source, targets: [] };
  const labels = Object.entries(group.labels ?? {}).map(([name, value]) => [name, replace(value)]);
  return { source, targets, labels: withoutEmpty(Object.fromEntries(labels) as LabelObject) };
}

function withoutEmpty(labels: LabelObject): LabelObject {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}

/** Each call of a discovery is one batch, the names of one refresh together. */
class Runner {
  readonly clock = new FakeClock();
  readonly errors: string[] = [];
  batch: TargetGroup[] = [];

  start(config: DiscoveryConfig, given: Partial<DiscoverySurroundings>): () => void {
    const log: Log = {
      ...silentLog,
      error: (_message, fields) => this.errors.push(String(fields?.['err'])),
    };
    const surroundings = discoverySurroundings({ clock: this.clock, log, ...given });
    const discovery = createDiscovery(config, surroundings);
    return discovery?.run((groups) => this.batch.push(...groups)) ?? (() => {});
  }

  /** What came since the last time. */
  async take(): Promise<unknown[]> {
    await this.clock.advance(0);
    const groups = this.batch;
    this.batch = [];
    return groups.map(plainGroup);
  }
}

async function runFileCase(entry: DiscoveryCase, dir: string): Promise<Problem> {
  const runner = new Runner();
  const [first = '', second] = entry.files ?? [];
  let current = first;
  const path = join('/sd', basename(first));
  const read = (): Promise<{ text: string; modifiedMs: number }> =>
    Promise.resolve({
      text: readFileSync(join(dir, 'fixtures', current), 'utf8'),
      modifiedMs: 1,
    });
  const files = { list: () => Promise.resolve([basename(path)]), read, watch: () => () => {} };
  const config = { kind: 'file', files: [path], refreshIntervalMs: REFRESH_MS } as const;
  const stop = runner.start(config, { files });
  const replace = (text: string): string => text.replaceAll('{{file}}', path);
  const wanted = (groups: readonly ExpectedGroup[] = []): unknown[] =>
    groups.map((group) => plainExpected(group, replace));
  let problem = compare(await runner.take(), wanted(entry.expect.groups));
  if (second !== undefined) {
    current = second;
    await runner.clock.advance(REFRESH_MS);
    problem ??= compare(await runner.take(), wanted(entry.expect.then));
  }
  stop();
  if (entry.expect.nothing_sent === true && runner.errors.length === 0) return 'no error was told';
  return problem;
}

async function runHttpCase(entry: DiscoveryCase, dir: string): Promise<Problem> {
  const runner = new Runner();
  const host = 'http://127.0.0.1:9';
  const url = `${host}${entry.path ?? ''}`;
  const answers = entry.answers ?? [
    {
      status: 200,
      content_type: entry.content_type ?? '',
      body: readFileSync(join(dir, 'fixtures', entry.body_file ?? ''), 'utf8'),
    },
  ];
  let next = 0;
  const client = fakeHttpClient(() => {
    const answer = answers[next++];
    if (answer === undefined) return new Error('no more answers');
    return { status: answer.status, contentType: answer.content_type, body: answer.body };
  });
  const stop = runner.start(
    { kind: 'http', url, refreshIntervalMs: REFRESH_MS, httpClient: plainHttpClient },
    { openHttpClient: () => client },
  );
  const replace = (text: string): string => text.replaceAll('{{url}}', host);
  const batches = entry.expect.groups_by_answer ?? [entry.expect.groups ?? []];
  let problem: Problem;
  for (const batch of batches) {
    const wanted = batch.map((group) => plainExpected(group, replace));
    problem ??= compare(await runner.take(), wanted);
    await runner.clock.advance(REFRESH_MS);
  }
  stop();
  return problem ?? errorProblem(runner.errors[0], entry.expect.error);
}

function errorProblem(actual: string | undefined, expected: string | undefined): Problem {
  return expected === undefined ? undefined : compare(actual, expected);
}

async function runDnsCase(entry: DiscoveryCase): Promise<Problem> {
  const runner = new Runner();
  const { error, answer = [] } = entry.lookup ?? {};
  const lookup = (): Promise<readonly DnsRecord[]> =>
    error === undefined
      ? Promise.resolve(answer.map((record) => dnsRecord(record)))
      : Promise.reject(new Error(error));
  const stop = runner.start(
    {
      kind: 'dns',
      names: entry.config?.names ?? [],
      type: entry.config?.type ?? 'SRV',
      port: entry.config?.port ?? 0,
      refreshIntervalMs: REFRESH_MS,
    },
    { lookup },
  );
  const wanted = (entry.expect.groups ?? []).map((group) => plainExpected(group, (text) => text));
  const problem = compare(await runner.take(), wanted);
  stop();
  return problem;
}

function dnsRecord(record: Readonly<Record<string, unknown>>): DnsRecord {
  const text = (name: string): string => String(record[name]);
  switch (record['rr']) {
    case 'A':
      return { type: 'A', address: text('A') };
    case 'AAAA':
      return { type: 'AAAA', address: text('AAAA') };
    case 'SRV':
      return { type: 'SRV', target: text('Target'), port: Number(record['Port']) };
    case 'MX':
      return { type: 'MX', target: text('Mx') };
    case 'NS':
      return { type: 'NS', target: text('Ns') };
    default:
      return { type: 'other' };
  }
}

function runDiscoveryCase(entry: DiscoveryCase, dir: string): Promise<Problem> {
  switch (entry.kind) {
    case 'file_sd':
      return runFileCase(entry, dir);
    case 'http_sd':
      return runHttpCase(entry, dir);
    case 'http_sd content type':
      return Promise.resolve(
        compare(isAcceptedContentType(entry.content_type ?? ''), entry.expect.accepted),
      );
    case 'dns_sd':
      return runDnsCase(entry);
    default:
      return Promise.resolve(`no runner for ${entry.kind}`);
  }
}

/** Bytes that are not UTF-8 become halves of surrogate pairs, U+DC80 and up, as Python reads them. */
function labelText(value: string | { readonly base64: string }): string {
  if (typeof value === 'string') return value;
  const bytes = Buffer.from(value.base64, 'base64');
  return Array.from(bytes, (byte) => String.fromCodePoint(byte < 0x80 ? byte : 0xdc00 + byte)).join(
    '',
  );
}

interface RuleCase {
  readonly action?: RelabelAction;
  readonly regex?: string;
  readonly source_labels?: readonly string[];
  readonly replacement?: string;
  readonly target_label?: string;
}

function targetConfig(config: TargetCase['config']): ScrapeConfig {
  const rules = (config['relabel_configs'] ?? []) as readonly RuleCase[];
  return scrapeConfig({
    jobName: String(config['job_name']),
    scheme: config['scheme'] as 'http' | 'https',
    metricsPath: String(config['metrics_path']),
    scrapeIntervalMs: parseDuration(String(config['scrape_interval'])),
    scrapeTimeoutMs: parseDuration(String(config['scrape_timeout'])),
    convertClassicHistogramsToNhcb: config['convert_classic_histograms_to_nhcb'] === true,
    relabelRules: rules.map((rule) =>
      createRelabelRule({
        action: rule.action ?? 'replace',
        regex: rule.regex ?? '(.*)',
        sourceLabels: rule.source_labels ?? [],
        replacement: rule.replacement ?? '$1',
        targetLabel: rule.target_label ?? '',
      }),
    ),
  });
}

function plainLabels(labels: Labels): LabelObject {
  return { ...labelsToObject(labels) };
}

function runTargetCase(entry: TargetCase): Problem {
  const config = targetConfig(entry.config);
  const own = Object.entries(entry.discovered).map(([name, value]) => [name, labelText(value)]);
  const discovered = discoverLabels(
    labelsFromObject(Object.fromEntries(own) as LabelObject),
    [],
    config,
  );
  const target = targetFromLabels(discovered, config);
  if (entry.expect.error !== undefined) return compare(target, entry.expect.error);
  if (target === undefined) return entry.expect.labels === undefined ? undefined : 'was dropped';
  if (typeof target === 'string') return `error: ${target}`;
  return (
    compare(plainLabels(target.labels), entry.expect.labels) ??
    compare(plainLabels(discovered), entry.expect.discovered_labels)
  );
}

function result(id: string, problem: Problem): CaseResult {
  return problem === undefined ? { id, ok: true } : { id, ok: false, message: problem };
}

function readCases(path: string): readonly unknown[] {
  if (!existsSync(path)) return [];
  return (JSON.parse(readFileSync(path, 'utf8')) as { cases: unknown[] }).cases;
}

export const discoverySuite: Suite = {
  area: 'discovery',
  async run(dir) {
    const area = join(dir, 'discovery');
    const found: CaseResult[] = [];
    for (const entry of readCases(join(area, 'file-http-dns.json')) as readonly DiscoveryCase[]) {
      found.push(result(entry.id, await runDiscoveryCase(entry, area)));
    }
    const targets = (readCases(join(area, 'scrape-targets.json')) as readonly TargetCase[]).map(
      (entry) => result(entry.id, runTargetCase(entry)),
    );
    const docker: CaseResult[] = [];
    for (const entry of readCases(join(area, 'docker.json')) as readonly DockerCase[]) {
      docker.push(result(entry.id, await runDockerCase(entry, area)));
    }
    const files: FileResult[] = [
      { file: 'discovery/docker', cases: docker },
      { file: 'discovery/file-http-dns', cases: found },
      { file: 'discovery/scrape-targets', cases: targets },
    ];
    return files.filter(({ cases }) => cases.length > 0);
  },
};
