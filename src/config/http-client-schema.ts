import { BOOL, oneOf, PATH, SECRET, STRING, UNCHECKED_URL, URL_TEXT } from './scalars.ts';
import { quote } from './quote.ts';
import {
  booleanAt,
  listOf,
  mapOf,
  optional,
  printed,
  sectionAt,
  stringAt,
  struct,
  type Field,
  type Problem,
  type ScalarType,
  type Settings,
  type StructType,
} from './schema.ts';

const TLS_VERSIONS = ['TLS10', 'TLS11', 'TLS12', 'TLS13'];

const TLS_VERSION: ScalarType = oneOf(
  'config.TLSVersion',
  TLS_VERSIONS,
  (written) => `unknown TLS version: ${written}`,
);

function isSet(settings: Settings, key: string): boolean {
  const value = settings[key];
  return value !== undefined && value !== '';
}

/** How many of the fields have a value. */
export function countSet(settings: Settings, ...keys: readonly string[]): number {
  return keys.filter((key) => isSet(settings, key)).length;
}

export const TLS_CONFIG: StructType = struct(
  'config.plain',
  [
    optional('ca', STRING),
    optional('cert', STRING),
    optional('key', SECRET),
    optional('ca_file', PATH),
    optional('cert_file', PATH),
    optional('key_file', PATH),
    optional('ca_ref', STRING),
    optional('cert_ref', STRING),
    optional('key_ref', STRING),
    optional('server_name', STRING),
    printed('insecure_skip_verify', BOOL),
    optional('min_version', TLS_VERSION),
    optional('max_version', TLS_VERSION),
    optional('next_protos', listOf(STRING)),
  ],
  checkTls,
);

function checkTls(tls: Settings): Problem | undefined {
  if (countSet(tls, 'ca', 'ca_file', 'ca_ref') > 1) {
    return 'at most one of ca, ca_file & ca_ref must be configured';
  }
  if (countSet(tls, 'cert', 'cert_file', 'cert_ref') > 1) {
    return 'at most one of cert, cert_file & cert_ref must be configured';
  }
  if (countSet(tls, 'key', 'key_file', 'key_ref') > 1) {
    return 'at most one of key and key_file must be configured';
  }
  const certs = countSet(tls, 'cert', 'cert_file', 'cert_ref');
  const keys = countSet(tls, 'key', 'key_file', 'key_ref');
  if (certs > keys) {
    return 'exactly one of key or key_file must be configured when a client certificate is configured';
  }
  if (keys > certs) {
    return 'exactly one of cert or cert_file must be configured when a client key is configured';
  }
  const [least, most] = [stringAt(tls, 'min_version'), stringAt(tls, 'max_version')];
  return least !== '' && most !== '' && most < least
    ? 'tls_config.max_version must be greater than or equal to tls_config.min_version if both are specified'
    : undefined;
}

const PROXY_FIELDS: readonly Field[] = [
  optional('proxy_url', URL_TEXT),
  optional('no_proxy', STRING),
  optional('proxy_from_environment', BOOL),
  optional('proxy_connect_header', mapOf(listOf(SECRET))),
];

function checkProxy(settings: Settings): Problem | undefined {
  const url = stringAt(settings, 'proxy_url');
  const fromEnvironment = booleanAt(settings, 'proxy_from_environment');
  const headers = settings['proxy_connect_header'] as ReadonlyMap<string, unknown> | undefined;
  if ((headers?.size ?? 0) > 0 && !fromEnvironment && url === '') {
    return 'if proxy_connect_header is configured, proxy_url or proxy_from_environment must also be configured';
  }
  if (fromEnvironment && url !== '') {
    return 'if proxy_from_environment is configured, proxy_url must not be configured';
  }
  const noProxy = stringAt(settings, 'no_proxy');
  if (fromEnvironment && noProxy !== '') {
    return 'if proxy_from_environment is configured, no_proxy must not be configured';
  }
  return url === '' && noProxy !== ''
    ? 'if no_proxy is configured, proxy_url must also be configured'
    : undefined;
}

const BASIC_AUTH: StructType = struct('config.plain', [
  printed('username', STRING),
  optional('username_file', PATH),
  optional('username_ref', STRING),
  optional('password', SECRET),
  optional('password_file', PATH),
  optional('password_ref', STRING),
]);

const AUTHORIZATION: StructType = struct('config.Authorization', [
  optional('type', STRING),
  optional('credentials', SECRET),
  optional('credentials_file', PATH),
  optional('credentials_ref', STRING),
]);

const OAUTH2: StructType = struct(
  'config.plain',
  [
    printed('client_id', STRING),
    printed('client_secret', SECRET),
    printed('client_secret_file', PATH),
    optional('client_secret_ref', STRING),
    optional('client_certificate_key_id', STRING),
    optional('client_certificate_key', SECRET),
    optional('client_certificate_key_file', PATH),
    optional('client_certificate_key_ref', STRING),
    optional('grant_type', STRING),
    optional('signature_algorithm', STRING),
    optional('iss', STRING),
    optional('audience', STRING),
    optional('claims', mapOf(STRING)),
    optional('scopes', listOf(STRING)),
    printed('token_url', UNCHECKED_URL),
    optional('endpoint_params', mapOf(STRING)),
    optional('tls_config', TLS_CONFIG),
    ...PROXY_FIELDS,
  ],
  checkProxy,
);

const HEADER: StructType = struct('config.Header', [
  optional('values', listOf(STRING)),
  optional('secrets', listOf(SECRET)),
  optional('files', listOf(PATH)),
]);

/** Headers that requests of ours set themselves (Prometheus: common/config/headers.go). */
const RESERVED_HEADERS = new Set([
  'Accept-Encoding',
  'Authorization',
  'Connection',
  'Content-Encoding',
  'Content-Length',
  'Content-Type',
  'Host',
  'Keep-Alive',
  'Proxy-Authenticate',
  'Proxy-Authorization',
  'User-Agent',
  'Www-Authenticate',
  'X-Prometheus-Remote-Read-Version',
  'X-Prometheus-Remote-Write-Version',
  'X-Prometheus-Scrape-Timeout-Seconds',
]);

function canonicalHeader(name: string): string {
  return name
    .split('-')
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1).toLowerCase())
    .join('-');
}

const HEADERS = mapOf(HEADER, (name) =>
  RESERVED_HEADERS.has(canonicalHeader(name))
    ? `setting header ${quote(canonicalHeader(name))} is not allowed`
    : undefined,
);

/** The fields of an HTTP client, which stand beside a section's own. */
export function httpClientFields(defaults: { enableHttp2: boolean }): readonly Field[] {
  return [
    optional('basic_auth', BASIC_AUTH),
    optional('authorization', AUTHORIZATION),
    optional('oauth2', OAUTH2),
    optional('bearer_token', SECRET),
    optional('bearer_token_file', PATH),
    optional('tls_config', TLS_CONFIG),
    printed('follow_redirects', BOOL, true),
    printed('enable_http2', BOOL, defaults.enableHttp2),
    ...PROXY_FIELDS,
    optional('http_headers', HEADERS),
  ];
}

/** Checks an HTTP client's fields and turns the old bearer token fields into `authorization`. */
export function checkHttpClient(settings: Settings): Problem | undefined {
  return (
    checkBearer(settings) ??
    checkBasicAuth(sectionAt(settings, 'basic_auth')) ??
    checkAuthorization(settings) ??
    checkOauth2(settings) ??
    checkProxy(settings)
  );
}

function checkBearer(settings: Settings): Problem | undefined {
  const bearers = countSet(settings, 'bearer_token', 'bearer_token_file');
  if (bearers > 1) return 'at most one of bearer_token & bearer_token_file must be configured';
  const others = sectionAt(settings, 'basic_auth') ?? sectionAt(settings, 'oauth2');
  return others !== undefined && bearers > 0
    ? 'at most one of basic_auth, oauth2, bearer_token & bearer_token_file must be configured'
    : undefined;
}

function checkBasicAuth(basicAuth: Settings | undefined): Problem | undefined {
  if (basicAuth === undefined) return undefined;
  if (countSet(basicAuth, 'username', 'username_file', 'username_ref') > 1) {
    return 'at most one of basic_auth username, username_file & username_ref must be configured';
  }
  return countSet(basicAuth, 'password', 'password_file', 'password_ref') > 1
    ? 'at most one of basic_auth password, password_file & password_ref must be configured'
    : undefined;
}

function checkAuthorization(settings: Settings): Problem | undefined {
  const authorization = sectionAt(settings, 'authorization');
  if (authorization === undefined) {
    takeBearer(settings);
    return undefined;
  }
  if (countSet(settings, 'bearer_token', 'bearer_token_file') > 0) {
    return 'authorization is not compatible with bearer_token & bearer_token_file';
  }
  if (countSet(authorization, 'credentials', 'credentials_file', 'credentials_ref') > 1) {
    return 'at most one of authorization credentials & credentials_file must be configured';
  }
  const type = stringAt(authorization, 'type').trim() || 'Bearer';
  authorization['type'] = type;
  if (type.toLowerCase() === 'basic') {
    return 'authorization type cannot be set to "basic", use "basic_auth" instead';
  }
  return isSet(settings, 'basic_auth') || isSet(settings, 'oauth2')
    ? 'at most one of basic_auth, oauth2 & authorization must be configured'
    : undefined;
}

function takeBearer(settings: Settings): void {
  if (countSet(settings, 'bearer_token', 'bearer_token_file') === 0) return;
  settings['authorization'] = {
    type: 'Bearer',
    credentials: settings['bearer_token'],
    credentials_file: settings['bearer_token_file'],
    credentials_ref: '',
  };
  settings['bearer_token'] = undefined;
  settings['bearer_token_file'] = '';
}

function checkOauth2(settings: Settings): Problem | undefined {
  const oauth2 = sectionAt(settings, 'oauth2');
  if (oauth2 === undefined) return undefined;
  if (isSet(settings, 'basic_auth')) {
    return 'at most one of basic_auth, oauth2 & authorization must be configured';
  }
  if (!isSet(oauth2, 'client_id')) return 'oauth2 client_id must be configured';
  if (!isSet(oauth2, 'token_url')) return 'oauth2 token_url must be configured';
  return countSet(oauth2, 'client_secret', 'client_secret_file', 'client_secret_ref') > 1
    ? 'at most one of oauth2 client_secret, client_secret_file & client_secret_ref must be configured'
    : undefined;
}
