import { beforeEach, describe, expect, it } from 'vitest';
import type { TargetGroup } from '#config';
import { Registry } from '#instrument';
import { labelsToObject } from '#model';
import { HttpClientError, silentLog } from '#platform';
import { FakeClock } from '../../test/fakes/clock.ts';
import { container, FakeContainers } from '../../test/fakes/containers.ts';
import { fakeHttpClient } from '../../test/fakes/scrape-config.ts';
import type { Answer } from '../../test/fakes/scrape-config.ts';
import { createApplicationDiscovery } from './application-discovery.ts';
import type { ApplicationDiscovery } from './application-discovery.ts';
import { createProbeMetrics } from './probe-metrics.ts';
import type { Vantage } from './reach.ts';

let clock: FakeClock;
let containers: FakeContainers;
let registry: Registry;
let discovery: ApplicationDiscovery;
let asked: string[];
let answers: Record<string, Answer | Error>;
let groups: Map<string, TargetGroup>;
let vantage: Vantage;
let stop: () => void;

beforeEach(() => {
  clock = new FakeClock();
  containers = new FakeContainers();
  registry = new Registry();
  asked = [];
  answers = {};
  groups = new Map();
  vantage = {
    seesContainerNetworks: true,
    publishingHost: '127.0.0.1',
    ownNetworks: undefined,
    ownAddress: '127.0.0.1:9090',
  };
  stop = () => {};
});

function start(): void {
  discovery = createApplicationDiscovery({
    registry: containers,
    clock,
    log: silentLog,
    userAgent: 'Narthex/test',
    metrics: createProbeMetrics(registry),
    vantage: () => vantage,
    ownId: () => 'self',
    client: fakeHttpClient(({ url }) => {
      asked.push(url);
      return answers[url] ?? new HttpClientError('connect', `Get "${url}": connection refused`);
    }),
  });
  stop = discovery.run((changed) => {
    for (const group of changed) {
      if (group.targets.length === 0) groups.delete(group.source);
      else groups.set(group.source, group);
    }
  });
}

function targets(): Record<string, string>[] {
  return [...groups.values()].flatMap((group) =>
    group.targets.map((own) => ({ ...labelsToObject(group.labels), ...labelsToObject(own) })),
  );
}

const addresses = (): (string | undefined)[] => targets().map(({ __address__ }) => __address__);
const page: Answer = { body: 'up 1\n' };
const html: Answer = { body: '<html>', contentType: 'text/html; charset=utf-8' };
const notFound: Answer = { status: 404, statusText: '404 Not Found', body: 'no' };

function metric(name: string, label?: string): number | undefined {
  const family = registry.gather().find((found) => found.name === name);
  return family?.metrics.find(({ labels }) => label === undefined || labels[0]?.[1] === label)
    ?.value;
}

function replica(serviceLabels?: Record<string, string>): void {
  containers.set(
    container('web', { exposedPorts: [8080], ...(serviceLabels && { serviceLabels }) }),
  );
}

describe('a container of a Swarm service', () => {
  it('is found as labels of the service say, and as they say after a change', async () => {
    answers['http://10.0.0.1:9102/stats'] = page;
    answers['http://10.0.0.1:9102/metrics'] = page;
    replica({ 'narthex.port': '9102', 'narthex.path': '/stats', 'narthex.job': 'shop' });
    start();
    await clock.advance(0);
    expect(targets()).toMatchObject([
      { __address__: '10.0.0.1:9102', __metrics_path__: '/stats', job: 'shop' },
    ]);
    replica({ 'narthex.port': '9102', 'narthex.path': '/stats', 'narthex.job': 'other' });
    await clock.advance(100);
    expect(targets()).toMatchObject([{ job: 'other' }]);
    expect(asked).toHaveLength(1);
    replica({ 'narthex.port': '9102' });
    await clock.advance(100);
    expect(targets()).toMatchObject([{ __metrics_path__: '/metrics', job: 'web' }]);
    replica({ 'narthex.scrape': 'false' });
    await clock.advance(100);
    expect(targets()).toEqual([]);
    expect(discovery.choice('web')?.because).toBe('narthex.scrape="false" of its service');
    answers['http://10.0.0.1:8080/metrics'] = page;
    replica();
    await clock.advance(100);
    expect(addresses()).toEqual(['10.0.0.1:8080']);
  });

  it('is asked anew where labels change while it is asked', async () => {
    answers['http://10.0.0.1:8080/metrics'] = page;
    answers['http://10.0.0.1:8080/stats'] = page;
    replica();
    start();
    replica({ 'narthex.path': '/stats' });
    await clock.advance(100);
    expect(targets()).toMatchObject([{ __metrics_path__: '/stats' }]);
  });
});

describe('a container that says nothing', () => {
  it('is asked at its exposed port, and is a target where that answers with metrics', async () => {
    containers.set(container('web', { exposedPorts: [8080] }));
    answers['http://10.0.0.1:8080/metrics'] = page;
    start();
    await clock.advance(0);
    expect(asked).toEqual(['http://10.0.0.1:8080/metrics']);
    expect(targets()).toMatchObject([
      {
        __address__: '10.0.0.1:8080',
        __metrics_path__: '/metrics',
        __scheme__: 'http',
        __meta_docker_container_id: 'web',
        __meta_docker_container_name: '/web',
        job: 'web',
        instance: 'web',
        container: 'web',
      },
    ]);
    expect(discovery.choice('web')).toMatchObject({ kind: 'chosen' });
    expect(metric('narthex_probe_targets')).toBe(1);
    expect(metric('narthex_probe_requests_total', 'metrics')).toBe(1);
  });

  it('is asked for the usual paths one after the other, and never twice', async () => {
    containers.set(container('web', { exposedPorts: [8080] }));
    answers['http://10.0.0.1:8080/metrics'] = html;
    answers['http://10.0.0.1:8080/actuator/prometheus'] = page;
    start();
    await clock.advance(600_000);
    expect(asked).toEqual([
      'http://10.0.0.1:8080/metrics',
      'http://10.0.0.1:8080/actuator/prometheus',
    ]);
    expect(targets()).toMatchObject([{ __metrics_path__: '/actuator/prometheus' }]);
  });

  it('whose answers are no metrics is not asked again, nor is what takes its place', async () => {
    for (const path of [
      'metrics',
      'actuator/prometheus',
      'q/metrics',
      'stats/prometheus',
      '_prometheus/metrics',
      'api/metrics',
    ]) {
      answers[`http://10.0.0.1:8080/${path}`] = notFound;
    }
    containers.set(container('web', { exposedPorts: [8080] }));
    start();
    await clock.advance(600_000);
    expect(asked).toHaveLength(6);
    expect(discovery.choice('web')).toMatchObject({
      kind: 'none',
      because: 'no port answers with metrics (8080: /metrics: 404 Not Found)',
    });
    containers.set(container('web', { id: 'next', exposedPorts: [8080] }));
    await clock.advance(600_000);
    expect(asked).toHaveLength(6);
    // Another image may have them.
    containers.set(container('web', { id: 'third', imageId: 'sha256:b', exposedPorts: [8080] }));
    await clock.advance(600_000);
    expect(asked).toHaveLength(12);
  });

  it('is asked again after 2, 5, 15 and 60 seconds while nobody answers', async () => {
    containers.set(container('web', { exposedPorts: [8080] }));
    start();
    const counts: number[] = [];
    for (const waitMs of [0, 2000, 5000, 15_000, 60_000, 3_600_000]) {
      await clock.advance(waitMs);
      counts.push(asked.length);
    }
    expect(counts).toEqual([1, 2, 3, 4, 5, 5]);
    expect(discovery.choice('web')?.because).toContain('connection refused');
    // It was started again: the same from the beginning.
    answers['http://10.0.0.1:8080/metrics'] = page;
    containers.set(container('web', { exposedPorts: [8080], startedMs: 2000 }));
    await clock.advance(100);
    expect(addresses()).toEqual(['10.0.0.1:8080']);
  });

  it.each([
    [{ exposedPorts: [5432] }, 'only ports of programs that speak no HTTP are exposed (5432)'],
    [{ exposedPorts: [] }, 'no port is exposed'],
    [{ exposedPorts: [80], labels: { 'narthex.scrape': 'no' } }, 'narthex.scrape="no"'],
  ])('%j is not asked', async (settings, because) => {
    containers.set(container('db', settings));
    start();
    await clock.advance(100_000);
    expect(asked).toEqual([]);
    expect(discovery.choice('db')).toMatchObject({ kind: 'none', because });
  });

  it('is followed to where its page has moved by a slash', async () => {
    containers.set(container('web', { exposedPorts: [8080] }));
    answers['http://10.0.0.1:8080/metrics'] = { status: 307, statusText: '307 Temporary Redirect' };
    answers['http://10.0.0.1:8080/metrics/'] = page;
    start();
    await clock.advance(0);
    expect(targets()).toMatchObject([{ __metrics_path__: '/metrics/' }]);
  });
});

describe('labels', () => {
  it('name ports, path, scheme, interval and job', async () => {
    const labels = {
      'narthex.port': '9102,9103',
      'narthex.path': '/stats?format=prometheus',
      'narthex.interval': '2s',
      'narthex.job': 'shop',
    };
    containers.set(container('web', { labels }));
    answers['http://10.0.0.1:9102/stats?format=prometheus'] = page;
    answers['http://10.0.0.1:9103/stats?format=prometheus'] = page;
    start();
    await clock.advance(0);
    expect(targets()).toMatchObject([
      {
        __address__: '10.0.0.1:9102',
        __metrics_path__: '/stats',
        __param_format: 'prometheus',
        __scrape_interval__: '2s',
        __scrape_timeout__: '2s',
        instance: 'web',
        job: 'shop',
      },
      { __address__: '10.0.0.1:9103', instance: 'web:9103', job: 'shop' },
    ]);
  });

  it('make a target of a port that does not answer, so that it is seen to be down', async () => {
    containers.set(container('web', { labels: { 'narthex.port': '9102' } }));
    start();
    await clock.advance(0);
    expect(targets()).toMatchObject([
      { __address__: '10.0.0.1:9102', __metrics_path__: '/metrics' },
    ]);
    expect(discovery.choice('web')).toMatchObject({
      kind: 'chosen',
      because: 'narthex.port="9102"',
      ports: [{ port: 9102, finding: expect.stringContaining('connection refused') as string }],
    });
  });

  it('ask the port of a database, too', async () => {
    containers.set(
      container('db', { exposedPorts: [5432], labels: { 'prometheus.io/scrape': 'true' } }),
    );
    answers['http://10.0.0.1:5432/metrics'] = page;
    start();
    await clock.advance(0);
    expect(addresses()).toEqual(['10.0.0.1:5432']);
  });
});

describe('addresses', () => {
  const settings = {
    exposedPorts: [80],
    publishedPorts: [{ ip: '0.0.0.0', hostPort: 8010, port: 80 }],
    addresses: [
      { network: 'front', ip: '10.0.0.1' },
      { network: 'back', ip: '10.1.0.1' },
    ],
  };

  it('of several networks give one target, at the first that answers', async () => {
    containers.set(container('web', settings));
    answers['http://10.1.0.1:80/metrics'] = page;
    answers['http://127.0.0.1:8010/metrics'] = page;
    start();
    await clock.advance(0);
    expect(addresses()).toEqual(['10.1.0.1:80']);
  });

  it('are the published ones where networks of containers are not reached', async () => {
    vantage = { ...vantage, seesContainerNetworks: false };
    containers.set(container('web', settings));
    answers['http://127.0.0.1:8010/metrics'] = page;
    start();
    await clock.advance(0);
    expect(addresses()).toEqual(['127.0.0.1:8010']);
    expect(asked).toHaveLength(1);
  });

  it('are those of shared networks where we run in a container', async () => {
    vantage = { ...vantage, publishingHost: 'host', ownNetworks: new Set(['back']) };
    containers.set(container('web', settings));
    answers['http://10.1.0.1:80/metrics'] = page;
    start();
    await clock.advance(0);
    expect(asked).toEqual(['http://10.1.0.1:80/metrics']);
  });

  it('that are nowhere are asked when we are connected to a network of theirs', async () => {
    vantage = { ...vantage, publishingHost: 'host', ownNetworks: new Set(['front']) };
    containers.set(container('web', { exposedPorts: [80] }));
    answers['http://10.0.0.1:80/metrics'] = page;
    start();
    await clock.advance(1000);
    expect(asked).toEqual([]);
    expect(discovery.choice('web')).toMatchObject({
      kind: 'none',
      because: expect.stringContaining('in none of its networks (bridge)') as string,
    });
    vantage = { ...vantage, ownNetworks: new Set(['front', 'bridge']) };
    containers.tell();
    await clock.advance(1000);
    expect(addresses()).toEqual(['10.0.0.1:80']);
  });

  it('are never our own', async () => {
    containers.set(
      container('other', { networkMode: 'host', exposedPorts: [9090], addresses: [] }),
    );
    containers.set(container('self', { exposedPorts: [9090] }));
    start();
    await clock.advance(600_000);
    expect(asked).toEqual([]);
    expect(discovery.choice('self')?.because).toContain('Narthex itself');
  });
});

describe('containers that come and go', () => {
  it('are targets as long as they run', async () => {
    answers['http://10.0.0.1:80/metrics'] = page;
    start();
    containers.set(container('web', { exposedPorts: [80] }));
    await clock.advance(100);
    expect(addresses()).toEqual(['10.0.0.1:80']);
    containers.set(container('web', { exposedPorts: [80], state: 'paused' }));
    await clock.advance(100);
    expect(addresses()).toEqual(['10.0.0.1:80']);
    containers.set(container('web', { exposedPorts: [80], state: 'exited' }));
    await clock.advance(100);
    expect(addresses()).toEqual([]);
    expect(metric('narthex_probe_targets')).toBe(0);
  });

  it('leave no timer behind', async () => {
    start();
    for (let i = 0; i < 50; i++) containers.set(container(`c${i}`, { exposedPorts: [80] }));
    await clock.advance(1000);
    for (let i = 0; i < 50; i++) containers.remove(`c${i}`);
    await clock.advance(100);
    expect(clock.pendingCount).toBe(0);
    expect(metric('narthex_probe_waiting_containers')).toBe(0);
    stop();
    expect(containers.listenerCount).toBe(0);
  });

  it('beyond 2000 are left out and counted', async () => {
    for (let i = 0; i < 2003; i++) containers.set(container(`c${i}`));
    start();
    await clock.advance(100);
    containers.set(container('c1', { startedMs: 5 }));
    await clock.advance(100);
    expect(metric('narthex_probe_refused_total', 'containers')).toBe(3);
  });

  it('of one image without a service are asked until three had no metrics', async () => {
    start();
    for (let i = 0; i < 5; i++) {
      const id = `job${i}`;
      answers[`http://10.0.0.1:80/metrics`] = { ...html };
      containers.set(container(id, { exposedPorts: [80], labels: { 'narthex.path': '/metrics' } }));
      await clock.advance(100);
    }
    expect(asked).toHaveLength(3);
    expect(discovery.choice('job4')?.because).toContain('3 other containers of this image');
  });
});
