import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ContainersData, ScrapeDoctorData, TargetsData } from '../../src/contract/index.ts';
import { describeWith } from './describe-with.ts';
import {
  importNodeImage,
  makeBridge,
  missingDockerProgram,
  startDockerEngine,
} from './docker-engine.ts';
import type { DockerEngine } from './docker-engine.ts';
import { freePort, startNarthex } from './narthex.ts';
import type { NarthexProcess } from './narthex.ts';

const execute = promisify(execFile);
const program = fileURLToPath(new URL('../../bin/narthex', import.meta.url));

const BRIDGE = 'nxzero0';
const IMAGE = 'node:22-bookworm-slim';
/** What people see within ten or twenty seconds, on a machine that does much else. */
const TIMEOUT_MS = 60_000;

const missing =
  missingDockerProgram() ?? (existsSync('/usr/sbin/ip') ? undefined : '/usr/sbin/ip (iproute2)');

/** Answers one path with metrics, at a port. */
function application(port: number, path: string): string {
  const page = '# TYPE app_requests_total counter\\napp_requests_total 7\\n';
  return `require('http').createServer((request, response) => {
    response.statusCode = request.url === '${path}' ? 200 : 404;
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    response.end(request.url === '${path}' ? '${page}' : 'no');
  }).listen(${port})`;
}

async function get<T>(server: NarthexProcess, path: string): Promise<T> {
  const response = await fetch(`${server.url}/api/v1/${path}`);
  const { data } = (await response.json()) as { data: T };
  return data;
}

/** `pool instance health` of each target. */
async function targets(server: NarthexProcess): Promise<string[]> {
  const { activeTargets } = await get<TargetsData>(server, 'targets?state=active');
  return activeTargets
    .map(({ scrapePool, labels, health }) => `${scrapePool} ${labels['instance']} ${health}`)
    .toSorted();
}

const applicationsOf = async (server: NarthexProcess): Promise<string[]> =>
  (await targets(server)).filter((target) => target.startsWith('apps'));

async function requestSeries(server: NarthexProcess): Promise<Record<string, string>[]> {
  const { result } = await get<{ result: { metric: Record<string, string> }[] }>(
    server,
    'query?query=app_requests_total',
  );
  return result.map(({ metric }) => metric);
}

describeWith(missing, 'without a configuration file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'narthex-zero-'));
  const socket = `unix://${join(dir, 'engine', 'docker.sock')}`;
  let narthex: NarthexProcess;
  let engine: DockerEngine | undefined;
  let removeBridge: (() => Promise<void>) | undefined;

  async function run(name: string, options: readonly string[], source: string): Promise<void> {
    const args = ['run', '-d', '--name', name, ...options, IMAGE, 'node', '-e', source];
    await engine?.run('docker', args);
  }

  beforeAll(async () => {
    removeBridge = await makeBridge(BRIDGE, '172.36.8.1/24');
    narthex = await startNarthex({ flags: [`--docker.host=${socket}`] });
  });

  afterAll(async () => {
    await narthex?.stop();
    await engine?.stop();
    await removeBridge?.();
    rmSync(dir, { recursive: true, force: true });
  });

  it('and without an engine the host and the server itself are watched', async () => {
    await expect
      .poll(() => targets(narthex), { timeout: TIMEOUT_MS })
      .toEqual([expect.stringMatching(/^host .* up$/), expect.stringMatching(/^narthex .* up$/)]);
    const { engine, containers } = await get<ContainersData>(narthex, 'containers');
    expect(engine.status).not.toBe('connected');
    expect(containers).toEqual([]);
    expect(narthex.output()).toContain('narthex config show');
    const { stdout } = await execute(process.execPath, [
      program,
      'config',
      'show',
      `--docker.host=${socket}`,
    ]);
    expect(stdout).toContain('There was no container engine');
  });

  it('an engine that comes later is watched, and applications in its containers are found', async () => {
    engine = await startDockerEngine(join(dir, 'engine'), await freePort(), [`--bridge=${BRIDGE}`]);
    await importNodeImage(engine, dir, IMAGE);
    // What discovery does not tell of it is written down by `config show`.
    const paced = ['-l', 'narthex.interval=2s', '-l', 'narthex.job=paced'];
    await run('exposed', ['--expose', '8080', ...paced], application(8080, '/metrics'));
    await run(
      'hidden',
      ['--expose', '8080', '-l', 'narthex.scrape=false'],
      application(8080, '/metrics'),
    );
    const labels = ['-l', 'narthex.port=9102', '-l', 'narthex.path=/stats'];
    await run('labelled', [...labels, '-l', 'narthex.job=shop'], application(9102, '/stats'));
    await expect
      .poll(() => applicationsOf(narthex), { timeout: TIMEOUT_MS })
      .toEqual(['apps exposed up', 'apps labelled up']);
    const shown = async (): Promise<ContainersData['containers']> =>
      (await get<ContainersData>(narthex, 'containers')).containers;
    await expect
      .poll(
        async () =>
          (await shown()).map(({ name, measured, targets }) => [name, measured.by, targets.length]),
        { timeout: TIMEOUT_MS },
      )
      .toEqual([
        ['exposed', 'cgroup', 1],
        ['hidden', 'cgroup', 0],
        ['labelled', 'cgroup', 1],
      ]);
    const hidden = (await shown()).find(({ name }) => name === 'hidden');
    expect(hidden?.targetsAbsentBecause).toBe('narthex.scrape="false"');
    await expect.poll(() => requestSeries(narthex), { timeout: TIMEOUT_MS }).toHaveLength(2);
    expect(await requestSeries(narthex)).toContainEqual(
      expect.objectContaining({ job: 'shop', instance: 'labelled', container: 'labelled' }),
    );
    const jobsUp = async (): Promise<(string | undefined)[]> =>
      (await targets(narthex))
        .filter((target) => target.endsWith(' up'))
        .map((target) => target.split(' ')[0]);
    await expect
      .poll(jobsUp, { timeout: TIMEOUT_MS })
      .toEqual(['apps', 'apps', 'containers', 'docker', 'host', 'narthex']);
  });

  it('the doctor says why metrics are there, and why not', async () => {
    const examine = (name: string): Promise<ScrapeDoctorData> =>
      get(narthex, `containers/doctor?name=${name}`);
    const found = await examine('exposed');
    expect(new Set(found.steps.map(({ status }) => status))).toEqual(new Set(['ok']));
    expect(found.advice).toContain('All is well');
    const hidden = await examine('hidden');
    expect(hidden.steps[1]).toMatchObject({ step: 'chosen', status: 'failed' });
    const lonely = `require('http').createServer(() => {}).listen(8080, '127.0.0.1')`;
    await run('lonely', ['-l', 'narthex.port=8080'], lonely);
    await expect
      .poll(async () => (await examine('lonely'))?.advice, {
        timeout: TIMEOUT_MS,
        interval: 2500,
      })
      .toContain('let it listen on 0.0.0.0');
    await engine?.run('docker', ['rm', '-f', 'lonely']);
    const response = await fetch(`${narthex.url}/api/v1/containers/doctor?name=nobody`);
    expect(response.status).toBe(404);
  });

  it('the printed configuration does the same', async () => {
    const file = join(dir, 'prometheus.yml');
    const { stdout } = await execute(process.execPath, [
      program,
      'config',
      'show',
      `--docker.host=${socket}`,
      `--web.listen-address=127.0.0.1:${narthex.port}`,
    ]);
    writeFileSync(file, stdout);
    if (existsSync('/usr/bin/promtool') || process.env['CI'] === 'true') {
      await execute('/usr/bin/promtool', ['check', 'config', file]);
    }
    const kept = await startNarthex({ config: () => stdout, flags: ['--containers=off'] });
    try {
      await expect
        .poll(async () => (await applicationsOf(kept)).map((line) => line.split(' ').slice(1)), {
          timeout: TIMEOUT_MS,
        })
        .toEqual([
          ['labelled', 'up'],
          ['exposed', 'up'],
        ]);
      await expect
        .poll(() => requestSeries(kept), { timeout: TIMEOUT_MS })
        .toEqual(expect.arrayContaining(await requestSeries(narthex)));
    } finally {
      await kept.stop();
    }
  });

  it('a container that goes takes its target along', async () => {
    await engine?.run('docker', ['rm', '-f', 'exposed']);
    await expect
      .poll(() => applicationsOf(narthex), { timeout: TIMEOUT_MS })
      .toEqual(['apps labelled up']);
  });
});
