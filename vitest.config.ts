import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// `system`: these look at how soon something comes, so nothing else runs beside them. All other tests of the whole
// system are `stack`: much of what they do is waiting, for engines, browsers, other programs and timers.
const alone = [
  'test/system/hostile-queries.test.ts',
  'test/system/http-stream.test.ts',
  'test/system/interference.test.ts',
  'test/system/large-answers.test.ts',
  'test/system/query-limits.test.ts',
  'test/system/query-live.test.ts',
  'test/system/scrape-dns.test.ts',
  'test/system/scrape-life.test.ts',
  'test/system/scrape-slices.test.ts',
  'test/system/scrape-transport.test.ts',
];

/** Begun first, the longest at the front, so that none of them is what all else has to wait for in the end. */
const long = [
  'test/simulation/days.test.ts',
  'test/simulation/simulation.test.ts',
  'test/fuzz/fuzz.test.ts',
  'src/tsdb/out-of-order.property.test.ts',
  'test/simulation/changes-by-hand.test.ts',
  'test/system/containers.test.ts',
  'test/system/accessibility.test.ts',
  'test/system/web.test.ts',
  'test/system/commands.test.ts',
  'test/system/web-containers.test.ts',
  'test/system/dashboards-page.test.ts',
  'test/system/interchange.test.ts',
  'test/system/bench.test.ts',
  'test/system/docker-stack.test.ts',
  'test/system/kill.test.ts',
  'test/system/disk-full.test.ts',
  'test/system/tsdb-threads.test.ts',
  'test/system/measured-containers.test.ts',
];

function rankOf({ moduleId }: TestSpecification): number {
  const index = long.findIndex((path) => moduleId.endsWith(`/${path}`));
  return index < 0 ? long.length : index;
}

/** A fresh clone knows of no earlier run, and would begin with the largest files. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // oxlint-disable-next-line unicorn/no-array-sort -- it is no array whose order changes
    const ordered = await super.sort(files);
    return ordered.toSorted((a, b) =>
      a.project.name === b.project.name ? rankOf(a) - rankOf(b) : 0,
    );
  }
}

// `unit` reads the sources (condition `source`); `system` and `stack` drive the built server and start
// threads, so they must not inherit that condition (a worker cannot load TypeScript on Node 20).
const sourceConditions = ['source', 'module', 'node', 'development|production'];

/** Vitest's own number is one less, so that on two processors one of them would rest. */
const maxWorkers = availableParallelism();

const system = {
  globalSetup: 'test/system/bundle-server.ts',
  environment: 'node',
  // They bound a hang, not the speed.
  testTimeout: 300_000,
  hookTimeout: 300_000,
  // What a browser or an engine does is waited for, however busy the machine.
  expect: { poll: { timeout: 20_000 } },
} as const;

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        resolve: { conditions: sourceConditions },
        ssr: { resolve: { conditions: sourceConditions } },
        test: {
          name: 'unit',
          maxWorkers,
          // Nothing that a file could leave behind for the next: that is what makes them unit tests.
          isolate: false,
          include: [
            'src/**/*.test.ts',
            'test/*.test.ts',
            'test/simulation/**/*.test.ts',
            'test/fuzz/**/*.test.ts',
          ],
          environment: 'node',
          // Bounds a hang, not the speed: property tests take their time on a busy machine.
          testTimeout: 60_000,
        },
      },
      {
        resolve: { conditions: sourceConditions },
        test: {
          name: 'web',
          maxWorkers,
          include: ['web/**/*.test.{ts,tsx}'],
          environment: 'happy-dom',
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'system',
          ...system,
          include: alone,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'stack',
          ...system,
          include: ['test/system/**/*.test.ts'],
          exclude: alone,
          maxWorkers: maxWorkers + 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
