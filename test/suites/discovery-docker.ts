import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { loadConfig } from '#config';
import type { TargetGroup } from '#config';
import { createDiscovery } from '#discovery';
import { labelsToObject } from '#model';
import { FakeClock } from '../fakes/clock.ts';
import { discoverySurroundings, fakeHttpClient } from '../fakes/scrape-config.ts';
import type { Answer } from '../fakes/scrape-config.ts';

type LabelObject = Readonly<Record<string, string>>;

/** Targets that a recorded engine's answers must give. */
export interface DockerCase {
  readonly id: string;
  readonly sd: string;
  /** Folder of the recorded answers. */
  readonly fixture: string;
  /** One discovery in YAML. */
  readonly config: string;
  readonly target_count: number;
  /** All or some of them, in any order. */
  readonly targets: readonly LabelObject[];
}

const HOST = 'http://127.0.0.1:9';

/** The recorded answer to a path; a query has a file of its own, named by something of Go's. */
function recorded(folder: string, url: string): Answer {
  const { pathname, searchParams } = new URL(url);
  const path = join(folder, `${pathname.replace(/^\/v[\d.]+\//, '/')}.json`);
  const asked = searchParams.has('filters')
    ? readdirSync(dirname(path))
        .map((name) => join(dirname(path), name))
        .find((name) => name.startsWith(`${path}__`))
    : path;
  if (asked === undefined || !existsSync(asked)) {
    return { status: 404, statusText: '404 Not Found', body: '{"message":"page not found"}' };
  }
  return { contentType: 'application/json', body: readFileSync(asked, 'utf8') };
}

function discoveryOf({ sd, config }: DockerCase): Parameters<typeof createDiscovery>[0] {
  const section = config.replaceAll('{{host}}', HOST).replaceAll(/^(?=.)/gm, '        ');
  const yaml = `scrape_configs:\n  - job_name: a\n    ${sd}:\n      -\n${section}`;
  const loaded = loadConfig(yaml, { fileName: 'prometheus.yml' });
  if ('errors' in loaded) throw new Error(JSON.stringify(loaded.errors));
  const [discovery] = loaded.config.scrapeConfigs[0]?.discovery ?? [];
  if (discovery === undefined) throw new Error('no discovery was read');
  return discovery;
}

/** What differs, or undefined. */
export async function runDockerCase(entry: DockerCase, area: string): Promise<string | undefined> {
  const folder = join(area, 'fixtures', entry.fixture);
  const clock = new FakeClock();
  const groups: TargetGroup[] = [];
  const discovery = createDiscovery(
    discoveryOf(entry),
    discoverySurroundings({
      clock,
      openHttpClient: () => fakeHttpClient(({ url }) => recorded(folder, url)),
    }),
  );
  const stop = discovery?.run((found) => groups.push(...found));
  for (let i = 0; i < 100 && groups.length === 0; i++) await clock.advance(0);
  stop?.();
  const targets = groups.flatMap((group) => group.targets.map((one) => labelsToObject(one)));
  if (targets.length !== entry.target_count) {
    return `got ${targets.length} targets, wanted ${entry.target_count}`;
  }
  const missing = entry.targets.find(
    (wanted) => !targets.some((target) => isDeepStrictEqual({ ...target }, withoutEmpty(wanted))),
  );
  if (missing === undefined) return undefined;
  return `no target ${JSON.stringify(missing)} among ${JSON.stringify(targets)}`;
}

function withoutEmpty(labels: LabelObject): LabelObject {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ''));
}
