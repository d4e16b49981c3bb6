import { beforeEach, describe, expect, it } from 'vitest';
import type { DoctorStep, ScrapeDoctorData } from '#contract';
import type { ScrapeConfig } from '#config';
import { createRelabelRule } from '#model';
import { HttpClientError } from '#platform';
import { FakeClock } from '../../test/fakes/clock.ts';
import { container, FakeContainers } from '../../test/fakes/containers.ts';
import { fakeHttpClient, scrapeConfig } from '../../test/fakes/scrape-config.ts';
import type { Answer } from '../../test/fakes/scrape-config.ts';
import type { Choice } from './choice.ts';
import { DoctorBusyError, ScrapeDoctor } from './doctor.ts';
import type { Listening } from './listening.ts';
import { readListening } from './listening.ts';
import type { DiscardedTarget, ScrapedTarget } from './scraped-target.ts';

let containers: FakeContainers;
let active: ScrapedTarget[];
let dropped: DiscardedTarget[];
let config: ScrapeConfig;
let choice: Choice | undefined;
let answer: Answer | Error;
let refusal: Error | undefined;
let listening: readonly Listening[] | undefined;
let connected: string[];
let clock: FakeClock;
let doctor: ScrapeDoctor;
let isHeld: Promise<void>;

beforeEach(() => {
  clock = new FakeClock();
  containers = new FakeContainers();
  containers.set(container('web', { exposedPorts: [8080], pid: 7 }));
  active = [target()];
  dropped = [];
  config = scrapeConfig({ jobName: 'apps' });
  choice = {
    kind: 'chosen',
    because: 'narthex.port="8080"',
    ports: [{ port: 8080, finding: 'metrics at 10.0.0.1:8080/metrics' }],
    problems: [],
  };
  answer = { body: 'a 1\nb 2\n' };
  refusal = undefined;
  listening = undefined;
  connected = [];
  isHeld = Promise.resolve();
  doctor = new ScrapeDoctor({
    registry: containers,
    targets: {
      active: () => active,
      dropped: () => dropped,
      config: (pool) => (pool === 'apps' ? config : undefined),
    },
    choice: () => choice,
    openHttpClient: () => fakeHttpClient(() => answer),
    connect: async ({ host, port }) => {
      connected.push(`${host}:${port}`);
      await isHeld;
      if (refusal !== undefined) throw refusal;
    },
    listening: () => Promise.resolve(listening),
    userAgent: 'Narthex/test',
    clock,
  });
});

function target(settings: Partial<ScrapedTarget> = {}): ScrapedTarget {
  return {
    scrapePool: 'apps',
    discoveredLabels: { __address__: '10.0.0.1:8080', __meta_docker_container_id: 'web' },
    labels: { job: 'web', instance: 'web' },
    scrapeUrl: 'http://10.0.0.1:8080/metrics',
    health: 'up',
    lastError: '',
    lastScrapeMs: 1_700_000_000_000 - 2000,
    scrapeInterval: '5s',
    lastPage: { scraped: 2, afterRelabelling: 2, duplicates: 0, outOfOrder: 0, outOfBounds: 0 },
    ...settings,
  };
}

/** Lets connections wait until the answer is called. */
function hold(): () => void {
  const gate = new AbortController();
  isHeld = new Promise((resolve) => gate.signal.addEventListener('abort', () => resolve()));
  return () => gate.abort();
}

async function examine(): Promise<ScrapeDoctorData> {
  const report = await doctor.examine('web');
  if (report === undefined) throw new Error('there is no report');
  return report;
}

/** `ok ok failed skipped ...` and the finding of the step that failed. */
function outline({ steps }: ScrapeDoctorData): string {
  return steps.map(({ status }) => status).join(' ');
}

function stepOf(report: ScrapeDoctorData, name: DoctorStep['step']): DoctorStep | undefined {
  return report.steps.find(({ step }) => step === name);
}

describe('the scrape doctor', () => {
  it('says that all is well', async () => {
    const report = await examine();
    expect(outline(report)).toBe('ok ok ok ok ok ok ok');
    expect(report.advice).toBe('All is well: 2 samples every 5s.');
    expect(report.steps.map(({ finding }) => finding)).toEqual([
      '1 target of "apps"',
      'narthex.port="8080"',
      'the job has no relabel_configs',
      'connected to 10.0.0.1:8080 in 0 ms',
      '200 OK, text/plain; version=0.0.4, 8 bytes in 0 ms',
      '2 samples, text format',
      '2 of 2 samples, 2 s ago',
    ]);
    expect(connected).toEqual(['10.0.0.1:8080']);
  });

  it('knows nothing of a container that is not there', async () => {
    expect(await doctor.examine('nobody')).toBeUndefined();
  });

  it('says of one that does not run that it does not run', async () => {
    containers.set(container('web', { state: 'exited' }));
    active = [];
    const report = await examine();
    expect(outline(report)).toBe('failed skipped skipped skipped skipped skipped skipped');
    expect(report.advice).toContain('start it');
    expect(connected).toEqual([]);
  });

  it('says of one that is paused that nothing in it answers', async () => {
    containers.set(container('web', { state: 'paused' }));
    const report = await examine();
    expect(outline(report)).toBe('failed skipped skipped skipped skipped skipped skipped');
    expect(report.advice).toContain('docker unpause');
    expect(connected).toEqual([]);
  });

  it("says that no job of a user's configuration finds it", async () => {
    choice = undefined;
    active = [
      target({ discoveredLabels: { __address__: 'other:80' }, scrapeUrl: 'http://other/m' }),
    ];
    const report = await examine();
    expect(outline(report)).toMatch(/^failed/);
    expect(report.advice).toContain('10.0.0.1:8080 in static_configs');
  });

  it.each([
    ['no port is exposed', 'narthex.port'],
    ['narthex.scrape="false"', 'not to be scraped (narthex.scrape="false")'],
    ['no port answers with metrics (80: 404)', 'narthex.path'],
    ['it is Narthex itself, which has a job of its own', 'under the job narthex'],
    ['there are too many targets', 'narthex.scrape=false'],
  ])('says why it was not chosen: %s', async (because, advice) => {
    active = [];
    choice = { kind: 'none', because, ports: [], problems: [] };
    const report = await examine();
    expect(outline(report)).toMatch(/^ok failed skipped/);
    expect(stepOf(report, 'chosen')?.finding).toBe(because);
    expect(report.advice).toContain(advice);
  });

  it('warns of a label that cannot be read', async () => {
    choice = { kind: 'chosen', because: 'x', ports: [], problems: ['cannot read narthex.path'] };
    const report = await examine();
    expect(outline(report)).toBe('ok warning ok ok ok ok ok');
    expect(report.advice).toContain('cannot read narthex.path');
  });

  it('shows the rule that dropped it', async () => {
    choice = undefined;
    active = [];
    dropped = [
      {
        scrapePool: 'apps',
        discoveredLabels: { __meta_docker_container_id: 'web', __address__: '10.0.0.1:80', a: 'x' },
      },
    ];
    config = scrapeConfig({
      relabelRules: [
        createRelabelRule({ sourceLabels: ['a'], targetLabel: 'b' }),
        createRelabelRule({ sourceLabels: ['b'], regex: 'y', action: 'keep' }),
      ],
    });
    const report = await examine();
    expect(outline(report)).toBe('ok ok failed skipped skipped skipped skipped');
    expect(stepOf(report, 'relabelled')).toMatchObject({
      finding: 'rule 2 of job "apps" dropped it: keep [b] by "y"',
      details: [{}, { text: expect.stringContaining('b="x"') as string }, { text: 'dropped it' }],
    });
    expect(report.advice).toBe('Rule 2 wants what matches "y"; this container has b="x".');
  });

  it.each([
    [
      'refused',
      [{ port: 8080, isLoopback: true }],
      'listens on 127.0.0.1:8080 inside its container, where nobody else gets: let it listen on 0.0.0.0.',
    ],
    ['refused', [{ port: 3000, isLoopback: false }], 'but on 3000: is narthex.port right?'],
    ['refused', [], 'is the application up'],
    ['refused', undefined, 'is it the right narthex.port'],
    ['timed out after 3 s', undefined, 'network of the container'],
    ['refused', [{ port: 8080, isLoopback: false }], 'network of the container'],
    ['no such host', undefined, 'not known here'],
  ])('that cannot connect (%s, %j) says: %s', async (reason, sockets, advice) => {
    refusal = new Error(reason);
    listening = sockets;
    const report = await examine();
    expect(outline(report)).toBe('ok ok ok failed skipped skipped skipped');
    expect(report.advice).toContain(advice);
  });

  it.each([
    [{ status: 404, statusText: '404 Not Found' }, 'nothing at /metrics'],
    [{ status: 401, statusText: '401 Unauthorized' }, 'credentials'],
    [{ status: 307, statusText: '307 Temporary Redirect' }, 'sends elsewhere'],
    [{ status: 500, statusText: '500 Internal Server Error' }, 'status 500'],
    [{ status: 400, statusText: '400 Bad Request' }, 'set narthex.scheme'],
    [new HttpClientError('body', 'unexpected EOF'), 'is it HTTP'],
    [new HttpClientError('timeout', 'context deadline exceeded'), 'raise scrape_timeout'],
    [new HttpClientError('connect', 'tls: failed to verify certificate: x509: expired'), 'ca_file'],
    [
      new HttpClientError('connect', 'http: server gave HTTP response to HTTPS client'),
      'plain HTTP',
    ],
    [new HttpClientError('connect', 'remote error: tls: certificate required'), 'cert_file'],
  ])('of the answer %j says: %s', async (given, advice) => {
    answer = given;
    const report = await examine();
    expect(outline(report)).toBe('ok ok ok ok failed skipped skipped');
    expect(report.advice).toContain(advice);
  });

  it.each([
    [{ body: 'a 1\nb{x="1} 2\n' }, 'line 2, column', 'Line 2 of the page is not valid'],
    [{ body: '<html>', contentType: 'text/html' }, 'unsupported Content-Type', 'is a web page'],
    [{ body: 'a 1\n', contentType: '' }, 'blank Content-Type', 'fallback_scrape_protocol'],
  ])('of the page %j says: %s', async (given, finding, advice) => {
    answer = given;
    const report = await examine();
    expect(outline(report)).toBe('ok ok ok ok ok failed skipped');
    expect(stepOf(report, 'parsed')?.finding).toContain(finding);
    expect(report.advice).toContain(advice);
  });

  it('gives the advice of the step that failed first, whatever the last scrape said', async () => {
    answer = { body: 'a 1\n', contentType: '' };
    active = [target({ health: 'down', lastError: 'blank Content-Type' })];
    expect((await examine()).advice).toContain('fallback_scrape_protocol');
  });

  it('shows the line that does not parse', async () => {
    answer = { body: 'a 1\nb{x="1} 2\n' };
    const step = stepOf(await examine(), 'parsed');
    expect(step?.details).toEqual([{ title: 'line 2', text: 'b{x="1} 2' }]);
  });

  const page = target().lastPage;
  it.each([
    [{ lastScrapeMs: 0 }, 'warning', 'not scraped yet'],
    [{ lastError: 'sample limit exceeded', health: 'down' }, 'failed', 'raise it'],
    [{ lastPage: { ...page, afterRelabelling: 0 } }, 'failed', 'leaves nothing of the page'],
    [{ lastPage: { ...page, duplicates: 1 } }, 'warning', 'names series twice'],
  ] as const)('of the last scrape %j says: %s, %s', async (settings, status, advice) => {
    active = [target(settings)];
    const report = await examine();
    expect(stepOf(report, 'kept')?.status).toBe(status);
    expect(report.advice).toContain(advice);
  });

  it('examines the target that fails, of several', async () => {
    active = [target(), target({ scrapeUrl: 'http://10.0.0.1:81/metrics', health: 'down' })];
    await examine();
    expect(connected).toEqual(['10.0.0.1:81']);
  });

  it.each([
    ['by the address of the container', 'http://10.0.0.1:9/x', true],
    ['by the port that is published for it', 'http://127.0.0.1:8010/x', true],
    ['by its name on a network', 'http://web:9/x', true],
    ['not by the port of another', 'http://127.0.0.1:8011/x', false],
    ['not by the address of another', 'http://10.0.0.2:8080/x', false],
  ])('finds targets of static jobs %s', async (_, scrapeUrl, isFound) => {
    containers.set(
      container('web', { publishedPorts: [{ ip: '0.0.0.0', hostPort: 8010, port: 80 }] }),
    );
    choice = undefined;
    active = [target({ scrapeUrl, discoveredLabels: { __address__: new URL(scrapeUrl).host } })];
    expect(stepOf(await examine(), 'discovered')?.status).toBe(isFound ? 'ok' : 'failed');
  });

  it('asks a container once, however many people ask it', async () => {
    const release = hold();
    const reports = [examine(), examine(), examine()];
    release();
    const [first, second] = await Promise.all(reports);
    expect(second).toBe(first);
    clock.set(clock.nowMs() + 1000);
    expect(await examine()).toBe(first);
    expect(connected).toHaveLength(1);
    clock.set(clock.nowMs() + 5000);
    await examine();
    expect(connected).toHaveLength(2);
  });

  it('examines four containers at a time and refuses more', async () => {
    const release = hold();
    const under = [];
    for (let i = 0; i < 4; i++) {
      containers.set(container(`c${i}`));
      active.push(target({ discoveredLabels: { __meta_docker_container_id: `c${i}` } }));
      under.push(doctor.examine(`c${i}`));
    }
    await expect(doctor.examine('web')).rejects.toThrow(DoctorBusyError);
    release();
    await Promise.all(under);
    expect(outline(await examine())).toBe('ok ok ok ok ok ok ok');
  });
});

describe('where programs listen', () => {
  it('is read from the files of sockets', () => {
    const head = '  sl  local_address rem_address   st tx_queue rx_queue\n';
    const tcp = `${head}   0: 0100007F:1F90 00000000:0000 0A 0 0\n   1: 00000000:0BB8 00000000:0000 0A 0 0\n   2: 00000000:0051 0100007F:0001 01 0\n`;
    const tcp6 = `${head}   0: 00000000000000000000000001000000:1F91 0:0000 0A\n   1: 00000000000000000000000000000000:1F90 0:0000 0A\n`;
    expect(readListening([tcp, tcp6])).toEqual([
      { port: 3000, isLoopback: false },
      { port: 8080, isLoopback: false },
      { port: 8081, isLoopback: true },
    ]);
    expect(readListening([tcp])).toContainEqual({ port: 8080, isLoopback: true });
  });
});
