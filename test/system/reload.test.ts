import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askApi, instantQuery, untilQuery } from './api.ts';
import { type NarthexProcess, startNarthex } from './narthex.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/narthex', import.meta.url));

describe('a hangup', () => {
  it('ends nothing, neither before the server is ready nor while it stops', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'narthex-hangup-'));
    const file = join(dir, 'prometheus.yml');
    writeFileSync(file, 'scrape_configs: []\n');
    const args = [`--config.file=${file}`, `--storage.tsdb.path=${dir}/data`];
    const child = spawn(
      process.execPath,
      [PROGRAM, ...args, '--web.listen-address=127.0.0.1:0', '--log.level=debug'],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let output = '';
    child.stderr.on('data', (chunk: Buffer) => {
      const before = output;
      output += chunk.toString();
      const tells = (what: string): boolean => !before.includes(what) && output.includes(what);
      if (tells('starting narthex')) child.kill('SIGHUP');
      if (tells('ready to receive')) child.kill('SIGTERM');
      if (tells('msg=stopping')) child.kill('SIGHUP');
      if (tells('part=scraping')) child.kill('SIGHUP');
    });
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
    expect(output).toContain('msg=stopped');
    expect([code, signal]).toEqual([0, null]);
    rmSync(dir, { recursive: true });
  });
});

/** Another set of jobs each time; some of their discoveries can never work. */
function changing(port: number, round: number): string {
  const jobs = Array.from({ length: 5 }, (_, i) => {
    const name = `job-${i}-${i % 2 === 0 ? round : 'same'}`;
    return `
  - job_name: ${name}
    static_configs: [{targets: ['127.0.0.1:${port}', '127.0.0.1:1'], labels: {round: '${round}'}}]
    file_sd_configs: [{files: ['/tmp/narthex-none-${round}/*.yml', './groups-${i}.yml']}]
    http_sd_configs: [{url: 'http://127.0.0.1:1/${round}'}]
    dns_sd_configs: [{names: ['localhost'], type: A, port: ${port}}]
    basic_auth: {username: u, password: 'p${round}'}`;
  });
  return `global: {scrape_interval: 100ms, evaluation_interval: ${round + 1}s}\nscrape_configs:${jobs.join('')}\n`;
}

async function gauge(server: NarthexProcess, name: string): Promise<number> {
  const page = await (await fetch(`${server.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(page)?.[1]);
}

describe('a server that is reloaded', () => {
  let server: NarthexProcess;
  beforeAll(async () => {
    server = await startNarthex({
      config: (port) => changing(port, 0),
      flags: ['--web.enable-lifecycle', '--enable-feature=promql-experimental-functions'],
    });
  });
  afterAll(async () => await server.stop());

  const reload = async (round: number): Promise<void> => {
    writeFileSync(server.configFile, changing(server.port, round));
    const answer = await fetch(`${server.url}/-/reload`, { method: 'POST' });
    expect(answer.status).toBe(200);
    await answer.text();
  };

  it('two hundred times leaves nothing open and keeps its memory', async () => {
    for (let round = 1; round <= 50; round++) await reload(round);
    const before = await gauge(server, 'nodejs_heap_size_used_bytes');
    for (let round = 51; round <= 200; round++) await reload(round);
    await expect
      .poll(async () => await gauge(server, 'process_open_fds'), { timeout: 20_000 })
      .toBeLessThan(120);
    const after = await gauge(server, 'nodejs_heap_size_used_bytes');
    expect((after - before) / 2 ** 20).toBeLessThan(150);
    const pools = await askApi(server.url, 'scrape_pools');
    expect((pools.data as { scrapePools: string[] }).scrapePools).toHaveLength(5);
    await untilQuery(
      server.url,
      'count(up{instance="127.0.0.1:' + server.port + '"} == 1)',
      (result) => Number(result[0]?.value?.[1]) >= 5,
    );
  }, 120_000);

  it('has the language that was asked for, and the step of the configuration in force', async () => {
    await reload(29);
    const [sample] = await instantQuery(
      server.url,
      'sum(sort_by_label(count_over_time(vector(1)[5m:]), "a"))',
    );
    expect(sample?.value?.[1]).toBe('10');
  });
});
