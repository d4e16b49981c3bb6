import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ContainersData } from '#contract';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from './describe-with.ts';
import {
  importNodeImage,
  makeBridge,
  missingDockerProgram,
  startDockerEngine,
  type DockerEngine,
} from './docker-engine.ts';
import { freePort } from './narthex.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const BASE = 'node:22-bookworm-slim';
const BRIDGE = 'nximage0';

const missing = missingDockerProgram();

describeWith(missing, 'the image on a Docker Engine', () => {
  let engine: DockerEngine;
  let removeBridge: (() => Promise<void>) | undefined;
  let dir = '';
  let url = '';
  let compose: (...args: string[]) => Promise<string>;

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'narthex-image-'));
    removeBridge = await makeBridge(BRIDGE, '172.36.9.1/24');
    const bridge = `--bridge=${BRIDGE}`;
    engine = await startDockerEngine(join(dir, 'engine'), await freePort(), [bridge]);
    await importNodeImage(engine, dir, BASE);
    const address = `127.0.0.1:${await freePort()}`;
    url = `http://${address}`;
    compose = (...args) =>
      engine.run(
        'docker-compose',
        ['-f', join(root, 'examples/deploy/compose.yaml'), '-p', 'deploy', ...args],
        {
          NARTHEX_ADDRESS: address,
          DOCKER_SOCKET: engine.host.replace('unix://', ''),
          // A machine whose root is no shared mount, as in a container, has nothing to follow.
          ROOT_MOUNT: 'ro',
        },
      );
    const shop =
      "require('http').createServer((_, a) => a.end('shop_orders_total 5\\n')).listen(9464)";
    const run = ['run', '-d', '--name', 'shop', '--expose', '9464', BASE, 'node', '-e', shop];
    await engine.run('docker', run);
    await compose('up', '-d', '--build');
  });

  afterAll(async () => {
    if (engine !== undefined) {
      await compose('down', '-v', '-t', '2').catch(() => undefined);
      await engine.stop();
    }
    await removeBridge?.();
    rmSync(dir, { recursive: true, force: true });
  });

  const text = async (path: string): Promise<string> => {
    const response = await fetch(`${url}${path}`, { signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return await response.text();
  };
  const inspect = (format: string): Promise<string> =>
    engine.run('docker', ['inspect', '-f', format, 'deploy_narthex_1']);

  const exec = (...args: readonly string[]): Promise<string> =>
    engine.run('docker', ['exec', 'deploy_narthex_1', 'node', ...args]);
  const containers = async (): Promise<ContainersData['containers']> => {
    const { data } = JSON.parse(await text('/api/v1/containers')) as { data: ContainersData };
    return data.containers;
  };
  const namesOfRunning = async (): Promise<readonly string[]> =>
    (await containers()).filter(({ state }) => state === 'running').map(({ name }) => name);

  it('watches the containers of a host without any configuration', async () => {
    await expect
      .poll(() => text('/-/healthy').catch(String), { timeout: 20_000 })
      .toContain('Healthy');
    await expect
      .poll(namesOfRunning, { timeout: 20_000 })
      .toEqual(expect.arrayContaining(['deploy-narthex-1', 'shop']));
    await expect
      .poll(() => text('/api/v1/query?query=shop_orders_total'), { timeout: 30_000 })
      .toContain('"5"');
  });

  it('measures them and the machine from the files that are mounted', async () => {
    expect(await text('/metrics/containers')).toMatch(
      /^container_cpu_usage_seconds_total\{[^}]*name="shop"/m,
    );
    const host = await text('/metrics/host');
    expect(host).toMatch(/^node_filesystem_size_bytes\{[^}]*mountpoint="\/"/m);
    const shop = (await containers()).find(({ name }) => name === 'shop');
    expect(shop?.measured).toEqual({ by: 'cgroup', error: '' });
  });

  it('is no root, and asks for its health where the command line says that it listens', async () => {
    const program = "console.log(require('fs').readFileSync('/proc/1/status', 'utf8'))";
    expect(/^Uid:\t(\d+)/m.exec(await exec('-e', program))?.[1]).toBe('65532');
    await exec('/narthex/bin/narthex-image', 'healthcheck');
    expect(await inspect('{{json .Config.Healthcheck.Test}}')).toContain('"healthcheck"');
    expect(await inspect('{{.State.Health.Status}}')).not.toContain('unhealthy');
  });

  it('keeps its data in the volume when it is made anew', async () => {
    await expect
      .poll(() => text('/api/v1/query?query=up'), { timeout: 20_000 })
      .toContain('"job":"narthex"');
    const beforeMs = Date.now();
    const first = await inspect('{{.Id}}');
    await compose('up', '-d', '--force-recreate', '-t', '10');
    expect(await inspect('{{.Id}}')).not.toBe(first);
    await expect.poll(() => text('/-/ready').catch(String), { timeout: 20_000 }).toContain('Ready');
    // Of an instant at which the first container was there.
    const query = `query=${encodeURIComponent('up{job="narthex"}')}&time=${beforeMs / 1000}`;
    expect(await text(`/api/v1/query?${query}`)).toContain('"value"');
  });

  it('holds Node and little of our own', async () => {
    const [base, ours] = await Promise.all(
      [BASE, 'narthex'].map(async (tag) =>
        Number(await engine.run('docker', ['image', 'inspect', '-f', '{{.Size}}', tag])),
      ),
    );
    expect((ours ?? 0) - (base ?? 0)).toBeLessThan(8e6);
  });
});
