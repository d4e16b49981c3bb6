import { defineConfig } from 'vitest/config';

// `stack`: much of what these do is waiting, for engines, browsers, other programs and timers, so two files run at a time.
const waiting = [
  'test/system/blocks.test.ts',
  'test/system/commands.test.ts',
  'test/system/containers.test.ts',
  'test/system/dashboard-live.test.ts',
  'test/system/dashboards-page.test.ts',
  'test/system/disk-full.test.ts',
  'test/system/docker-discovery.test.ts',
  'test/system/docker-stack.test.ts',
  'test/system/events.test.ts',
  'test/system/histograms.test.ts',
  'test/system/image.test.ts',
  'test/system/interchange.test.ts',
  'test/system/kubernetes.test.ts',
  'test/system/measured-containers.test.ts',
  'test/system/query-fuzz.test.ts',
  'test/system/panel-edit.test.ts',
  'test/system/tsdb-histograms.test.ts',
  'test/system/tsdb-programs.test.ts',
  'test/system/web-containers.test.ts',
  'test/system/web-dashboards.test.ts',
  'test/system/web.test.ts',
  'test/system/zero-config.test.ts',
];

// `unit` reads the sources (condition `source`); `system` and `stack` drive the built server and start
// threads, so they must not inherit that condition (a worker cannot load TypeScript on Node 20).
const sourceConditions = ['source', 'module', 'node', 'development|production'];

const system = {
  globalSetup: 'test/system/bundle-server.ts',
  environment: 'node',
  testTimeout: 120_000,
  hookTimeout: 300_000,
  // What a browser or an engine does is waited for, however busy the machine.
  expect: { poll: { timeout: 20_000 } },
} as const;

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { conditions: sourceConditions },
        ssr: { resolve: { conditions: sourceConditions } },
        test: {
          name: 'unit',
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
        test: { name: 'web', include: ['web/**/*.test.{ts,tsx}'], environment: 'happy-dom' },
      },
      {
        test: {
          name: 'system',
          ...system,
          include: ['test/system/**/*.test.ts'],
          exclude: waiting,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'stack',
          ...system,
          include: waiting,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
