import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  createContainerRegistry,
  DEFAULT_SERIES_LABELS,
  LifecycleSeries,
  PageWriter,
} from '#containers';
import { parseFamilies } from '#exposition';
import type { HttpServer } from '#http';
import { Registry } from '#instrument';
import { labelsFromObject, STALE_NAN } from '#model';
import { silentLog } from '#platform';
import { FakeClock } from './fakes/clock.ts';
import { FakeDockerEngine } from './fakes/docker-engine.ts';
import { createTestServer } from './suites/api/server.ts';
import { openTestStorage } from './suites/api/storage.ts';

// The expressions that the documentation gives for alerts, over what an engine did to containers: from its events
// to the page, from scrapes of the page to the answer of the API.
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const page = readFileSync(join(root, 'docs', 'metrics-containers.md'), 'utf8');
const alerts = [...page.matchAll(/```promql\n(.*?)\n```/gs)].map(([, text]) => text ?? '');

const SCRAPE_MS = 5000;

let server: HttpServer;
let clock: FakeClock;

function replica(service: string, number: number) {
  return {
    labels: {
      'com.docker.compose.project': 'shop',
      'com.docker.compose.service': service,
      'com.docker.compose.container-number': String(number),
    },
  };
}

beforeAll(async () => {
  clock = new FakeClock();
  const engine = new FakeDockerEngine(clock);
  const { appendable, queryable } = openTestStorage();
  const registry = createContainerRegistry({
    engine,
    clock,
    log: silentLog,
    metrics: new Registry(),
  });
  const totals = (name: string) => registry.totals(name);
  const series = new LifecycleSeries({ registry, totals, labels: DEFAULT_SERIES_LABELS });
  const writer = new PageWriter();
  let scraped = new Set<number>();
  const scrape = (): void => {
    writer.begin();
    series.write(writer);
    const appender = appendable.appender();
    const before = scraped;
    scraped = new Set();
    for (const { name, metrics } of parseFamilies(writer.finish()).families) {
      for (const { labels, value = NaN } of metrics) {
        const all = labelsFromObject({ __name__: name, ...Object.fromEntries(labels) });
        const ref = appender.seriesRef(all);
        appender.append(ref, clock.nowMs(), value);
        scraped.add(ref);
      }
    }
    for (const ref of before) {
      if (!scraped.has(ref)) appender.append(ref, clock.nowMs(), STALE_NAN);
    }
    appender.commit();
  };
  const goOn = async (durationMs: number): Promise<void> => {
    for (let passedMs = 0; passedMs < durationMs; passedMs += SCRAPE_MS) {
      await clock.advance(SCRAPE_MS);
      scrape();
    }
  };

  registry.start();
  engine.run('quiet');
  const [first, second] = [1, 2].map((i) => engine.run(`shop-web-${i}`, replica('web', i)));
  const api = engine.run('shop-api-1', replica('api', 1));
  engine.run('shop-api-2', replica('api', 2));
  const loop = engine.run('loop', { restartPolicy: 'always' });
  await goOn(60_000);
  // Made anew with another image, which is no death to be alarmed about.
  engine.stop(first ?? '');
  engine.remove(first ?? '');
  engine.run('shop-web-1', { ...replica('web', 1), image: 'web:2' });
  engine.die(second ?? '', 0);
  engine.die(api, 137, 'oom');
  engine.remove(api);
  for (let i = 0; i < 5; i++) {
    engine.die(loop, 1);
    await goOn(10_000);
    engine.startAgain(loop);
    await goOn(10_000);
  }
  const job = engine.run('job');
  await clock.advance(500);
  engine.die(job, 3);
  engine.remove(job);
  engine.die(engine.run('fine'), 0);
  await goOn(30_000);
  server = await createTestServer({ queryable: () => queryable, nowMs: () => clock.nowMs() });
  return async () => {
    await registry.stop();
    await server.close();
  };
});

async function names(expr: string): Promise<string[]> {
  const url = `/api/v1/query?query=${encodeURIComponent(expr)}&time=${clock.nowMs() / 1000}`;
  const { data } = (await server.app.inject({ url })).json<{
    data: { result: { metric: Record<string, string> }[] };
  }>();
  const own = 'container_label_com_docker_compose_service';
  return data.result.map(({ metric }) => metric['name'] ?? metric[own] ?? '').toSorted();
}

const expected: [string, string[]][] = [
  ['ended with an error', ['job', 'loop', 'shop-api-1']],
  ['does not run any more', ['shop-api-1', 'shop-web-2']],
  ['crashes again and again', ['loop']],
  ['was killed for memory', ['shop-api-1']],
  ['has too few replicas', ['api', 'web']],
];

describe('an alert of the documentation', () => {
  it('is there for each case', () => {
    expect(alerts).toHaveLength(expected.length);
  });

  it.each(expected.map(([what, found], i) => [what, found, i] as const))(
    'finds what %s',
    async (_what, found, i) => {
      expect(await names(alerts[i] ?? '')).toEqual(found);
    },
  );
});
