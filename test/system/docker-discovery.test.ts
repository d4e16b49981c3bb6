import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import type { RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DockerError, engineProduct, openDockerEngine } from '#docker';
import type { DockerEngine as EngineClient, EngineEvent } from '#docker';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { describeWith } from './describe-with.ts';
import { importNodeImage, missingDockerProgram, startDockerEngine } from './docker-engine.ts';
import type { DockerEngine } from './docker-engine.ts';
import { freePort, startNarthex } from './narthex.ts';
import type { NarthexProcess } from './narthex.ts';
import { CertificateFolder } from './scrape-certificates.ts';
import { closeServers, serve } from './scrape-servers.ts';

const IMAGE = 'node-with-metrics:1';

/** Discovery without events would take an hour here; with them a container is there after a second or two. */
const SOON_MS = 60_000;

/** Serves a page of metrics, and says so on both streams. */
const PROGRAM = `
console.log('hello');
console.error('and here');
const type = { 'Content-Type': 'text/plain' };
require('http').createServer((_, to) => to.writeHead(200, type).end('made 1\\n')).listen(9100);
`;

const MANAGER_TWICE = ['manager', 'manager'];

const missing = missingDockerProgram();

interface Target {
  readonly discoveredLabels: Readonly<Record<string, string>>;
  readonly scrapePool: string;
  readonly scrapeUrl: string;
  readonly health: string;
}

async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const endMs = Date.now() + SOON_MS;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > endMs) throw new Error(`never came true: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const COMMAND = ['node', '-e', PROGRAM];

function words(text: string): readonly string[] {
  return text.split(' ');
}

async function targetsOf({ url }: NarthexProcess, pool: string): Promise<readonly Target[]> {
  const response = await fetch(`${url}/api/v1/targets?state=active&scrapePool=${pool}`);
  const body = (await response.json()) as { data: { activeTargets: readonly Target[] } };
  return body.data.activeTargets;
}

/** A job that asks an engine for one kind of what a swarm has. */
function role(host: string, name: string): string {
  return `
  - job_name: ${name}
    dockerswarm_sd_configs:
      - {host: '${host}', role: ${name}, port: 9100, refresh_interval: 1h}`;
}

function swarmLabel(pool: string, label: string): { pool: string; label: string } {
  return { pool, label: `__meta_dockerswarm_${label}` };
}

/** The pool's targets once they are these, by one of their labels. */
async function expectTargets(
  narthex: NarthexProcess,
  { pool, label }: { readonly pool: string; readonly label: string },
  wanted: readonly string[],
): Promise<readonly Target[]> {
  return await eventually(`${wanted.join(', ') || 'nothing'} in ${pool}`, async () => {
    const targets = await targetsOf(narthex, pool);
    const names = targets.map(({ discoveredLabels }) => discoveredLabels[label] ?? '');
    return names.toSorted().join() === wanted.join() ? targets : undefined;
  });
}

describeWith(missing, 'a real Docker Engine', () => {
  let dir = '';
  let engine: DockerEngine;
  let certificates: CertificateFolder;
  let tlsPort = 0;
  const clients: EngineClient[] = [];

  const docker = async (...args: readonly string[]): Promise<string> =>
    (await engine.run('docker', args)).trim();

  const run = async (name: string, ...flags: readonly string[]): Promise<string> =>
    await docker(...words('run -d --network near --name'), name, ...flags, IMAGE, ...COMMAND);

  function open(address: string, environment: Record<string, string> = {}): EngineClient {
    const client = openDockerEngine({ address, environment, userAgent: 'Narthex/test' });
    clients.push(client);
    return client;
  }

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'narthex-engine-'));
    certificates = new CertificateFolder();
    tlsPort = await freePort();
    const { certFile, keyFile } = certificates.issue('engine', 'IP:127.0.0.1');
    const { certFile: caFile } = certificates.authority;
    engine = await startDockerEngine(join(dir, 'engine'), await freePort(), [
      `--host=tcp://127.0.0.1:${tlsPort}`,
      '--tlsverify',
      `--tlscacert=${caFile}`,
      `--tlscert=${certFile}`,
      `--tlskey=${keyFile}`,
      // Other engines of this machine have the usual bridge.
      '--bridge=none',
    ]);
    await importNodeImage(engine, dir, IMAGE);
    await docker('network', 'create', 'near');
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await closeServers();
  });
  afterAll(async () => {
    await engine?.stop();
    certificates?.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  /** What the docker CLI takes from DOCKER_CERT_PATH. */
  function certificatePath(): string {
    const folder = join(dir, 'certificates');
    mkdirSync(folder, { recursive: true });
    const client = certificates.issue('client', 'DNS:client');
    for (const [from, to] of [
      [certificates.authority.certFile, 'ca.pem'],
      [client.certFile, 'cert.pem'],
      [client.keyFile, 'key.pem'],
    ] as const) {
      copyFileSync(from, join(folder, to));
    }
    return folder;
  }

  it('tells of itself and its containers, by its socket and over TLS', async () => {
    const id = await run('told', '--label', 'a=b', '--expose', '9100');
    const environment = { DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificatePath() };
    for (const client of [open(engine.host), open(`tcp://127.0.0.1:${tlsPort}`, environment)]) {
      const version = await client.version();
      expect(engineProduct(version)).toBe('Docker Engine');
      expect((await client.info()).ServerVersion).toBe(version.Version);
      const found = await client.containers({ all: true, filters: { label: ['a=b'] } });
      expect(found.map(({ Id, Names }) => [Id, Names])).toEqual([[id, ['/told']]]);
      const details = await client.container('told');
      expect(details?.State.Running).toBe(true);
      expect(details?.Config.ExposedPorts).toEqual({ '9100/tcp': {} });
      const stats = await client.stats(id);
      expect(stats?.memory_stats?.usage).toBeGreaterThan(0);
      expect(await client.container('unknown')).toBeUndefined();
      const lines = await eventually('two lines', async () => {
        const all = await client.logs(id, { tail: 10 });
        return all.length === 2 ? all : undefined;
      });
      const texts = lines.map(({ stream, text }) => `${stream} ${text}`);
      expect(texts.toSorted()).toEqual(['stderr and here', 'stdout hello']);
      expect(client.calls().every(({ failures }) => failures === 0)).toBe(true);
    }
    const stranger = open(`tcp://127.0.0.1:${tlsPort}`, { DOCKER_TLS: '1', HOME: '/nowhere' });
    await expect(stranger.version()).rejects.toThrow(DockerError);
    await docker('rm', '-f', 'told');
  });

  it('tells what happens, and what happened while nobody listened', async () => {
    const client = open(engine.host);
    const told: EngineEvent[] = [];
    const listen = async (sinceMs?: number): Promise<() => Promise<unknown>> => {
      const aborter = new AbortController();
      let done: Promise<unknown> = Promise.resolve();
      await new Promise<void>((onOpen) => {
        const query = { onOpen, onEvent: (event: EngineEvent) => told.push(event) };
        const since = sinceMs === undefined ? {} : { sinceMs };
        const filters = { type: ['container'] };
        done = client.events({ ...query, ...since, filters }, aborter.signal);
        done.catch(() => undefined);
      });
      return async () => {
        aborter.abort();
        await expect(done).rejects.toMatchObject({ code: 'canceled' });
      };
    };
    const stop = await listen();
    await run('short');
    await docker('kill', 'short');
    await eventually('its end', async () => told.find(({ action }) => action === 'die'));
    await stop();
    const died = told.find(({ action }) => action === 'die');
    expect(died?.actor.attributes).toMatchObject({ name: 'short', exitCode: '137' });
    const sinceMs = (told.at(-1)?.timeMs ?? 0) + 1;
    await docker('rm', 'short');
    const stopAgain = await listen(sinceMs);
    await eventually('its removal', async () => told.find(({ action }) => action === 'destroy'));
    await stopAgain();
  });

  /** As docker-socket-proxy: some paths go on to the engine, the others are refused. */
  function proxied(isAllowed: (path: string) => boolean): RequestListener {
    const socketPath = engine.host.replace('unix://', '');
    return (request, response) => {
      const path = (request.url ?? '').replace(/^\/v[\d.]+/, '').replace(/\?.*$/, '');
      if (request.method !== 'GET' || !isAllowed(path)) {
        response.writeHead(403).end('<html><body><h1>403 Forbidden</h1></body></html>');
        return;
      }
      const on = httpRequest({ socketPath, path: request.url, method: 'GET' }, (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
      response.once('close', () => on.destroy());
      on.on('error', () => response.destroy());
      on.end();
    };
  }

  it('has containers that are found as they come, and given up as they go', async () => {
    const proxy = await serve(proxied((path) => !path.startsWith('/events')));
    const deaf = await serve(proxied((path) => path !== '/networks'));
    const narthex = await startNarthex({
      config: () => `
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: heard
    docker_sd_configs:
      - {host: '${engine.host}', refresh_interval: 1h, filters: [{name: label, values: [mine]}]}
  - job_name: asked
    docker_sd_configs: [{host: 'tcp://${proxy.address}', refresh_interval: 1s}]
  - job_name: refused
    docker_sd_configs: [{host: '${deaf.url}', refresh_interval: 1s}]
`,
    });
    const heard = { pool: 'heard', label: '__meta_docker_container_name' };
    try {
      await run('other');
      await run('first', '--label', 'mine', '--expose', '9100');
      await expectTargets(narthex, heard, ['/first']);
      await expectTargets(narthex, { ...heard, pool: 'asked' }, ['/first', '/other']);
      await eventually('a scrape', async () => {
        const [target] = await targetsOf(narthex, 'heard');
        return target?.health === 'up' ? target : undefined;
      });
      await run('second', '--label', 'mine', '--expose', '9100');
      await expectTargets(narthex, heard, ['/first', '/second']);
      await docker('kill', 'first');
      await expectTargets(narthex, heard, ['/second']);
      await expectTargets(narthex, { ...heard, pool: 'asked' }, ['/other', '/second']);
      expect(await targetsOf(narthex, 'refused')).toEqual([]);
      expect(narthex.output()).toMatch(/GET \/networks is refused.*NETWORKS=1/);
      expect(narthex.output()).toMatch(/Cannot hear events/);
    } finally {
      await narthex.stop();
      await docker('rm', '-f', 'other', 'first', 'second');
    }
  });

  it('has services, tasks and nodes where it is a manager of a swarm', async () => {
    const swarmPort = await freePort();
    const listen = `--listen-addr=127.0.0.1:${swarmPort}`;
    await docker('swarm', 'init', '--advertise-addr=127.0.0.1', listen);
    const narthex = await startNarthex({
      config: () => `
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:${role(engine.host, 'nodes')}${role(engine.host, 'services')}${role(engine.host, 'tasks')}
`,
    });
    try {
      await expectTargets(narthex, swarmLabel('nodes', 'node_status'), ['ready']);
      await docker('network', 'create', '-d', 'overlay', 'between');
      await docker(
        ...words('service create -d --no-resolve-image --name web --replicas 2 --network between'),
        ...words(`--container-label part=web --stop-grace-period 0s ${IMAGE}`),
        ...COMMAND,
      );
      const [service] = await expectTargets(narthex, swarmLabel('services', 'service_name'), [
        'web',
      ]);
      expect(service?.discoveredLabels).toMatchObject({
        __meta_dockerswarm_service_mode: 'replicated',
        __meta_dockerswarm_network_name: 'between',
      });
      const slot = swarmLabel('tasks', 'task_slot');
      await expectTargets(narthex, slot, ['1', '2']);
      // Once they are placed.
      const [task] = await expectTargets(narthex, swarmLabel('tasks', 'node_role'), MANAGER_TWICE);
      expect(task?.scrapeUrl).toMatch(/:9100\/metrics$/);
      expect(task?.discoveredLabels).toMatchObject({
        __meta_dockerswarm_service_name: 'web',
        __meta_dockerswarm_container_label_part: 'web',
      });
      await docker('service', 'scale', '-d', 'web=3');
      await expectTargets(narthex, slot, ['1', '2', '3']);
      await docker('service', 'rm', 'web');
      await expectTargets(narthex, swarmLabel('services', 'service_name'), []);
    } finally {
      await narthex.stop();
      await docker('swarm', 'leave', '--force');
    }
  });
});
