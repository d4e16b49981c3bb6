import { HttpClientError, silentLog } from '#platform';
import type { HttpClient, HttpStreamRequest } from '#platform';
import type { DiscoveryConfig, TargetGroup } from '#config';
import { Registry } from '#instrument';
import { labelsToObject, labelValue } from '#model';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../../test/fakes/clock.ts';
import {
  discoverySurroundings,
  fakeHttpClient,
  plainHttpClient,
} from '../../../test/fakes/scrape-config.ts';
import { createDiscoveryMetrics } from '../discovery-metrics.ts';
import { createDiscovery } from '../discovery.ts';

const docker: DiscoveryConfig = {
  kind: 'docker',
  host: 'http://engine',
  port: 80,
  filters: {},
  hostNetworkingHost: 'localhost',
  matchFirstNetwork: true,
  refreshIntervalMs: 60_000,
  httpClient: plainHttpClient,
};

const swarm: DiscoveryConfig = {
  kind: 'dockerswarm',
  role: 'tasks',
  host: 'http://engine',
  port: 80,
  filters: {},
  refreshIntervalMs: 60_000,
  httpClient: plainHttpClient,
};

/** An engine whose lists a test changes, and whose events it tells. */
class FakeEngine {
  readonly clock: FakeClock = new FakeClock();
  readonly registry: Registry = new Registry();
  readonly answers: Record<string, unknown> = {
    '/version': { ApiVersion: '1.41' },
    '/networks': [],
  };
  readonly asked: string[] = [];
  readonly batches: TargetGroup[][] = [];
  readonly warnings: string[] = [];
  listeners: { readonly request: HttpStreamRequest; readonly end: (error?: Error) => void }[] = [];
  isDeaf = false;

  run(config: DiscoveryConfig): () => void {
    const surroundings = discoverySurroundings({
      clock: this.clock,
      log: { ...silentLog, warn: (message) => this.warnings.push(message) },
      metrics: createDiscoveryMetrics(this.registry),
      openHttpClient: () => this.#client(),
    });
    const stop = createDiscovery(config, surroundings)?.run((groups) =>
      this.batches.push([...groups]),
    );
    return stop ?? (() => {});
  }

  /** Time passes in steps, since a refresh takes many turns. */
  async pass(durationMs: number): Promise<void> {
    const stepMs = Math.max(1, durationMs / 20);
    for (let passedMs = 0; passedMs <= durationMs; passedMs += stepMs) {
      for (let i = 0; i < 5; i++) await this.clock.advance(0);
      if (passedMs + stepMs <= durationMs) await this.clock.advance(stepMs);
    }
  }

  /** How often a list was asked for. */
  timesAsked(path: string): number {
    return this.asked.filter((one) => one === path).length;
  }

  addresses(): string[] {
    const targets = this.batches.at(-1)?.flatMap((group) => group.targets) ?? [];
    return targets.map((labels) => labelValue(labels, '__address__'));
  }

  labels(): readonly Readonly<Record<string, string>>[] {
    const targets = this.batches.at(-1)?.flatMap((group) => group.targets) ?? [];
    return targets.map((labels) => labelsToObject(labels));
  }

  tell(): void {
    const event = '{"Type":"container","Action":"start","Actor":{"ID":"a"},"time":1}\n';
    for (const { request } of this.listeners) request.onBytes(new TextEncoder().encode(event));
  }

  #client(): HttpClient {
    const client = fakeHttpClient(({ url }) => {
      const path = new URL(url).pathname.replace(/^\/v[\d.]+/, '');
      this.asked.push(path);
      const body = this.answers[path];
      if (body instanceof Error) return body;
      if (body === undefined) return { status: 404, statusText: '404 Not Found' };
      return { body: JSON.stringify(body) };
    });
    const stream: HttpClient['stream'] = (request) =>
      new Promise((resolve, reject) => {
        this.asked.push('/events');
        const end = (error?: Error): void => {
          this.listeners = this.listeners.filter((one) => one.request !== request);
          const body = new Uint8Array(0);
          if (error === undefined) resolve({ status: 200, statusText: '', contentType: '', body });
          else reject(error);
        };
        if (this.isDeaf) {
          end(new HttpClientError('connect', 'refused'));
          return;
        }
        this.listeners.push({ request, end });
        request.signal.addEventListener('abort', () => end(new HttpClientError('canceled', '')));
        request.onOpen?.();
      });
    return { fetch: (request) => client.fetch(request), stream, close: () => {} };
  }
}

function container(id: string, more: object = {}): object {
  return {
    Id: id,
    Names: [`/${id}`],
    Labels: { 'a.b': 'x' },
    HostConfig: { NetworkMode: 'bridge' },
    NetworkSettings: { Networks: { bridge: { NetworkID: 'n', IPAddress: `10.0.0.${id}` } } },
    Ports: [{ PrivatePort: 80, Type: 'tcp' }],
    ...more,
  };
}

const LIST = '/containers/json';

describe('the containers of an engine', () => {
  it('are asked for at once, at the interval, and soon after events that come together', async () => {
    const engine = new FakeEngine();
    engine.answers[LIST] = [container('1')];
    const stop = engine.run(docker);
    await engine.clock.advance(5000);
    expect(engine.addresses()).toEqual(['10.0.0.1:80']);
    expect(engine.timesAsked(LIST)).toBe(1);
    engine.answers[LIST] = [container('1'), container('2')];
    for (let i = 0; i < 10; i++) engine.tell();
    await engine.clock.advance(1000);
    expect(engine.addresses()).toEqual(['10.0.0.1:80', '10.0.0.2:80']);
    expect(engine.timesAsked(LIST)).toBe(2);
    await engine.clock.advance(60_000);
    expect(engine.timesAsked(LIST)).toBe(3);
    stop();
    expect(engine.listeners).toEqual([]);
    expect(engine.clock.pendingCount).toBe(0);
  });

  it('are asked for once a second at most, whatever happens', async () => {
    const engine = new FakeEngine();
    engine.answers[LIST] = [];
    const stop = engine.run(docker);
    for (let i = 0; i < 100; i++) {
      await engine.clock.advance(100);
      engine.tell();
    }
    expect(engine.timesAsked(LIST)).toBeLessThanOrEqual(11);
    expect(engine.timesAsked(LIST)).toBeGreaterThanOrEqual(9);
    stop();
  });

  it('that cannot be listed stay as they were, and the failure is counted', async () => {
    const engine = new FakeEngine();
    engine.answers[LIST] = [container('1')];
    const stop = engine.run(docker);
    await engine.clock.advance(0);
    engine.answers[LIST] = new HttpClientError('connect', 'refused');
    await engine.clock.advance(60_000);
    expect(engine.batches).toHaveLength(1);
    const failures = engine.registry
      .gather()
      .find(({ name }) => name === 'prometheus_sd_refresh_failures_total');
    expect(failures?.metrics).toEqual([{ labels: [['mechanism', 'docker']], value: 1 }]);
    stop();
  });

  it('are refreshed at the interval where events cannot be heard, and asked again when they can', async () => {
    const engine = new FakeEngine();
    engine.answers[LIST] = [container('1')];
    engine.isDeaf = true;
    const stop = engine.run(docker);
    await engine.clock.advance(59_000);
    expect(engine.timesAsked(LIST)).toBe(1);
    // After 0.8 to 1.6 seconds, then after twice that, and so on.
    expect(engine.timesAsked('/events')).toBeGreaterThanOrEqual(6);
    expect(engine.timesAsked('/events')).toBeLessThanOrEqual(7);
    expect(engine.warnings).toHaveLength(1);
    await engine.clock.advance(2000);
    expect(engine.timesAsked(LIST)).toBe(2);
    engine.isDeaf = false;
    await engine.pass(61_000);
    expect(engine.listeners).toHaveLength(1);
    const before = engine.timesAsked(LIST);
    engine.listeners[0]?.end();
    // It listens again after 0.8 to 1.6 seconds, asks at once, and once more two seconds later.
    await engine.clock.advance(2000);
    expect(engine.listeners).toHaveLength(1);
    expect(engine.timesAsked(LIST)).toBe(before + 1);
    await engine.clock.advance(2000);
    expect(engine.timesAsked(LIST)).toBe(before + 2);
    stop();
  });

  it('of an address that is none are a failure, not an end', () => {
    const engine = new FakeEngine();
    engine.run({ ...docker, host: 'ssh://host' })();
    expect(engine.asked).toEqual([]);
  });

  it('share the network of others, without end', async () => {
    const engine = new FakeEngine();
    const sharing = (id: string, other: string): object =>
      container(id, {
        HostConfig: { NetworkMode: `container:${other}` },
        NetworkSettings: { Networks: {} },
      });
    engine.answers[LIST] = [
      container('1'),
      sharing('2', '1'),
      sharing('3', '4'),
      sharing('4', '3'),
    ];
    const stop = engine.run(docker);
    await engine.clock.advance(0);
    expect(engine.addresses()).toEqual(['10.0.0.1:80', '10.0.0.1:80']);
    stop();
  });

  it('have labels of the port that is published, and what the engine writes as null does not matter', async () => {
    const engine = new FakeEngine();
    engine.answers['/networks'] = [{ Id: 'n', Name: 'net', Labels: null }];
    engine.answers[LIST] = [
      container('1', {
        Labels: null,
        Ports: [{ PrivatePort: 80, PublicPort: 8080, IP: '::', Type: 'tcp' }],
      }),
      container('2', { Names: null }),
      container('3', { Ports: null, NetworkSettings: { Networks: { a: null, b: {} } } }),
    ];
    const stop = engine.run(docker);
    await engine.clock.advance(0);
    expect(engine.labels()[0]).toMatchObject({
      __meta_docker_port_private: '80',
      __meta_docker_port_public: '8080',
      __meta_docker_port_public_ip: '::',
      __meta_docker_network_name: 'net',
    });
    expect(engine.addresses()).toEqual(['10.0.0.1:80', ':80']);
    stop();
  });
});

const task = (id: string): object => ({
  ID: id,
  ServiceID: 's',
  NodeID: 'n',
  Spec: { ContainerSpec: { Labels: { own: 'spec' } } },
  Status: { State: 'running', ContainerStatus: { ContainerID: `c${id}` } },
  NetworksAttachments: [{ Network: { ID: 'net' }, Addresses: ['10.0.0.3/24'] }],
});

function open(): FakeEngine {
  const engine = new FakeEngine();
  engine.answers['/tasks'] = [task('a')];
  engine.answers['/services'] = [{ ID: 's', Spec: { Name: 'web', Mode: { Replicated: {} } } }];
  engine.answers['/nodes'] = [{ ID: 'n', Status: { Addr: '10.1.0.1' } }];
  return engine;
}

describe('the tasks of a swarm', () => {
  it('have the labels of their containers, which are inspected once', async () => {
    const engine = open();
    engine.answers['/containers/ca/json'] = { Config: { Labels: { own: 'image', of: 'image' } } };
    const stop = engine.run(swarm);
    await engine.pass(130_000);
    expect(engine.labels()).toMatchObject([
      {
        __address__: '10.0.0.3:80',
        __meta_dockerswarm_container_label_own: 'spec',
        __meta_dockerswarm_container_label_of: 'image',
        __meta_dockerswarm_service_mode: 'replicated',
        __meta_dockerswarm_node_address: '10.1.0.1',
      },
    ]);
    expect(engine.timesAsked('/tasks')).toBe(3);
    expect(engine.timesAsked('/containers/ca/json')).toBe(1);
    stop();
  });

  it('of other nodes are not asked for again and again', async () => {
    const engine = open();
    const stop = engine.run(swarm);
    await engine.pass(600_000);
    expect(engine.timesAsked('/tasks')).toBe(11);
    expect(engine.timesAsked('/containers/ca/json')).toBe(3);
    stop();
  });

  it('are asked for at once after an event, and once more when the swarm has settled', async () => {
    const engine = open();
    const stop = engine.run(swarm);
    await engine.clock.advance(2000);
    engine.tell();
    await engine.clock.advance(1000);
    expect(engine.timesAsked('/tasks')).toBe(2);
    await engine.clock.advance(5000);
    expect(engine.timesAsked('/tasks')).toBe(3);
    stop();
  });

  it('with an address that cannot be read are a failure that says so', async () => {
    const engine = open();
    const odd = { ...task('a'), NetworksAttachments: [{ Addresses: ['what'] }] };
    engine.answers['/tasks'] = [odd];
    const stop = engine.run(swarm);
    await engine.clock.advance(0);
    expect(engine.batches).toEqual([]);
    stop();
  });
});
