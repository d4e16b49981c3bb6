import { defineConfig } from 'vitest/config';

// `unit` reads the sources (condition `source`); `system` drives the built server and starts
// threads, so it must not inherit that condition (a worker cannot load TypeScript on Node 20).
const sourceConditions = ['source', 'module', 'node', 'development|production'];

export default defineConfig({
  test: {
    projects: [
      {
        resolve: { conditions: sourceConditions },
        ssr: { resolve: { conditions: sourceConditions } },
        test: {
          name: 'unit',
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
          globalSetup: 'test/system/bundle-server.ts',
          include: ['test/system/**/*.test.ts'],
          environment: 'node',
          testTimeout: 120_000,
          hookTimeout: 300_000,
          fileParallelism: false,
        },
      },
    ],
  },
});
