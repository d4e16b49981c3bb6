import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { sharedViewer } from '../scripts/page-viewer.mjs';
import { lateChunks, lateModules, mantineStyles, pageBudget } from '../scripts/page-build.mjs';

const sourceRoot = fileURLToPath(new URL('../src', import.meta.url));
/** Where `vite web` sends what is not the page: a running Narthex, or any Prometheus. */
const server = process.env['NARTHEX_URL'] ?? 'http://127.0.0.1:9090';

// The two others: lateModules.
const alias = [{ find: /^#(?!patterns$|filters$)(.*)$/, replacement: `${sourceRoot}/$1/index.ts` }];

const treeshake = {
  // Of #model only durations are used; its regular expressions would add half the page again.
  moduleSideEffects: (id: string): boolean =>
    id.endsWith('.css') || (!id.startsWith(sourceRoot) && !/\/(?:re2js|@mantine)\//.test(id)),
};

export default defineConfig({
  // Relative, so that the page works under any path prefix that a proxy gives it.
  base: './',
  plugins: [
    lateModules(),
    mantineStyles(),
    react(),
    pageBudget(),
    sharedViewer({ alias, treeshake }),
  ],
  resolve: { alias },
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    // Nothing inlined as `data:`, which a strict Content-Security-Policy refuses.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: { codeSplitting: lateChunks },
      treeshake,
    },
  },
  server: { proxy: { '/api': server, '/-/': server } },
});
