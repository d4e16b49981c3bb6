import { formatDuration } from '#model';
import {
  allOf,
  HTTP,
  MINUTE_MS,
  needs,
  needsHttpUrl,
  PLAIN_DISCOVERIES,
  role,
  STATIC_GROUP,
} from './discovery-schema.ts';
import { checkHttpClient, countSet, TLS_CONFIG } from './http-client-schema.ts';
import { quote } from './quote.ts';
import { BOOL, DURATION, INT, PATH, SECRET, STRING, urlParts, urlProblem } from './scalars.ts';
import {
  listAt,
  listOf,
  numberAt,
  optional,
  printed,
  stringAt,
  stringsAt,
  struct,
  type Field,
  type Problem,
  type ScalarType,
  type Settings,
  type StructType,
} from './schema.ts';

/** What nearly every cloud's discovery has. */
const REFRESH: Field = printed('refresh_interval', DURATION, MINUTE_MS);
const PORT: Field = printed('port', INT, 80);

function checkAzure(settings: Settings): Problem | undefined {
  const method = stringAt(settings, 'authentication_method');
  const required =
    method === 'OAuth'
      ? ['subscription_id', 'tenant_id', 'client_id', 'client_secret']
      : ['subscription_id'];
  const missing = required.find((key) => countSet(settings, key) === 0);
  if (missing !== undefined) {
    return { message: `azure SD configuration requires a ${missing}`, key: missing };
  }
  if (['OAuth', 'ManagedIdentity', 'SDK', 'WorkloadIdentity'].includes(method)) return undefined;
  return {
    message: `unknown authentication_type ${quote(method)}. Supported types are "OAuth", "ManagedIdentity", "SDK" or "WorkloadIdentity"`,
    key: 'authentication_method',
  };
}

const AZURE: StructType = struct(
  'azure.plain',
  [
    optional('environment', STRING, 'AzurePublicCloud'),
    PORT,
    printed('subscription_id', STRING),
    optional('tenant_id', STRING),
    optional('client_id', STRING),
    optional('client_secret', SECRET),
    optional('refresh_interval', DURATION, 5 * MINUTE_MS),
    optional('authentication_method', STRING, 'OAuth'),
    optional('resource_group', STRING),
    ...HTTP,
  ],
  allOf(checkAzure, checkHttpClient),
);

const AWS_FILTER: StructType = struct('aws.Filter', [
  printed('name', STRING),
  printed('values', listOf(STRING)),
]);

const AWS_FIELDS: readonly Field[] = [
  optional('endpoint', STRING),
  printed('region', STRING),
  optional('access_key', STRING),
  optional('secret_key', SECRET),
  optional('profile', STRING),
  optional('role_arn', STRING),
  optional('external_id', STRING),
  optional('refresh_interval', DURATION, MINUTE_MS),
  PORT,
];

function checkFilters(settings: Settings): Problem | undefined {
  const filters = listAt(settings, 'filters') as (Settings | null)[];
  return filters.some((filter) => filter === null || listAt(filter, 'values').length === 0)
    ? { message: 'EC2 SD configuration filter values cannot be empty', key: 'filters' }
    : undefined;
}

const EC2: StructType = struct(
  'aws.plain',
  [...AWS_FIELDS, optional('filters', listOf(AWS_FILTER)), ...HTTP],
  allOf(checkFilters, checkHttpClient),
);

const LIGHTSAIL: StructType = struct('aws.plain', [...AWS_FIELDS, ...HTTP], checkHttpClient);

const AWS: StructType = struct(
  'aws.plain',
  [
    printed(
      'role',
      role(
        ['ec2', 'ecs', 'elasticache', 'lightsail', 'mq', 'msk', 'rds'],
        (written) => `unknown AWS SD role ${quote(written)}`,
      ),
    ),
    ...AWS_FIELDS,
    ...HTTP,
    optional('filters', listOf(AWS_FILTER)),
    optional('clusters', listOf(STRING)),
    optional('request_concurrency', INT),
  ],
  allOf(needs('role', 'unknown AWS SD role ""'), checkFilters, checkHttpClient),
);

function checkEurekaUrl(settings: Settings): Problem | undefined {
  const server = stringAt(settings, 'server');
  const fault = urlProblem(server);
  if (fault !== undefined) return { message: fault, key: 'server' };
  const { scheme, host } = urlParts(server);
  return scheme === '' || host === ''
    ? { message: 'invalid eureka server URL', key: 'server' }
    : undefined;
}

const EUREKA: StructType = struct(
  'eureka.plain',
  [optional('server', STRING), ...HTTP, optional('refresh_interval', DURATION, 30_000)],
  allOf(needs('server', 'eureka_sd: empty or null eureka server'), checkEurekaUrl, checkHttpClient),
);

const GCE: StructType = struct(
  'gce.plain',
  [
    printed('project', STRING),
    printed('zone', STRING),
    optional('filter', STRING),
    optional('refresh_interval', DURATION, MINUTE_MS),
    PORT,
    optional('tag_separator', STRING, ','),
  ],
  allOf(
    needs('project', 'GCE SD configuration requires a project'),
    needs('zone', 'GCE SD configuration requires a zone'),
  ),
);

function namedRole(words: readonly string[]): ScalarType {
  return role(words, (written) => `unknown role ${quote(written)}`);
}

const HETZNER: StructType = struct(
  'hetzner.plain',
  [
    ...HTTP,
    REFRESH,
    PORT,
    printed('role', namedRole(['hcloud', 'robot'])),
    optional('label_selector', STRING),
  ],
  allOf(needs('role', 'role missing (one of: robot, hcloud)'), checkHttpClient),
);

const IONOS: StructType = struct(
  'ionos.plain',
  [printed('datacenter_id', STRING), ...HTTP, REFRESH, PORT],
  allOf(needs('datacenter_id', "datacenter id can't be empty"), checkHttpClient),
);

function checkKuma(settings: Settings): Problem | undefined {
  const server = stringAt(settings, 'server');
  const fault = urlProblem(server);
  if (fault !== undefined) return { message: fault, key: 'server' };
  const { scheme, host } = urlParts(server);
  return scheme === '' || host === ''
    ? { message: `kuma SD server must not be empty and have a scheme: ${server}`, key: 'server' }
    : undefined;
}

const KUMA: StructType = struct(
  'xds.plain',
  [
    printed('server', STRING),
    ...HTTP,
    optional('refresh_interval', DURATION, 30_000),
    optional('fetch_timeout', DURATION, 2 * MINUTE_MS),
    optional('client_id', STRING),
  ],
  allOf(checkKuma, checkHttpClient),
);

const LINODE: StructType = struct(
  'linode.plain',
  [...HTTP, REFRESH, PORT, optional('tag_separator', STRING, ','), optional('region', STRING)],
  checkHttpClient,
);

function checkMarathon(settings: Settings): Problem | undefined {
  const tokens = countSet(settings, 'auth_token', 'auth_token_file');
  if (tokens > 1) {
    return 'marathon_sd: at most one of auth_token & auth_token_file must be configured';
  }
  if (tokens === 0) return undefined;
  if (countSet(settings, 'basic_auth') > 0) {
    return 'marathon_sd: at most one of basic_auth, auth_token & auth_token_file must be configured';
  }
  if (countSet(settings, 'bearer_token', 'bearer_token_file') > 0) {
    return 'marathon_sd: at most one of bearer_token, bearer_token_file, auth_token & auth_token_file must be configured';
  }
  return countSet(settings, 'authorization') > 0
    ? 'marathon_sd: at most one of auth_token, auth_token_file & authorization must be configured'
    : undefined;
}

const MARATHON: StructType = struct(
  'marathon.plain',
  [
    optional('servers', listOf(STRING)),
    optional('refresh_interval', DURATION, 30_000),
    optional('auth_token', SECRET),
    optional('auth_token_file', PATH),
    ...HTTP,
  ],
  allOf(
    needs('servers', 'marathon_sd: must contain at least one Marathon server'),
    checkMarathon,
    checkHttpClient,
  ),
);

function checkOci(settings: Settings): Problem | undefined {
  const auth = stringAt(settings, 'auth');
  const given = ['tenancy', 'user', 'fingerprint', 'key_file'];
  const phrases = countSet(settings, 'key_passphrase', 'key_passphrase_file');
  if (auth === 'instance_principal') {
    return countSet(settings, ...given) + phrases > 0
      ? 'oci_sd: instance_principal auth must not have tenancy, user, fingerprint, key_file, key_passphrase, or key_passphrase_file set'
      : undefined;
  }
  if (auth !== 'api_key') {
    const message = `oci_sd: unknown auth method ${quote(auth)}, expected "api_key" or "instance_principal"`;
    return { message, key: 'auth' };
  }
  const missing = given.find((key) => countSet(settings, key) === 0);
  if (missing !== undefined) return `oci_sd: api_key auth requires ${missing}`;
  return phrases > 1
    ? 'oci_sd: at most one of key_passphrase and key_passphrase_file must be configured'
    : undefined;
}

function checkOciLists(settings: Settings): Problem | undefined {
  const empty = stringsAt(settings, 'compartments').indexOf('');
  if (empty >= 0) return `oci_sd: compartments[${empty}] must not be empty`;
  const refreshMs = numberAt(settings, 'refresh_interval');
  return refreshMs <= 0
    ? `oci_sd: refresh_interval must be positive, got ${formatDuration(refreshMs)}`
    : undefined;
}

const OCI: StructType = struct(
  'oci.plain',
  [
    optional('auth', STRING, 'api_key'),
    optional('tenancy', STRING),
    optional('user', STRING),
    optional('fingerprint', STRING),
    optional('key_file', PATH),
    optional('key_passphrase', SECRET),
    optional('key_passphrase_file', PATH),
    printed('region', STRING),
    optional('compartments', listOf(STRING)),
    ...HTTP,
    PORT,
    REFRESH,
  ],
  allOf(needs('region', 'oci_sd: region is required'), checkOci, checkOciLists, checkHttpClient),
);

function checkAvailability(settings: Settings): Problem | undefined {
  const availability = stringAt(settings, 'availability');
  if (['public', 'internal', 'admin'].includes(availability)) return undefined;
  return {
    message: `unknown availability ${availability}, must be one of admin, internal or public`,
    key: 'availability',
  };
}

const OPENSTACK: StructType = struct(
  'openstack.plain',
  [
    printed('identity_endpoint', STRING),
    printed('username', STRING),
    printed('userid', STRING),
    printed('password', SECRET),
    printed('project_name', STRING),
    printed('project_id', STRING),
    printed('domain_name', STRING),
    printed('domain_id', STRING),
    optional('application_credential_name', STRING),
    optional('application_credential_id', STRING),
    optional('application_credential_secret', SECRET),
    printed(
      'role',
      role(
        ['hypervisor', 'instance', 'loadbalancer'],
        (written) => `unknown OpenStack SD role ${quote(written)}`,
      ),
    ),
    printed('region', STRING),
    REFRESH,
    PORT,
    optional('all_tenants', BOOL),
    optional('tls_config', TLS_CONFIG),
    optional('availability', STRING, 'public'),
  ],
  allOf(
    checkAvailability,
    needs('role', 'role missing (one of: instance, hypervisor, loadbalancer)'),
    needs('region', 'openstack SD configuration requires a region'),
  ),
);

function needsSecretKey(settings: Settings): Problem | undefined {
  const count = countSet(settings, 'secret_key', 'secret_key_file');
  if (count === 0) return 'one of secret_key & secret_key_file must be configured';
  return count > 1 ? 'at most one of secret_key & secret_key_file must be configured' : undefined;
}

const OUTSCALE: StructType = struct(
  'outscale.plain',
  [
    optional('endpoint', STRING),
    printed('region', STRING, 'eu-west-2'),
    printed('access_key', STRING),
    optional('secret_key', SECRET),
    optional('secret_key_file', PATH),
    optional('refresh_interval', DURATION, MINUTE_MS),
    PORT,
    ...HTTP,
  ],
  allOf(
    needs('region', 'outscale SD configuration requires a region'),
    needs('access_key', 'outscale SD configuration requires an access_key'),
    needsSecretKey,
    checkHttpClient,
  ),
);

function checkOvhService(settings: Settings): Problem | undefined {
  const service = stringAt(settings, 'service');
  return ['vps', 'dedicated_server'].includes(service)
    ? undefined
    : { message: `unknown service: ${service}`, key: 'service' };
}

const OVHCLOUD: StructType = struct(
  'ovhcloud.plain',
  [
    printed('endpoint', STRING, 'ovh-eu'),
    printed('application_key', STRING),
    printed('application_secret', SECRET),
    printed('consumer_key', SECRET),
    REFRESH,
    printed('service', STRING),
  ],
  allOf(
    needs('endpoint', 'endpoint can not be empty'),
    needs('application_key', 'application key can not be empty'),
    needs('application_secret', 'application secret can not be empty'),
    needs('consumer_key', 'consumer key can not be empty'),
    checkOvhService,
  ),
);

const PUPPETDB: StructType = struct(
  'puppetdb.plain',
  [
    ...HTTP,
    optional('refresh_interval', DURATION, MINUTE_MS),
    printed('url', STRING),
    printed('query', STRING),
    printed('include_parameters', BOOL),
    PORT,
  ],
  allOf(needsHttpUrl('url'), needs('query', 'query missing'), checkHttpClient),
);

const SCALEWAY: StructType = struct(
  'scaleway.plain',
  [
    printed('project_id', STRING),
    optional('api_url', STRING, 'https://api.scaleway.com'),
    printed('zone', STRING, 'fr-par-1'),
    printed('access_key', STRING),
    optional('secret_key', SECRET),
    optional('secret_key_file', PATH),
    optional('name_filter', STRING),
    optional('tags_filter', listOf(STRING)),
    ...HTTP,
    REFRESH,
    PORT,
    printed('role', namedRole(['instance', 'baremetal'])),
  ],
  allOf(
    needs('role', 'role missing (one of: instance, baremetal)'),
    needs('project_id', 'project_id is mandatory'),
    needsSecretKey,
    needs('access_key', 'access_key is mandatory'),
    checkHttpClient,
  ),
);

function checkStackit(settings: Settings): Problem | undefined {
  const endpoint = stringAt(settings, 'endpoint');
  if (endpoint === '' && stringAt(settings, 'region') === '') return 'endpoint or region missing';
  const fault = urlProblem(endpoint);
  return fault === undefined
    ? undefined
    : { message: `invalid endpoint ${quote(endpoint)}: ${fault}`, key: 'endpoint' };
}

const STACKIT: StructType = struct(
  'stackit.plain',
  [
    ...HTTP,
    REFRESH,
    PORT,
    printed('region', STRING, 'eu01'),
    printed('endpoint', STRING),
    printed('project', STRING),
    printed('service_account_key', SECRET),
    printed('private_key', SECRET),
    printed('service_account_key_path', STRING),
    printed('private_key_path', STRING),
    printed('credentials_file_path', STRING),
  ],
  allOf(checkStackit, checkHttpClient),
);

function checkTriton(settings: Settings): Problem | undefined {
  if (!['container', 'cn'].includes(stringAt(settings, 'role'))) {
    const message = "triton SD configuration requires role to be 'container' or 'cn'";
    return { message, key: 'role' };
  }
  return undefined;
}

const TRITON: StructType = struct(
  'triton.plain',
  [
    printed('account', STRING),
    printed('role', STRING, 'container'),
    printed('dns_suffix', STRING),
    printed('endpoint', STRING),
    optional('groups', listOf(STRING)),
    printed('port', INT, 9163),
    optional('refresh_interval', DURATION, MINUTE_MS),
    optional('tls_config', TLS_CONFIG),
    printed('version', INT, 1),
  ],
  allOf(
    checkTriton,
    needs('account', 'triton SD configuration requires an account'),
    needs('dns_suffix', 'triton SD configuration requires a dns_suffix'),
    needs('endpoint', 'triton SD configuration requires an endpoint'),
    (settings) =>
      numberAt(settings, 'refresh_interval') <= 0
        ? 'triton SD configuration requires RefreshInterval to be a positive integer'
        : undefined,
  ),
);

const UYUNI: StructType = struct(
  'uyuni.plain',
  [
    printed('server', STRING),
    printed('username', STRING),
    printed('password', SECRET),
    ...HTTP,
    optional('entitlement', STRING, 'monitoring_entitled'),
    optional('separator', STRING, ','),
    optional('refresh_interval', DURATION, MINUTE_MS),
  ],
  allOf(
    needs('server', 'Uyuni SD configuration requires server host'),
    needs('username', 'Uyuni SD configuration requires a username'),
    needs('password', 'Uyuni SD configuration requires a password'),
    checkHttpClient,
  ),
);

const ALIBABA_CREDENTIAL: StructType = struct('alibabacloud.CredentialConfig', [
  optional('type', STRING),
  ...['access_key_id', 'access_key_secret', 'security_token', 'bearer_token'].map((key) =>
    optional(key, SECRET),
  ),
  ...['oidc_provider_arn', 'oidc_token', 'role_arn', 'role_session_name'].map((key) =>
    optional(key, STRING),
  ),
  optional('role_session_expiration', INT),
  ...['policy', 'external_id', 'sts_endpoint', 'role_name', 'url'].map((key) =>
    optional(key, STRING),
  ),
]);

const ALIBABA: StructType = struct(
  'alibabacloud.plain',
  [
    printed(
      'role',
      role(['ecs'], (written) => `unknown Alibaba Cloud SD role ${quote(written)}`),
    ),
    optional('region', STRING),
    optional('endpoint', STRING),
    optional('refresh_interval', DURATION, MINUTE_MS),
    optional('port', INT),
    ...HTTP,
    optional(
      'tags',
      listOf(struct('alibabacloud.Tag', [printed('key', STRING), printed('value', STRING)])),
    ),
    optional('credential', ALIBABA_CREDENTIAL),
  ],
  allOf(needs('role', 'unknown Alibaba Cloud SD role ""'), checkHttpClient),
);

const DISCOVERIES: Readonly<Record<string, StructType>> = {
  ...PLAIN_DISCOVERIES,
  alibabacloud: ALIBABA,
  aws: AWS,
  azure: AZURE,
  digitalocean: struct(
    'digitalocean.plain',
    [...HTTP, REFRESH, PORT, optional('role', STRING)],
    checkHttpClient,
  ),
  ec2: EC2,
  eureka: EUREKA,
  gce: GCE,
  hetzner: HETZNER,
  ionos: IONOS,
  kuma: KUMA,
  lightsail: LIGHTSAIL,
  linode: LINODE,
  marathon: MARATHON,
  oci: OCI,
  openstack: OPENSTACK,
  outscale: OUTSCALE,
  ovhcloud: OVHCLOUD,
  puppetdb: PUPPETDB,
  scaleway: SCALEWAY,
  stackit: STACKIT,
  triton: TRITON,
  uyuni: UYUNI,
  vultr: struct('vultr.plain', [...HTTP, REFRESH, PORT], checkHttpClient),
};

/** The YAML keys of every kind of discovery but `static_configs`, with the kind. */
export const DISCOVERY_KEYS: ReadonlyMap<string, string> = new Map(
  Object.keys(DISCOVERIES)
    .toSorted()
    .map((name) => [`${name}_sd_configs`, name]),
);

/** The discovery sections of a job, in the order in which they are printed. */
export const DISCOVERY_FIELDS: readonly Field[] = [
  ...Object.entries(DISCOVERIES).map(([name, type]) =>
    optional(`${name}_sd_configs`, listOf(type)),
  ),
  optional('static_configs', listOf(STATIC_GROUP)),
].toSorted((a, b) => (a.key < b.key ? -1 : 1));
