import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadConfig } from '#config';
import type { DiscoveryConfig } from '#config';
import { parseFlags } from '../src/main/parse-flags.ts';
import { settingsOf } from '../src/main/settings.ts';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'examples', 'deploy');
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

type Json = Readonly<Record<string, unknown>>;

/** A server would start with it. */
function expectFlags(args: readonly string[]): void {
  const shown = args.map((arg) => arg.replace(/\$\{\w+:-(.*?)\}/, '$1'));
  expect(() => settingsOf(parseFlags(shown))).not.toThrow();
}

/** The kinds of discovery of a configuration that must be without fault and without what has no effect. */
function kindsIn(text: string): readonly DiscoveryConfig['kind'][] {
  const loaded = loadConfig(text, { fileName: 'prometheus.yml' });
  if ('errors' in loaded) throw new Error(JSON.stringify(loaded.errors));
  expect(loaded.config.withoutEffect).toEqual([]);
  return loaded.config.scrapeConfigs.flatMap(({ discovery }) => discovery.map(({ kind }) => kind));
}

interface Service {
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
  readonly configs?: readonly { readonly source: string }[];
  readonly networks?: readonly string[];
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes?: Json;
  readonly networks?: Json;
  readonly configs?: Readonly<Record<string, { readonly file: string }>>;
}

it('every file of deployment is looked at here', () => {
  expect(readdirSync(folder).toSorted()).toEqual([
    'compose.yaml',
    'kubernetes.yaml',
    'swarm-agent.yml',
    'swarm-server.yml',
    'swarm.yaml',
  ]);
});

describe.each(['compose.yaml', 'swarm.yaml'])('%s', (file) => {
  const { services, volumes = {}, networks = {}, configs = {} } = parse(read(file)) as ComposeFile;

  it.each(Object.entries(services))('%s: flags are known, what it names is there', (_, service) => {
    expectFlags(service.command ?? []);
    for (const volume of service.volumes ?? []) {
      const [from = ''] = volume.split(':', 1);
      if (/^[a-z]/.test(from)) expect(Object.keys(volumes)).toContain(from);
      // What is the host's is only read.
      else expect(volume).toMatch(/:(?:ro|\$\{ROOT_MOUNT:-ro,rslave\})$/);
    }
    for (const name of service.networks ?? []) expect(Object.keys(networks)).toContain(name);
    for (const { source } of service.configs ?? []) {
      expect(existsSync(join(folder, configs[source]?.file ?? 'none'))).toBe(true);
    }
  });
});

describe('the configurations of the swarm', () => {
  it.each([
    ['swarm-agent.yml', []],
    ['swarm-server.yml', ['static', 'dockerswarm', 'dockerswarm', 'dockerswarm']],
  ])('%s is without fault', (file, kinds) => {
    expect(kindsIn(read(file))).toEqual(kinds);
  });
});

interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly { readonly verbs: readonly string[] }[];
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly selector?: Json;
    readonly template?: {
      readonly metadata: { readonly labels: Json };
      readonly spec: PodSpec;
    };
  };
}

interface PodSpec {
  readonly serviceAccountName?: string;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly ports: readonly { readonly name: string }[];
    readonly volumeMounts: readonly { readonly name: string }[];
    readonly [probe: string]: unknown;
  }[];
  readonly volumes: readonly { readonly name: string; readonly configMap?: { name: string } }[];
}

describe('kubernetes.yaml', () => {
  const documents = parseAllDocuments(read('kubernetes.yaml'));
  if (!Array.isArray(documents)) throw new Error('no documents');
  const objects = documents.map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as KubernetesObject;
  });
  const ofKind = (kind: string): readonly KubernetesObject[] =>
    objects.filter((object) => object.kind === kind);
  const namesOf = (kind: string): readonly string[] =>
    ofKind(kind).map(({ metadata }) => metadata.name);

  it('has objects of known kinds in one namespace', () => {
    expect(objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`)).toEqual([
      'v1 Namespace',
      'v1 ServiceAccount',
      'rbac.authorization.k8s.io/v1 ClusterRole',
      'rbac.authorization.k8s.io/v1 ClusterRoleBinding',
      'v1 ConfigMap',
      'v1 PersistentVolumeClaim',
      'apps/v1 Deployment',
      'v1 Service',
      'apps/v1 DaemonSet',
    ]);
    const namespaces = new Set(objects.map(({ metadata }) => metadata.namespace ?? 'narthex'));
    expect([...namespaces]).toEqual(namesOf('Namespace'));
  });

  it('asks for nothing but to read', () => {
    const verbs = new Set(
      ofKind('ClusterRole')
        .flatMap(({ rules = [] }) => rules)
        .flatMap((rule) => rule.verbs),
    );
    expect([...verbs].toSorted()).toEqual(['get', 'list', 'watch']);
  });

  it('has configurations without fault, for discovery of which the roles suffice', () => {
    const { data = {} } = ofKind('ConfigMap')[0] ?? {};
    expect(kindsIn(data['prometheus.yml'] ?? '')).toEqual([
      'static',
      'kubernetes',
      'kubernetes',
      'kubernetes',
    ]);
    expect(kindsIn(data['agent.yml'] ?? '')).toEqual([]);
  });

  it.each(['Deployment', 'DaemonSet'])(
    '%s: flags, volumes, labels and probes fit together',
    (kind) => {
      const { spec } = ofKind(kind)[0] ?? {};
      const template = spec?.template;
      if (template === undefined) throw new Error('no pods');
      expect(spec?.selector).toEqual({ matchLabels: template.metadata.labels });
      const volumes = template.spec.volumes.map(({ name }) => name);
      for (const container of template.spec.containers) {
        expectFlags(container.args);
        expect(container.volumeMounts.map(({ name }) => name)).toEqual(volumes);
        expect(container.ports.map(({ name }) => name)).toEqual(['http']);
        expect(JSON.stringify(container['readinessProbe'])).toBe(
          '{"httpGet":{"path":"/-/ready","port":"http"}}',
        );
      }
      for (const { configMap } of template.spec.volumes) {
        if (configMap !== undefined) expect(namesOf('ConfigMap')).toContain(configMap.name);
      }
      const account = template.spec.serviceAccountName;
      if (account !== undefined) expect(namesOf('ServiceAccount')).toContain(account);
    },
  );

  it('has a service that leads to the server', () => {
    const { spec } = ofKind('Service')[0] ?? {};
    expect(spec?.selector).toEqual(ofKind('Deployment')[0]?.spec?.template?.metadata.labels);
  });
});
