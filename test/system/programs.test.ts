import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { untilQuery } from './api.ts';
import { describeWith } from './describe-with.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';
import { PROMETHEUS, startPrometheus } from './prometheus.ts';

// Prometheus' own programs as Debian packs them, against our server.
const PROMTOOL = '/usr/bin/promtool';

const missing = [PROMTOOL, PROMETHEUS].find((path) => !existsSync(path));

const config = (port: number): string => `
global:
  scrape_interval: 250ms
  external_labels: { site: here }
scrape_configs:
  - job_name: narthex
    static_configs:
      - targets: ['127.0.0.1:${port}']
`;

interface Run {
  readonly status: number | null;
  readonly output: string;
}

function promtool(args: readonly string[], input?: string): Run {
  const result = spawnSync(PROMTOOL, args, { encoding: 'utf8', input, timeout: 30_000 });
  return { status: result.status, output: result.stdout + result.stderr };
}

function up(job: string): string {
  return `up{job="${job}"} == 1`;
}

describeWith(missing, "Prometheus' programs", () => {
  let server: NarthexProcess;
  let dir = '';
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'narthex-programs-'));
    server = await startNarthex({ config });
    await untilQuery(server.url, 'count_over_time(up[1m]) > 3', (result) => result.length === 1);
  });
  afterAll(async () => {
    await server?.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  it('promtool query instant', () => {
    const { status, output } = promtool(['query', 'instant', server.url, 'up']);
    expect(output).toMatch(/^up\{instance="127\.0\.0\.1:\d+", job="narthex"\} => 1 @\[[\d.]+\]\n$/);
    expect(status).toBe(0);
  });

  it('promtool query range', () => {
    const now = Math.floor(Date.now() / 1000);
    const range = [`--start=${now - 30}`, `--end=${now}`, '--step=1s'];
    const { status, output } = promtool(['query', 'range', ...range, server.url, 'vector(7)']);
    expect(status).toBe(0);
    expect(output.match(/^7 @\[\d+\]$/gm)).toHaveLength(31);
  });

  it('promtool query series and labels', () => {
    expect(promtool(['query', 'series', '--match=up', server.url])).toEqual({
      status: 0,
      output: `{__name__="up", instance="127.0.0.1:${server.port}", job="narthex"}\n`,
    });
    expect(promtool(['query', 'labels', server.url, 'job'])).toEqual({
      status: 0,
      output: 'narthex\n',
    });
  });

  it('promtool query of nonsense says where it is wrong', () => {
    const { status, output } = promtool(['query', 'instant', server.url, 'up{']);
    expect(status).not.toBe(0);
    expect(output).toContain('parse error');
  });

  it('promtool check metrics has nothing to say against our own', async () => {
    const page = await (await fetch(`${server.url}/metrics`)).text();
    expect(promtool(['check', 'metrics'], page)).toEqual({ status: 0, output: '' });
  });

  it('Prometheus scrapes us and federates from us', { timeout: 60_000 }, async () => {
    const target = `static_configs: [{ targets: ['127.0.0.1:${server.port}'] }]`;
    const config = `
global: { scrape_interval: 1s }
scrape_configs:
  - job_name: direct
    ${target}
  - job_name: federated
    honor_labels: true
    metrics_path: /federate
    params: { 'match[]': ['{job="narthex"}'] }
    ${target}
`;
    const prometheus = await startPrometheus({ path: join(dir, 'data'), config });
    const { url } = prometheus;
    try {
      await untilQuery(url, up('direct'), (result) => result.length === 1);
      await untilQuery(url, up('federated'), (result) => result.length === 1);
      await untilQuery(url, 'narthex_build_info{job="direct"}', (result) => result.length === 1);
      const own = await untilQuery(
        url,
        'prometheus_tsdb_head_series{job="narthex"}',
        (result) => result.length === 1,
      );
      expect(own[0]?.metric).toMatchObject({ site: 'here' });
    } finally {
      await prometheus.kill();
    }
  });
});
