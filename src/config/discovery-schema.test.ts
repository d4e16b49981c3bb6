import { describe, expect, it } from 'vitest';
import { describeErrors, loadConfig } from './index.ts';

function problemOf(kind: string, section: string): string | undefined {
  const text = `scrape_configs: [{job_name: a, ${kind}_sd_configs: [${section}]}]`;
  const result = loadConfig(text, { fileName: 'p.yml' });
  return 'errors' in result
    ? describeErrors(result.errors, 'p.yml').replace('parsing YAML file p.yml: ', '')
    : undefined;
}

describe('sections of service discovery', () => {
  const bad: [string, string, string][] = [
    ['alibabacloud', '{role: x}', 'unknown Alibaba Cloud SD role "x"'],
    ['aws', '{role: x}', 'unknown AWS SD role "x"'],
    ['consul', '{server: " "}', 'consul SD configuration requires a server address'],
    [
      'consul',
      '{token: a, authorization: {credentials: b}}',
      'at most one of consul SD token, authorization, or oauth2 can be configured',
    ],
    ['dns', '{names: []}', 'DNS-SD config must contain at least one SRV record name'],
    ['dns', '{names: [a], type: TXT}', 'invalid DNS-SD records type TXT'],
    [
      'dns',
      '{names: [a], type: A}',
      'a port is required in DNS-SD configs for all record types except SRV',
    ],
    ['docker', '{port: 1}', 'host missing'],
    ['dockerswarm', '{host: a}', 'role missing (one of: tasks, services, nodes)'],
    ['dockerswarm', '{host: a, role: x}', 'invalid role x, expected tasks, services, or nodes'],
    ['eureka', '{server: here}', 'invalid eureka server URL'],
    ['file', '{files: []}', 'file service discovery config must contain at least one path name'],
    ['file', '{files: [a.txt]}', 'path name "a.txt" is not valid for file discovery'],
    ['file', '{files: ["*/a.yml"]}', 'path name "*/a.yml" is not valid for file discovery'],
    ['gce', '{project: a}', 'GCE SD configuration requires a zone'],
    ['http', '{url: ""}', 'URL is missing'],
    ['http', '{url: "ftp://a"}', "URL scheme must be 'http' or 'https'"],
    ['http', '{url: "http://"}', 'host is missing in URL'],
    [
      'kubernetes',
      '{selectors: []}',
      'role missing (one of: pod, service, endpoints, endpointslice, node, ingress)',
    ],
    [
      'kubernetes',
      "{role: pod, selectors: [{role: pod, label: 'app IN (a)'}]}",
      "unable to parse requirement: found 'IN', expected: in, notin, =, ==, !=, gt, lt",
    ],
    ['kuma', '{server: a}', 'kuma SD server must not be empty and have a scheme: a'],
    ['nerve', '{servers: [a], paths: [b]}', "nerve SD config paths must begin with '/': b"],
    ['nomad', '{server: ""}', 'nomad SD configuration requires a server address'],
    [
      'serverset',
      '{servers: []}',
      'serverset SD config must contain at least one Zookeeper server',
    ],
    ['triton', '{role: x}', "triton SD configuration requires role to be 'container' or 'cn'"],
    [
      'vultr',
      '{token: a}',
      'yaml: unmarshal errors:\n  line 1: field token not found in type vultr.plain',
    ],
    ['vultr', '', 'empty or null section in vultr_sd_configs'],
  ];
  it.each(bad)('%s %s is refused', (kind, section, expected) => {
    expect(problemOf(kind, section === '' ? '~' : section)).toBe(expected);
  });

  const good: [string, string][] = [
    ['consul', '{}'],
    ['digitalocean', '{}'],
    ['dns', '{names: [a], type: mx, port: 25}'],
    ['docker', '{host: "unix:///var/run/docker.sock", filters: [{name: n, values: [v]}]}'],
    ['ec2', '{region: r, filters: [{name: n, values: [v]}]}'],
    ['file', '{files: [a/b*.json, c.YML]}'],
    ['gce', '{project: a, zone: b}'],
    ['kubernetes', '{role: pod, attach_metadata: {node: true}}'],
    ['lightsail', '{region: r}'],
    ['nerve', '{servers: [a], paths: [/b]}'],
    ['nomad', '{}'],
    ['openstack', '{role: instance, region: r}'],
    ['scaleway', '{role: instance, project_id: p, access_key: a, secret_key: s}'],
    ['uyuni', '{server: s, username: u, password: p}'],
  ];
  it.each(good)('%s %s is taken', (kind, section) => {
    expect(problemOf(kind, section)).toBeUndefined();
  });
});

describe('HTTP clients', () => {
  const cases: [string, string][] = [
    [
      'basic_auth: {}, bearer_token: a',
      'at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured',
    ],
    [
      'basic_auth: {username: a, username_file: b}',
      'at most one of basic_auth username, username_file & username_ref must be configured',
    ],
    [
      'authorization: {type: BASIC}',
      'authorization type cannot be set to "basic", use "basic_auth" instead',
    ],
    [
      'authorization: {}, bearer_token: a',
      'authorization is not compatible with bearer_token & bearer_token_file',
    ],
    ['oauth2: {client_id: a}', 'oauth2 token_url must be configured'],
    [
      'tls_config: {cert_file: a}',
      'exactly one of key or key_file must be configured when a client certificate is configured',
    ],
    ['tls_config: {min_version: TLS9}', 'unknown TLS version: TLS9'],
    ['no_proxy: a', 'if no_proxy is configured, proxy_url must also be configured'],
    [
      'proxy_from_environment: true, proxy_url: http://a',
      'if proxy_from_environment is configured, proxy_url must not be configured',
    ],
    ['proxy_url: "http://a:b"', 'parse "http://a:b": invalid port ":b" after host'],
    ['http_headers: {host: {values: [a]}}', 'setting header "Host" is not allowed'],
  ];
  it.each(cases)('%s', (fields, expected) => {
    const text = `scrape_configs: [{job_name: a, ${fields}}]`;
    const result = loadConfig(text, { fileName: 'p.yml' });
    expect('errors' in result && describeErrors(result.errors, 'p.yml')).toBe(
      `parsing YAML file p.yml: ${expected}`,
    );
  });
});
