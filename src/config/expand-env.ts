/** Values by name, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

const SPECIAL = /^[*#$@!?\-0-9]/;
const NAME = /^[A-Za-z0-9_]+/;

/**
 * Replaces `$name` and `${name}` as Go's os.Expand does for external labels: an unset variable is empty,
 * `$$` is a dollar, a broken `${` disappears. `onEmpty` hears of the names that have no value.
 */
export function expandEnv(
  text: string,
  env: Environment,
  onEmpty: (name: string) => void = () => {},
): string {
  let expanded = '';
  let at = 0;
  for (;;) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0 || dollar + 1 >= text.length) return expanded + text.slice(at);
    expanded += text.slice(at, dollar);
    const { name, length } = readName(text.slice(dollar + 1));
    if (name === undefined) expanded += length === 0 ? '$' : '';
    else expanded += name === '$' ? '$' : valueOf(name, env, onEmpty);
    at = dollar + 1 + length;
  }
}

function valueOf(name: string, env: Environment, onEmpty: (name: string) => void): string {
  const value = readVariable(env, name);
  if (value === '') onEmpty(name);
  return value;
}

/** '' where there is none. The object may inherit names that are no variables. */
function readVariable(env: Environment, name: string): string {
  return Object.hasOwn(env, name) ? (env[name] ?? '') : '';
}

/** The name behind a dollar; without one, how much of the text to leave out. */
function readName(rest: string): { name: string | undefined; length: number } {
  if (!rest.startsWith('{')) {
    const name = SPECIAL.exec(rest)?.[0] ?? NAME.exec(rest)?.[0];
    return { name, length: name?.length ?? 0 };
  }
  if (SPECIAL.test(rest.slice(1)) && rest[2] === '}') return { name: rest.slice(1, 2), length: 3 };
  const end = rest.indexOf('}');
  if (end < 0) return { name: undefined, length: 1 };
  return end === 1 ? { name: undefined, length: 2 } : { name: rest.slice(1, end), length: end + 1 };
}

/** What stands for a host where nobody says otherwise; no real host can have this name. */
const TARGET_VARIABLES: readonly string[] = ['DOCKER_HOST'];

/**
 * The names that stand for hosts in static targets: those of NARTHEX_CONFIG_TARGET_ENV, parted by
 * commas (none where it is empty), or DOCKER_HOST where that is not set. For `targetEnv`.
 */
export function targetVariables(env: Environment): readonly string[] {
  const given = env['NARTHEX_CONFIG_TARGET_ENV'];
  if (given === undefined) return TARGET_VARIABLES;
  const names = given.split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}

/**
 * The static target with its host replaced where the host is exactly one of the names and the
 * environment has a value for it: `DOCKER_HOST:9323` becomes `192.0.2.7:9323`. A value in the form of a
 * URL (`tcp://192.0.2.7:2376`) counts by its host; a local socket (`unix:///...`) has none and is left.
 */
export function expandTarget(target: string, names: readonly string[], env: Environment): string {
  const name = names.find((one) => target === one || target.startsWith(`${one}:`));
  if (name === undefined) return target;
  const host = hostOf(readVariable(env, name));
  return host === '' ? target : host + target.slice(name.length);
}

function hostOf(value: string): string {
  const url = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:]*)/i.exec(value);
  if (url !== null) return url[1] ?? '';
  const isBareIpv6 = value.split(':').length > 2 && !value.startsWith('[');
  return isBareIpv6 ? `[${value}]` : value.trim();
}
