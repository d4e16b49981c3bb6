import type { TargetGroup } from '#config';
import { describe, expect, it } from 'vitest';
import { FakeClock } from '../../test/fakes/clock.ts';
import { discoverySurroundings } from '../../test/fakes/scrape-config.ts';
import { createDiscoveryMetrics } from './discovery-metrics.ts';
import { createDiscovery } from './discovery.ts';
import { matchesPattern } from './group-files.ts';
import { Registry } from '#instrument';

class Folder {
  readonly clock = new FakeClock();
  readonly files = new Map<string, string>();
  readonly registry = new Registry();
  readonly metrics = createDiscoveryMetrics(this.registry);
  groups: TargetGroup[] = [];
  change: () => void = () => {};
  watchers = 0;
  stop: () => void;

  constructor(files: readonly string[], content: Readonly<Record<string, string>> = {}) {
    for (const [path, text] of Object.entries(content)) this.files.set(path, text);
    const discovery = createDiscovery(
      { kind: 'file', files, refreshIntervalMs: 60_000 },
      discoverySurroundings({
        clock: this.clock,
        metrics: this.metrics,
        files: {
          list: (folder) =>
            Promise.resolve(
              [...this.files.keys()]
                .filter((path) => path.startsWith(`${folder}/`))
                .map((path) => path.slice(folder.length + 1)),
            ),
          read: (path) => Promise.resolve({ text: this.files.get(path) ?? '', modifiedMs: 5000 }),
          watch: (_, on) => {
            this.watchers++;
            this.change = () => on.change();
            return () => this.watchers--;
          },
        },
      }),
    );
    this.stop = discovery?.run((groups) => this.groups.push(...groups)) ?? (() => {});
  }

  async take(durationMs = 100): Promise<string[]> {
    await this.clock.advance(durationMs);
    const groups = this.groups.splice(0);
    return groups.map(({ source, targets }) => `${source}=${targets.map((t) => t[1]).join(',')}`);
  }
}

describe('targets from files', () => {
  it('are read at once, when a file changes, and at the interval', async () => {
    const folder = new Folder(['/sd/*.json'], { '/sd/a.json': '[{"targets": ["x:1"]}]' });
    expect(await folder.take()).toEqual(['/sd/a.json:0=x:1']);
    folder.files.set('/sd/a.json', '[{"targets": ["x:2"]}]');
    expect(await folder.take()).toEqual([]);
    folder.change();
    folder.change();
    expect(await folder.take()).toEqual(['/sd/a.json:0=x:2']);
    folder.files.set('/sd/b.json', '[{"targets": ["y:1"]}]');
    expect(await folder.take(60_000)).toContain('/sd/b.json:0=y:1');
  });

  it('are gone with their group, and with their file', async () => {
    const folder = new Folder(['/sd/a.json'], {
      '/sd/a.json': '[{"targets": ["x:1"]}, {"targets": ["y:1"]}]',
    });
    await folder.take();
    folder.files.set('/sd/a.json', '[{"targets": ["x:1"]}]');
    folder.change();
    expect(await folder.take()).toEqual(['/sd/a.json:0=x:1', '/sd/a.json:1=']);
    folder.files.clear();
    folder.change();
    expect(await folder.take()).toEqual(['/sd/a.json:0=']);
  });

  it('stay where a file is bad, which is counted', async () => {
    const folder = new Folder(['/sd/a.json'], { '/sd/a.json': '[{"targets": ["x:1"]}]' });
    await folder.take();
    folder.files.set('/sd/a.json', '[{"targets": ');
    folder.change();
    expect(await folder.take()).toEqual([]);
    const errors = folder.registry
      .gather()
      .find(({ name }) => name === 'prometheus_sd_file_read_errors_total');
    expect(errors?.metrics[0]?.value).toBe(1);
  });

  it('are no longer watched once stopped', async () => {
    const folder = new Folder(['/sd/*.json', '/other/a.yml']);
    await folder.take();
    expect(folder.watchers).toBe(2);
    folder.stop();
    expect([folder.watchers, folder.clock.pendingCount]).toEqual([0, 0]);
  });
});

describe('a pattern', () => {
  it.each([
    ['*.json', 'a.json', true],
    ['*.json', 'a.yml', false],
    ['a*b*c', 'aXbYbZc', true],
    ['a*b*c', 'aXcYb', false],
    ['a?c', 'abc', true],
    ['a?c', 'ac', false],
    ['*', '', true],
    ['a', 'a', true],
    ['a', 'ab', false],
  ])('%s fits %s: %s', (pattern, name, expected) => {
    expect(matchesPattern(pattern, name)).toBe(expected);
  });
});
