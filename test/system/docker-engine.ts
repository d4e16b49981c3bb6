import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  createWriteStream,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const START_TIMEOUT_MS = 60_000;
const START_TRIES = 3;
const OUTPUT_BYTES_MAX = 64 * 1024 * 1024;

/** A Docker Engine of the test's own, beside any other on the host. */
export interface DockerEngine {
  readonly host: string;
  /** Runs docker or docker-compose against this engine; rejects with its output where it fails. */
  readonly run: (
    program: 'docker' | 'docker-compose',
    args: readonly string[],
    env?: Record<string, string>,
  ) => Promise<string>;
  readonly stop: () => Promise<void>;
}

/** The first of these programs that is missing, for a message that names it. */
export function missingDockerProgram(): string | undefined {
  const programs = ['/usr/sbin/dockerd', '/usr/bin/docker-compose', '/usr/bin/docker'];
  return programs.find((program) => !existsSync(program));
}

/** `metricsPort`: where the engine serves its own metrics, to containers too. */
export async function startDockerEngine(
  dir: string,
  metricsPort: number,
  flags: readonly string[] = [],
): Promise<DockerEngine> {
  mkdirSync(dir, { recursive: true });
  const host = `unix://${join(dir, 'docker.sock')}`;
  const addresses = chanceAddresses();
  const args = [
    `--data-root=${join(dir, 'data')}`,
    `--exec-root=${join(dir, 'exec')}`,
    `--pidfile=${join(dir, 'docker.pid')}`,
    `--host=${host}`,
    `--metrics-addr=0.0.0.0:${metricsPort}`,
    '--experimental',
    // Each engine that starts writes the rules of all anew; ports of containers are passed on without them.
    '--iptables=false',
    '--ip6tables=false',
    `--default-address-pool=base=${addresses},size=24`,
    ...flags,
  ];
  const run = runner(host);
  const dropRule = await letThrough(addresses);
  for (let tries = 1; ; tries++) {
    const child = spawn('/usr/sbin/dockerd', args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const log = createWriteStream(join(dir, 'dockerd.log'));
    child.stdout.pipe(log);
    child.stderr.pipe(log);
    try {
      await waitForEngine(child, run, join(dir, 'dockerd.log'));
      const stop = async (): Promise<void> => {
        await stopEngine(child, run, dir);
        await dropRule();
      };
      return { host, run, stop };
    } catch (error) {
      // Engines that start at the same moment change the same things of the machine's network.
      if (child.exitCode !== null && tries < START_TRIES) continue;
      await dropRule();
      throw error;
    }
  }
}

/** Engines that start at the same moment would choose the same ones for their networks. */
function chanceAddresses(): string {
  return `10.${64 + randomInt(128)}.${16 * randomInt(16)}.0/20`;
}

/** Where an engine was started before, the machine forwards only what a rule lets through. The answer takes it away. */
async function letThrough(addresses: string): Promise<() => Promise<void>> {
  const rule = ['FORWARD', '-s', addresses, '-d', addresses, '-j', 'ACCEPT'];
  await iptables('-I', ...rule);
  return async () => await iptables('-D', ...rule);
}

/** A machine without the program has no such rules either. */
async function iptables(...words: readonly string[]): Promise<void> {
  if (!existsSync('/usr/sbin/iptables')) return;
  await execute('/usr/sbin/iptables', ['--wait', ...words]).catch(() => {});
}

function runner(host: string): DockerEngine['run'] {
  return async (program, args, env = {}) => {
    const options = {
      env: { ...process.env, DOCKER_HOST: host, DOCKER_BUILDKIT: '0', ...env },
      maxBuffer: OUTPUT_BYTES_MAX,
    };
    const { stdout, stderr } = await execute(program, args, options);
    return stdout + stderr;
  };
}

async function waitForEngine(
  child: ChildProcess,
  run: DockerEngine['run'],
  log: string,
): Promise<void> {
  const deadlineMs = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    if (child.exitCode !== null)
      throw new Error(
        `dockerd ended with ${child.exitCode}:\n${readFileSync(log, 'utf8').slice(-2000)}`,
      );
    try {
      await run('docker', ['version']);
      return;
    } catch (error) {
      if (Date.now() > deadlineMs)
        throw new Error(`dockerd is not ready; see ${log}`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
}

async function stopEngine(
  child: ChildProcess,
  run: DockerEngine['run'],
  dir: string,
): Promise<void> {
  const containers = (await run('docker', ['ps', '-aq'])).split('\n').filter((id) => id !== '');
  if (containers.length > 0) await run('docker', ['rm', '-f', ...containers]);
  // Their bridges would stay, with their addresses.
  await run('docker', ['network', 'prune', '-f']);
  if (child.exitCode === null) {
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
  // What is left of containers in the host's network is a mount.
  const namespaces = join(dir, 'exec', 'netns');
  for (const name of existsSync(namespaces) ? readdirSync(namespaces) : []) {
    await execute('umount', [join(namespaces, name)]).catch(() => undefined);
  }
  rmSync(dir, { recursive: true, force: true });
}

/**
 * A bridge for the engine flag `--bridge`: the usual one belongs to whichever engine of the machine was started last,
 * and goes when one is started that wants none. The answer takes the bridge away, once its engine has stopped.
 */
export async function makeBridge(name: string, address: string): Promise<() => Promise<void>> {
  await ip('link', 'add', name, 'type', 'bridge').catch(() => {});
  await ip('addr', 'replace', address, 'dev', name);
  await ip('link', 'set', name, 'up');
  return async () => await ip('link', 'delete', name).catch(() => {});
}

async function ip(...words: readonly string[]): Promise<void> {
  await execute('/usr/sbin/ip', words);
}

/** Makes the image that our Dockerfiles name from this node binary and its libraries: no registry is asked. */
export async function importNodeImage(
  engine: DockerEngine,
  dir: string,
  tag: string,
): Promise<void> {
  const rootfs = join(dir, 'rootfs');
  const node = join(rootfs, 'usr/local/bin/node');
  for (const folder of ['usr/local/bin', 'tmp', 'etc'])
    mkdirSync(join(rootfs, folder), { recursive: true });
  copyFileSync(realpathSync(process.execPath), node);
  for (const library of await librariesOf(process.execPath)) {
    const target = join(rootfs, library);
    mkdirSync(dirname(target), { recursive: true });
    copyFileSync(realpathSync(library), target);
  }
  const archive = join(dir, 'rootfs.tar');
  await execute('tar', ['-C', rootfs, '-cf', archive, '.']);
  await engine.run('docker', ['import', '--change', 'ENV PATH=/usr/local/bin', archive, tag]);
  rmSync(rootfs, { recursive: true });
  rmSync(archive);
}

async function librariesOf(program: string): Promise<string[]> {
  const { stdout } = await execute('ldd', [program]);
  return [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].map((match) => match[1] ?? '');
}
