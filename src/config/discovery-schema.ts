import { checkHttpClient, httpClientFields } from './http-client-schema.ts';
import { fieldSelectorProblem, labelSelectorProblem } from './kubernetes-selector.ts';
import { quote } from './quote.ts';
import {
  BOOL,
  DURATION,
  INT,
  oneOf,
  PATH,
  SECRET,
  STRING,
  UNCHECKED_URL,
  URL_TEXT,
  urlParts,
  urlProblem,
} from './scalars.ts';
import {
  listAt,
  listOf,
  mapOf,
  numberAt,
  optional,
  printed,
  sectionAt,
  stringAt,
  stringsAt,
  struct,
  type Field,
  type Problem,
  type ScalarType,
  type Settings,
  type StructType,
} from './schema.ts';
import { isLabelName } from '#model';

export const MINUTE_MS = 60_000;

export const HTTP: readonly Field[] = httpClientFields({ enableHttp2: true });

/** The first problem of several checks. */
export function allOf(
  ...checks: readonly ((settings: Settings) => Problem | undefined)[]
): (settings: Settings) => Problem | undefined {
  return (settings) => {
    for (const check of checks) {
      const problem = check(settings);
      if (problem !== undefined) return problem;
    }
    return undefined;
  };
}

/** A check that a text, list or secret was given. */
export function needs(key: string, message: string): (settings: Settings) => Problem | undefined {
  return (settings) => {
    const value = settings[key];
    const isMissing =
      value === undefined || value === '' || (Array.isArray(value) && !value.length);
    return isMissing ? { message, key } : undefined;
  };
}

/** A role that the file must name with one of a few words. */
export function role(words: readonly string[], problem: (written: string) => string): ScalarType {
  return oneOf('Role', words, problem);
}

/** A check of an absolute http(s) URL, in the words that http, puppetdb and others share. */
export function needsHttpUrl(key: string): (settings: Settings) => Problem | undefined {
  return (settings) => {
    const url = stringAt(settings, key);
    if (url === '') return { message: 'URL is missing', key };
    const fault = urlProblem(url);
    if (fault !== undefined) return { message: fault, key };
    const { scheme, host } = urlParts(url);
    if (scheme !== 'http' && scheme !== 'https') {
      return { message: "URL scheme must be 'http' or 'https'", key };
    }
    return host === '' ? { message: 'host is missing in URL', key } : undefined;
  };
}

const LABEL_SET = mapOf(STRING, (name) =>
  isLabelName(name, 'utf8') ? undefined : `${quote(name)} is not a valid label name`,
);

/** Targets that share labels; in `static_configs` and in the files of file discovery. */
export const STATIC_GROUP: StructType = struct('targetgroup.Group', [
  optional('targets', listOf(STRING)),
  optional('labels', LABEL_SET),
]);

const FILTER: StructType = struct('moby.Filter', [
  printed('name', STRING),
  optional('values', listOf(STRING)),
]);

function checkHost(settings: Settings): Problem | undefined {
  const fault = urlProblem(stringAt(settings, 'host'));
  return fault === undefined ? undefined : { message: fault, key: 'host' };
}

const DOCKER: StructType = struct(
  'moby.plain',
  [
    ...HTTP,
    printed('host', STRING),
    optional('port', INT, 80),
    optional('filters', listOf(FILTER), []),
    optional('host_networking_host', STRING, 'localhost'),
    optional('refresh_interval', DURATION, MINUTE_MS),
    optional('match_first_network', BOOL, true),
  ],
  allOf(needs('host', 'host missing'), checkHost, checkHttpClient),
);

function checkSwarmRole(settings: Settings): Problem | undefined {
  const name = stringAt(settings, 'role');
  if (['services', 'nodes', 'tasks'].includes(name)) return undefined;
  const message =
    name === ''
      ? 'role missing (one of: tasks, services, nodes)'
      : `invalid role ${name}, expected tasks, services, or nodes`;
  return { message, key: 'role' };
}

const DOCKER_SWARM: StructType = struct(
  'moby.plain',
  [
    ...HTTP,
    printed('host', STRING),
    printed('role', STRING),
    printed('port', INT, 80),
    optional('filters', listOf(FILTER), []),
    optional('refresh_interval', DURATION, MINUTE_MS),
  ],
  allOf(needs('host', 'host missing'), checkHost, checkSwarmRole, checkHttpClient),
);

function checkDns(settings: Settings): Problem | undefined {
  const type = stringAt(settings, 'type');
  if (listAt(settings, 'names').length === 0) {
    return { message: 'DNS-SD config must contain at least one SRV record name', key: 'names' };
  }
  if (type.toUpperCase() === 'SRV') return undefined;
  if (!['A', 'AAAA', 'MX', 'NS'].includes(type.toUpperCase())) {
    return { message: `invalid DNS-SD records type ${type}`, key: 'type' };
  }
  return numberAt(settings, 'port') === 0
    ? {
        message: 'a port is required in DNS-SD configs for all record types except SRV',
        key: 'type',
        remedy: 'add port',
      }
    : undefined;
}

const DNS: StructType = struct(
  'dns.plain',
  [
    printed('names', listOf(STRING)),
    optional('refresh_interval', DURATION, 30_000),
    printed('type', STRING, 'SRV'),
    printed('port', INT),
  ],
  checkDns,
);

const DISCOVERY_FILE = /^[^*]*(?:\*[^/]*)?\.(?:json|yml|yaml|JSON|YML|YAML)$/;

function checkFiles(settings: Settings): Problem | undefined {
  const files = stringsAt(settings, 'files');
  if (files.length === 0) {
    const message = 'file service discovery config must contain at least one path name';
    return { message, key: 'files' };
  }
  const bad = files.find((file) => !DISCOVERY_FILE.test(file));
  return bad === undefined
    ? undefined
    : { message: `path name ${quote(bad)} is not valid for file discovery`, key: 'files' };
}

const FILE: StructType = struct(
  'file.plain',
  [printed('files', listOf(PATH)), optional('refresh_interval', DURATION, 5 * MINUTE_MS)],
  checkFiles,
);

const HTTP_DISCOVERY: StructType = struct(
  'http.plain',
  [...HTTP, optional('refresh_interval', DURATION, MINUTE_MS), printed('url', UNCHECKED_URL)],
  allOf(needsHttpUrl('url'), checkHttpClient),
);

const KUBERNETES_ROLES = ['pod', 'service', 'endpoints', 'endpointslice', 'node', 'ingress'];
const KUBERNETES_ROLE: ScalarType = role(
  KUBERNETES_ROLES,
  (written) => `unknown Kubernetes SD role ${quote(written)}`,
);

const SELECTOR: StructType = struct('kubernetes.SelectorConfig', [
  optional('role', KUBERNETES_ROLE),
  optional('label', STRING),
  optional('field', STRING),
]);

/** Which resources a role's targets can be narrowed by. */
const SELECTABLE: Readonly<Record<string, readonly string[]>> = {
  pod: ['pod', 'node'],
  service: ['service'],
  endpoints: ['pod', 'service', 'endpoints'],
  endpointslice: ['pod', 'service', 'endpointslice'],
  node: ['node'],
  ingress: ['ingress'],
};

function checkSelectors(settings: Settings): Problem | undefined {
  const name = stringAt(settings, 'role');
  const allowed = SELECTABLE[name] ?? [];
  const found = new Set<string>();
  for (const selector of listAt(settings, 'selectors') as (Settings | null)[]) {
    const selected = stringAt(selector ?? {}, 'role');
    const key = 'selectors';
    if (found.has(selected)) return { message: `duplicated selector role: ${selected}`, key };
    found.add(selected);
    if (!allowed.includes(selected)) {
      return { message: `${name} role supports only ${allowed.join(', ')} selectors`, key };
    }
    const problem =
      fieldSelectorProblem(stringAt(selector ?? {}, 'field')) ??
      labelSelectorProblem(stringAt(selector ?? {}, 'label'));
    if (problem !== undefined) return { message: problem, key };
  }
  return undefined;
}

function checkKubernetesAccess(settings: Settings): Problem | undefined {
  const server = stringAt(settings, 'api_server') !== '';
  const file = stringAt(settings, 'kubeconfig_file') !== '';
  const own = sectionAt(settings, 'namespaces')?.['own_namespace'] === true;
  const custom = !isPlainHttp(settings);
  if (server && file) return "cannot use 'kubeconfig_file' and 'api_server' simultaneously";
  if (file && custom) {
    return "cannot use a custom HTTP client configuration together with 'kubeconfig_file'";
  }
  if (!server && custom) {
    return "to use custom HTTP client configuration please provide the 'api_server' URL explicitly";
  }
  if (server && own) return "cannot use 'api_server' and 'namespaces.own_namespace' simultaneously";
  return file && own
    ? "cannot use 'kubeconfig_file' and 'namespaces.own_namespace' simultaneously"
    : undefined;
}

function isPlainHttp(settings: Settings): boolean {
  return HTTP.every(({ key, defaultValue, type }) => {
    const plain = defaultValue ?? (type.kind === 'scalar' ? type.zero : undefined);
    return settings[key] === plain;
  });
}

const KUBERNETES: StructType = struct(
  'kubernetes.plain',
  [
    optional('api_server', URL_TEXT),
    printed('role', KUBERNETES_ROLE),
    printed('kubeconfig_file', PATH),
    ...HTTP,
    optional(
      'namespaces',
      struct('kubernetes.plain', [
        printed('own_namespace', BOOL),
        printed('names', listOf(STRING)),
      ]),
    ),
    optional('selectors', listOf(SELECTOR)),
    optional(
      'attach_metadata',
      struct('kubernetes.AttachMetadataConfig', [
        printed('node', BOOL),
        printed('namespace', BOOL),
        printed('deployment', BOOL),
        printed('job', BOOL),
        printed('cronjob', BOOL),
      ]),
    ),
  ],
  allOf(
    needs('role', 'role missing (one of: pod, service, endpoints, endpointslice, node, ingress)'),
    checkHttpClient,
    checkKubernetesAccess,
    checkSelectors,
  ),
);

function checkConsul(settings: Settings): Problem | undefined {
  if (stringAt(settings, 'server').trim() === '') {
    return { message: 'consul SD configuration requires a server address', key: 'server' };
  }
  if (stringAt(settings, 'username') !== '' || settings['password'] !== undefined) {
    if (sectionAt(settings, 'basic_auth') !== undefined) {
      return 'at most one of consul SD configuration username and password and basic auth can be configured';
    }
  }
  const others = sectionAt(settings, 'authorization') ?? sectionAt(settings, 'oauth2');
  return settings['token'] !== undefined && others !== undefined
    ? 'at most one of consul SD token, authorization, or oauth2 can be configured'
    : undefined;
}

const CONSUL: StructType = struct(
  'consul.plain',
  [
    optional('server', STRING, 'localhost:8500'),
    optional('path_prefix', STRING),
    optional('token', SECRET),
    optional('datacenter', STRING),
    optional('namespace', STRING),
    optional('partition', STRING),
    optional('tag_separator', STRING, ','),
    optional('scheme', STRING, 'http'),
    optional('username', STRING),
    optional('password', SECRET),
    printed('allow_stale', BOOL, true),
    optional('refresh_interval', DURATION, 30_000),
    optional('services', listOf(STRING)),
    optional('tags', listOf(STRING)),
    optional('node_meta', mapOf(STRING)),
    optional('filter', STRING),
    optional('health_filter', STRING),
    ...HTTP,
  ],
  allOf(checkConsul, checkHttpClient),
);

const NOMAD: StructType = struct(
  'nomad.plain',
  [
    printed('allow_stale', BOOL, true),
    ...HTTP,
    optional('namespace', STRING, 'default'),
    optional('refresh_interval', DURATION, MINUTE_MS),
    optional('region', STRING, 'global'),
    optional('server', STRING, 'http://localhost:4646'),
    optional('tag_separator', STRING, ','),
  ],
  allOf(needs('server', 'nomad SD configuration requires a server address'), checkHttpClient),
);

function zookeeper(name: string): StructType {
  const checkPaths = (settings: Settings): Problem | undefined => {
    const bad = stringsAt(settings, 'paths').find((path) => !path.startsWith('/'));
    return bad === undefined
      ? undefined
      : { message: `${name} SD config paths must begin with '/': ${bad}`, key: 'paths' };
  };
  return struct(
    'zookeeper.plain',
    [
      printed('servers', listOf(STRING)),
      printed('paths', listOf(STRING)),
      optional('timeout', DURATION, 10_000),
    ],
    allOf(
      needs('servers', `${name} SD config must contain at least one Zookeeper server`),
      needs('paths', `${name} SD config must contain at least one path`),
      checkPaths,
    ),
  );
}

/** Every service discovery that is not a cloud's, by the YAML key without `_sd_configs`. */
export const PLAIN_DISCOVERIES: Readonly<Record<string, StructType>> = {
  consul: CONSUL,
  dns: DNS,
  docker: DOCKER,
  dockerswarm: DOCKER_SWARM,
  file: FILE,
  http: HTTP_DISCOVERY,
  kubernetes: KUBERNETES,
  nerve: zookeeper('nerve'),
  nomad: NOMAD,
  serverset: zookeeper('serverset'),
};
