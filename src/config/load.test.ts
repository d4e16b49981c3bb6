import { describe, expect, it } from 'vitest';
import {
  describeErrors,
  formatErrors,
  loadConfig,
  Secret,
  showEffective,
  type Config,
  type ConfigFiles,
  type LoadOptions,
} from './index.ts';

const FILE = 'conf/prometheus.yml';

function load(text: string, options: Partial<LoadOptions> = {}): Config {
  const result = loadConfig(text, { fileName: FILE, ...options });
  if ('errors' in result) throw new Error(formatErrors(result.errors));
  return result.config;
}

function errorsOf(text: string, options: Partial<LoadOptions> = {}): string {
  const result = loadConfig(text, { fileName: FILE, ...options });
  return 'errors' in result ? formatErrors(result.errors) : '';
}

function messageOf(text: string, options: Partial<LoadOptions> = {}): string {
  const result = loadConfig(text, { fileName: FILE, ...options });
  return 'errors' in result ? describeErrors(result.errors, FILE) : '';
}

function targetsOf(config: Config): unknown {
  return config.scrapeConfigs[0]?.discovery[0];
}

/** Files by name; a pattern finds those with its beginning. */
function filesOf(contents: Readonly<Record<string, string>>): ConfigFiles {
  return {
    read: (file) => {
      const text = contents[file];
      if (text === undefined) throw new Error('no such file');
      return text;
    },
    glob: (pattern) =>
      Object.keys(contents).filter((file) => file.startsWith(pattern.replace(/\*.*$/, ''))),
    stat: () => {},
  };
}

describe('loadConfig', () => {
  it('takes an empty file for the defaults', () => {
    const config = load('');
    expect(config.global).toEqual({
      scrapeIntervalMs: 60_000,
      scrapeTimeoutMs: 10_000,
      evaluationIntervalMs: 60_000,
      ruleQueryOffsetMs: 0,
      externalLabels: [],
    });
    expect(config.scrapeConfigs).toEqual([]);
    expect(config.storage).toEqual({ outOfOrderTimeWindowMs: 0, exemplarsMax: 100_000 });
    expect(config.withoutEffect).toEqual([]);
  });

  it.each([
    ['{}', undefined],
    ['{tsdb: {out_of_order_time_window: 1m}}', undefined],
    ['{tsdb: {stale_series_compaction_threshold: 0.5}}', 0.5],
    ['{tsdb: {stale_series_compaction_threshold: 0}}', 0],
  ])('tells a share of stale series that is 0 from none: %s', (storage, share) => {
    expect(load(`storage: ${storage}`).storage.staleSeriesShare).toBe(share);
  });

  it('fills a job in from its own settings, then the global ones, then the defaults', () => {
    const [job] = load(`
global: {scrape_interval: 20s, sample_limit: 7, body_size_limit: 2KB}
scrape_configs:
  - job_name: api
    scrape_interval: 5s
    label_limit: 3
    params: {module: [a, b]}
`).scrapeConfigs;
    expect(job).toMatchObject({
      jobName: 'api',
      scrapeIntervalMs: 5000,
      scrapeTimeoutMs: 5000,
      sampleLimit: 7,
      labelLimit: 3,
      bodySizeLimitBytes: 2048,
      metricsPath: '/metrics',
      scheme: 'http',
      honorTimestamps: true,
      enableCompression: true,
      params: { module: ['a', 'b'] },
      metricNameValidationScheme: 'utf8',
      metricNameEscapingScheme: 'allow-utf-8',
      discovery: [],
    });
  });

  it('turns a section of Kubernetes discovery into a typed one', () => {
    const [job] = load(`
scrape_configs:
  - job_name: pods
    kubernetes_sd_configs:
      - role: pod
        api_server: https://k8s:6443
        bearer_token_file: token
        namespaces: {names: [a, b]}
        selectors: [{role: pod, label: 'app in (x,y)', field: spec.nodeName=n}]
        attach_metadata: {node: true, cronjob: true}
`).scrapeConfigs;
    expect(job?.discovery).toMatchObject([
      {
        kind: 'kubernetes',
        role: 'pod',
        apiServer: 'https://k8s:6443',
        kubeconfigFile: '',
        namespaces: { names: ['a', 'b'], ownNamespace: false },
        selectors: [{ role: 'pod', label: 'app in (x,y)', field: 'spec.nodeName=n' }],
        attachMetadata: { node: true, namespace: false, deployment: false, cronJob: true },
        httpClient: { authorization: { type: 'Bearer', credentialsFile: 'conf/token' } },
      },
    ]);
  });

  it('gives the discoveries of Docker what they are to ask', () => {
    const [job] = load(`
scrape_configs:
  - job_name: all
    docker_sd_configs:
      - host: unix:///var/run/docker.sock
        filters:
          - {name: label, values: [a=b]}
          - {name: label, values: [c]}
          - {name: status, values: []}
    dockerswarm_sd_configs:
      - {host: tcp://manager, role: tasks, port: 9100, refresh_interval: 5s}
`).scrapeConfigs;
    expect(job?.discovery).toMatchObject([
      {
        kind: 'docker',
        host: 'unix:///var/run/docker.sock',
        port: 80,
        filters: { label: ['a=b', 'c'] },
        hostNetworkingHost: 'localhost',
        matchFirstNetwork: true,
        refreshIntervalMs: 60_000,
      },
      {
        kind: 'dockerswarm',
        host: 'tcp://manager',
        role: 'tasks',
        port: 9100,
        filters: {},
        refreshIntervalMs: 5000,
      },
    ]);
  });

  it('turns discovery sections into typed ones and keeps the kinds it does not drive', () => {
    const config = load(`
scrape_configs:
  - job_name: all
    static_configs:
      - targets: [a:1, b:2]
        labels: {zone: x}
      - targets: [c:3]
    file_sd_configs: [{files: [targets/*.yml]}]
    dns_sd_configs: [{names: [web], type: a, port: 80}]
    http_sd_configs: [{url: http://sd/, refresh_interval: 5s}]
    consul_sd_configs: [{server: consul:8500}]
`);
    const kinds = config.scrapeConfigs[0]?.discovery ?? [];
    expect(kinds.map((one) => one.kind)).toEqual(['unsupported', 'dns', 'file', 'http', 'static']);
    expect(kinds[0]).toMatchObject({ name: 'consul', settings: { scheme: 'http' } });
    expect(kinds[1]).toMatchObject({ type: 'A', port: 80, refreshIntervalMs: 30_000 });
    expect(kinds[2]).toMatchObject({ files: ['conf/targets/*.yml'], refreshIntervalMs: 300_000 });
    expect(kinds[3]).toMatchObject({ url: 'http://sd/', refreshIntervalMs: 5000 });
    expect(kinds[4]).toEqual({
      kind: 'static',
      groups: [
        {
          source: '0',
          targets: [
            ['__address__', 'a:1'],
            ['__address__', 'b:2'],
          ],
          labels: ['zone', 'x'],
        },
        { source: '1', targets: [['__address__', 'c:3']], labels: [] },
      ],
    });
    expect(config.withoutEffect).toEqual(['consul_sd_configs']);
  });

  it('keeps secrets usable and never shows them', () => {
    const text = `
scrape_configs:
  - job_name: a
    basic_auth: {username: me, password: hunter2}
    http_headers: {X-Key: {secrets: [topsecret]}}
    proxy_url: http://user:proxypass@proxy:3128
  - job_name: b
    bearer_token: hunter3
    tls_config: {ca_file: ca.pem, key: hunter4, cert: public}
remote_write: [{url: "http://me:hunter5@store/write"}]
`;
    const result = loadConfig(text, { fileName: FILE });
    if ('errors' in result) throw new Error(formatErrors(result.errors));
    const [a, b] = result.config.scrapeConfigs;
    expect(a?.httpClient.basicAuth?.password?.reveal()).toBe('hunter2');
    expect(b?.httpClient.authorization?.type).toBe('Bearer');
    expect(b?.httpClient.authorization?.credentials?.reveal()).toBe('hunter3');
    expect(b?.httpClient.tls.caFile).toBe('conf/ca.pem');
    expect(a?.httpClient.proxy.proxyUrl).toBe('http://user:proxypass@proxy:3128');
    const shown = result.config.yaml + JSON.stringify(showEffective(result));
    expect(shown).not.toMatch(/hunter|topsecret|proxypass/);
    expect(shown).toContain('password: <secret>');
    expect(shown).toContain('url: http://me:xxxxx@store/write');
    expect(JSON.stringify(b?.httpClient)).not.toContain('hunter');
    expect(String(new Secret('x'))).toBe('<secret>');
  });

  it('prints what reads back as the same', () => {
    const text = `
global: {external_labels: {a: "yes", b: "1", c: "", d: "a: b", e: " x", f: "multi\\nline"}}
scrape_configs:
  - job_name: "0123"
    metrics_path: "/a#b"
    relabel_configs:
      - {source_labels: [a, "b,c"], regex: "", target_label: x, replacement: "", separator: ""}
      - {source_labels: [a], target_label: b, action: keepequal}
    static_configs: [{targets: ["[::1]:80", "*"], labels: {"*": "@x"}}]
`;
    const once = load(text);
    const twice = load(once.yaml);
    expect(twice.yaml).toBe(once.yaml);
    expect(twice.global).toEqual(once.global);
    expect(JSON.stringify(twice.scrapeConfigs)).toBe(JSON.stringify(once.scrapeConfigs));
    expect(once.yaml).toContain('  - source_labels: [a, \'b,c\']\n    separator: ""\n');
  });

  it('sets variables into external labels only', () => {
    const empty: string[] = [];
    const config = load(
      'global: {external_labels: {a: "$HOST-${ZONE}", b: "$$x", c: "${NONE}", d: "50$"}}',
      { env: { HOST: 'h', ZONE: 'z' }, onEmptyVariable: (name) => empty.push(name) },
    );
    expect(config.global.externalLabels).toEqual(['a', 'h-z', 'b', '$x', 'd', '50$']);
    expect(empty).toEqual(['NONE']);
    const job = 'scrape_configs: [{job_name: "$HOST"}]';
    expect(load(job, { env: { HOST: 'h' } }).scrapeConfigs[0]?.jobName).toBe('$HOST');
  });

  it('takes only what the environment holds, whatever objects have besides', () => {
    const text = 'global: {external_labels: {a: "x${constructor}", b: "x$__proto__"}}';
    expect(load(text, { env: {} }).global.externalLabels).toEqual(['a', 'x', 'b', 'x']);
    const job = 'scrape_configs: [{job_name: a, static_configs: [{targets: ["toString:1"]}]}]';
    const config = load(job, { env: {}, targetEnv: ['toString'] });
    expect(JSON.stringify(targetsOf(config))).toContain('"toString:1"');
  });

  it('does not repeat a secret that stands in the wrong place', () => {
    const text = 'scrape_configs: [{job_name: a, http_headers: {X: {secrets: hunter2}}}]';
    const loaded = loadConfig(text, { fileName: 'prometheus.yml' });
    if (!('errors' in loaded)) throw new Error('the file is taken');
    expect(formatErrors(loaded.errors)).toContain('cannot unmarshal !!str into []config.Secret');
  });

  it('says of a file that is no YAML where it begins to be wrong, not every consequence', () => {
    const loaded = loadConfig(`a: ${'['.repeat(100_000)}`, { fileName: 'prometheus.yml' });
    if (!('errors' in loaded)) throw new Error('the file is taken');
    expect(loaded.errors.length).toBeLessThanOrEqual(10);
  });

  it('hides passwords in addresses of servers', () => {
    const url = 'http://me:hunter2@h/';
    const text = `scrape_configs:
  - job_name: a
    oauth2: {client_id: i, client_secret: hunter2, token_url: '${url}', proxy_url: '${url}'}
    http_sd_configs: [{url: '${url}'}]`;
    const config = load(text);
    expect(config.yaml).not.toContain('hunter2');
    expect(config.scrapeConfigs[0]?.yaml).not.toContain('hunter2');
    expect(config.yaml).toContain('me:xxxxx@h');
    expect(config.scrapeConfigs[0]?.discovery[0]).toMatchObject({ url });
  });

  it('switches extra metrics on by default where it is told to, but not against the file', () => {
    const extra = (text: string): boolean | undefined =>
      load(text, { extraScrapeMetrics: true }).scrapeConfigs[0]?.extraScrapeMetrics;
    const job = 'scrape_configs: [{job_name: a';
    expect(extra(`${job}}]`)).toBe(true);
    expect(extra(`${job}, extra_scrape_metrics: false}]`)).toBe(false);
    expect(extra(`global: {extra_scrape_metrics: false}\n${job}}]`)).toBe(false);
    expect(load(`${job}}]`).scrapeConfigs[0]?.extraScrapeMetrics).toBe(false);
  });

  it('replaces the hosts of static targets that are named, and those alone', () => {
    const text =
      'scrape_configs: [{job_name: a, static_configs: [{targets: ["HOST:1", HOST, "HOST2:1", "xHOST:1"]}]}]';
    const plain = targetsOf(load(text, { env: { HOST: 'h' } }));
    expect(JSON.stringify(plain)).toContain('"HOST:1"');
    const set = load(text, { env: { HOST: 'tcp://h.example:2376' }, targetEnv: ['HOST'] });
    expect(targetsOf(set)).toMatchObject({
      groups: [
        {
          targets: [
            ['__address__', 'h.example:1'],
            ['__address__', 'h.example'],
            ['__address__', 'HOST2:1'],
            ['__address__', 'xHOST:1'],
          ],
        },
      ],
    });
    expect(set.yaml).toContain('- h.example:1\n');
  });

  it('reads aliases and merged maps', () => {
    const config = load(`
scrape_configs:
  - &base
    job_name: a
    scrape_interval: 5s
  - <<: *base
    job_name: b
`);
    expect(config.scrapeConfigs.map((job) => [job.jobName, job.scrapeIntervalMs])).toEqual([
      ['a', 5000],
      ['b', 5000],
    ]);
  });

  it('appends the jobs of scrape_config_files, with paths from their own directory', () => {
    const files = filesOf({
      'conf/jobs/a.yml': 'scrape_configs: [{job_name: a, tls_config: {ca_file: ca.pem}}]',
      'conf/jobs/b.yml': 'scrape_configs: [{job_name: main}]',
    });
    const good = load('scrape_config_files: [jobs/a*]', { files });
    expect(good.scrapeConfigs[0]?.httpClient.tls.caFile).toBe('conf/jobs/ca.pem');
    expect(good.scrapeConfigs[0]?.yaml).toContain('job_name: a\n');
    expect(good.yaml).not.toContain('job_name: a');
    const text = 'scrape_config_files: [jobs/*]\nscrape_configs: [{job_name: main}]';
    expect(messageOf(text, { files })).toBe(
      '"conf/jobs/b.yml": found multiple scrape configs with job name "main", first found in main config file',
    );
  });

  it('refuses rules and alerting in agent mode', () => {
    expect(messageOf('rule_files: [a.yml]', { mode: 'agent' })).toBe(
      'field rule_files is not allowed in agent mode',
    );
    expect(errorsOf('remote_write: [{url: http://a}]', { mode: 'agent' })).toBe('');
  });
});

describe('errors of loadConfig', () => {
  const cases: [string, string, string][] = [
    [
      'an unknown field, with the nearest known one',
      'global:\n  scrape_intervall: 5s',
      'conf/prometheus.yml:2:3: field scrape_intervall not found in type config.plain (did you mean scrape_interval?)',
    ],
    [
      'all wrong fields at once',
      'globl: {}\nscrape_configs:\n- job_name: [a]',
      `conf/prometheus.yml:1:1: field globl not found in type config.plain (did you mean global?)
conf/prometheus.yml:3:13: cannot unmarshal !!seq into string`,
    ],
    [
      'a repeated field',
      'global: {}\nglobal: {}',
      'conf/prometheus.yml:2:1: field global already set in type config.plain',
    ],
    [
      'a repeated job, at the second',
      'scrape_configs:\n- job_name: a\n- job_name: a',
      'conf/prometheus.yml:3:3: found multiple scrape configs with job name "a" (give each job a name of its own)',
    ],
    [
      'a timeout beyond the interval',
      'scrape_configs:\n- job_name: a\n  scrape_interval: 1s\n  scrape_timeout: 2s',
      'conf/prometheus.yml:4:3: scrape timeout greater than scrape interval for scrape config with job name "a" (raise scrape_interval or lower scrape_timeout)',
    ],
    [
      'a URL in the place of a target, with what to write',
      'scrape_configs:\n- job_name: a\n  static_configs: [{targets: ["https://h:1/m"]}]',
      'conf/prometheus.yml:3:3: "https://h:1/m" is not a valid hostname (write h:1 and scheme: https and metrics_path: /m)',
    ],
    [
      'a bad regex',
      'scrape_configs:\n- job_name: a\n  relabel_configs: [{regex: "a("}]',
      'conf/prometheus.yml:3:29: error parsing regexp: missing closing ): `a(`',
    ],
    [
      'a size without unit',
      'global: {body_size_limit: 100}',
      'conf/prometheus.yml:1:27: units: unknown unit  in 100',
    ],
    [
      'a number that is none',
      'global: {sample_limit: many}',
      'conf/prometheus.yml:1:24: cannot unmarshal !!str `many` into uint',
    ],
    [
      'a section that is no section, without its text, which may be a secret',
      'scrape_configs: [{job_name: a, basic_auth: hunter2}]',
      'conf/prometheus.yml:1:44: cannot unmarshal !!str into config.plain',
    ],
    [
      'an unknown anchor',
      'global: *nowhere',
      'conf/prometheus.yml:1:9: yaml: unknown anchor referenced',
    ],
  ];
  it.each(cases)('%s', (_name, text, expected) => {
    expect(errorsOf(text)).toBe(expected);
  });

  it('says where YAML itself breaks', () => {
    expect(errorsOf('global:\n  a: [')).toMatch(/^conf\/prometheus.yml:\d+:\d+: yaml: line \d+: /);
  });

  it('joins unknown fields into one text as Prometheus does', () => {
    expect(messageOf('a: 1\nb: 2')).toBe(
      `parsing YAML file conf/prometheus.yml: yaml: unmarshal errors:
  line 1: field a not found in type config.plain
  line 2: field b not found in type config.plain`,
    );
  });

  it('does not follow aliases without end', () => {
    const levels = Array.from({ length: 30 }, (_, i) => {
      const items = i === 0 ? 'x' : `*l${i - 1}, *l${i - 1}, *l${i - 1}`;
      return `  l${i}: &l${i} [${items}]`;
    });
    const text = `x-levels:\n${levels.join('\n')}\nrule_files: *l29\n`;
    expect(errorsOf(text)).toContain('field x-levels not found');
    const nested = levels.map((line) => line.trim()).join(', ');
    expect(errorsOf(`scrape_configs: [{job_name: a, params: {${nested}}}]`)).not.toBe('');
  });
});
