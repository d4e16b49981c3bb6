import {
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { parseFlags } from './parse-flags.ts';
import { settingsOf } from './settings.ts';

/** What our image has in usual places; a flag that is given counts instead. */
const PLACES: readonly {
  readonly flag: string;
  readonly path: string;
  readonly isAlways: boolean;
}[] = [
  { flag: 'config.file', path: '/etc/narthex/prometheus.yml', isAlways: false },
  { flag: 'storage.tsdb.path', path: '/data', isAlways: true },
  { flag: 'host.procfs', path: '/host/proc', isAlways: false },
  { flag: 'host.sysfs', path: '/host/sys', isAlways: false },
  { flag: 'host.rootfs', path: '/rootfs', isAlways: false },
];

/** The command line as it is meant in the image: flags for what is mounted. Commands get none. */
export function imageArguments(
  args: readonly string[],
  exists: (path: string) => boolean,
): readonly string[] {
  if (!isServer(args)) return args;
  const added = PLACES.filter(
    ({ flag, path, isAlways }) =>
      !args.some((arg) => arg === `--${flag}` || arg.startsWith(`--${flag}=`)) &&
      (isAlways || exists(path)),
  );
  return [...args, ...added.map(({ flag, path }) => `--${flag}=${path}`)];
}

function isServer([first]: readonly string[]): boolean {
  return first === undefined || first.startsWith('-') || first === 'serve';
}

/** Who the server is where it was started as root; no user of the host has this number. */
const USER_ID = 65_532;

export interface SocketAccess {
  readonly path: string;
  readonly groupId: number;
  readonly mode: number;
}

/** Who the server may be instead of root; `root` says why it must stay that. */
export type ImageUser =
  | { readonly id: number; readonly groups: readonly number[] }
  | { readonly root: string };

/**
 * `wanted`: of NARTHEX_USER, a number. A socket whose group may use it is used by that group; one of root alone needs
 * root.
 */
export function imageUser(wanted: string, sockets: readonly SocketAccess[]): ImageUser {
  if (!/^\d*$/.test(wanted))
    return { root: `NARTHEX_USER is no number: ${JSON.stringify(wanted)}` };
  const id = wanted === '' ? USER_ID : Number(wanted);
  if (id === 0) return { root: 'NARTHEX_USER is 0' };
  const closed = sockets.find(({ mode }) => (mode & 0o060) !== 0o060 && (mode & 0o006) !== 0o006);
  if (closed !== undefined && wanted === '') {
    return { root: `the group of ${closed.path} may not use it` };
  }
  return { id, groups: [...new Set(sockets.map(({ groupId }) => groupId))] };
}

/** Where engines have their sockets, and where flag or environment say. */
const SOCKETS = ['/var/run/docker.sock', '/run/podman/podman.sock'];

function openSockets(args: readonly string[]): readonly SocketAccess[] {
  const named = [...args, process.env['DOCKER_HOST'] ?? ''].flatMap((text) => {
    const path = /(?:^|=)unix:\/\/(\/.+)$/.exec(text)?.[1];
    return path === undefined ? [] : [path];
  });
  return [...new Set([...SOCKETS, ...named])].filter(existsSync).map((path) => {
    const { gid, mode } = statSync(path);
    return { path, groupId: gid, mode };
  });
}

/** What it says of itself before there is a log. */
function say(message: string): void {
  process.stderr.write(`narthex: ${message}\n`);
}

/** Gives the data directory to the server's user and becomes it. Stays root where that cannot be. */
function giveUpRoot(args: readonly string[]): void {
  if (process.getuid?.() !== 0) return;
  const user = imageUser(process.env['NARTHEX_USER'] ?? '', openSockets(args));
  if ('root' in user) {
    say(`runs as root: ${user.root}`);
    return;
  }
  try {
    own(parseFlags(args).values.get('storage.tsdb.path') ?? '/data', user.id);
    process.setgroups?.([...user.groups]);
    process.setgid?.(user.id);
    process.setuid?.(user.id);
  } catch (error) {
    say(`runs as root: ${(error as Error).message}`);
  }
}

/** A directory that is the user's already has nothing in it that is not. */
function own(directory: string, id: number): void {
  mkdirSync(directory, { recursive: true });
  if (statSync(directory).uid === id) return;
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(directory, name), id, id);
  }
  // Last, so that what was cut short is done again.
  chownSync(directory, id, id);
}

/** Node 22.15 has it; a process that takes the place of this one may see its own files below /proc. */
type Execute = (file: string, args: readonly string[], env: NodeJS.ProcessEnv) => never;

/** Runs our image's command line; the answer is the exit code. */
export async function main(args: readonly string[], program: string): Promise<number> {
  if (args[0] === 'healthcheck') return await healthcheck();
  const all = imageArguments(args, existsSync);
  if (isServer(args)) {
    giveUpRoot(all);
    const { execve } = process as { execve?: Execute };
    execve?.(process.execPath, [process.execPath, program, ...all], process.env);
  }
  const { main: run } = await import('./cli.ts');
  return await run(all);
}

/** Of the first process, behind the name of our program. */
function serverArguments(): readonly string[] {
  const words = readFileSync('/proc/1/cmdline', 'utf8').split('\0').slice(0, -1);
  const program = words.findIndex((word) => /\/narthex(?:-image)?$/.test(word));
  return program < 0 ? [] : words.slice(program + 1);
}

const HEALTH_TIMEOUT_MS = 3000;

/** Asks the server of this container, at the address and prefix of its own command line. */
async function healthcheck(): Promise<number> {
  const { listen, routePrefix } = settingsOf(parseFlags(serverArguments()));
  const isEverywhere = ['0.0.0.0', '::', ''].includes(listen.host);
  const host = isEverywhere ? '127.0.0.1' : listen.host;
  return await new Promise((resolve) => {
    const options = { host, port: listen.port, path: `${routePrefix}/-/healthy` };
    const request = get({ ...options, timeout: HEALTH_TIMEOUT_MS }, ({ statusCode }) => {
      resolve(statusCode === 200 ? 0 : 1);
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', () => resolve(1));
  });
}
