// What a shared file runs: the panels of the page and all that they need, in one HTML document without data.
import { createHash } from 'node:crypto';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { build } from 'vite';
import { mantineStyles } from './page-build.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const web = join(root, 'web');
const share = join(web, 'share');

/** In a shared file nothing asks a server: what the page has for that, and what stands for it there. */
const STAND_INS = {
  'dashboards/use-panel-answers.ts': 'use-panel-answers.ts',
  'dashboards/PanelMenuButton.tsx': 'SharedPanelMenu.tsx',
  'dashboards/panels/AlertListPanel.tsx': 'LeftOutPanel.tsx',
  'dashboards/panels/DashListPanel.tsx': 'LeftOutPanel.tsx',
  'dashboards/panels/LogsPanel.tsx': 'LeftOutPanel.tsx',
  'dashboards/safe-url.ts': 'outer-url.ts',
};

/** Each shared file carries it. */
const VIEWER_BYTES_MAX = 1_300_000;

/** Emits share/viewer.html beside the page. `settings` are those of the page's own build. */
export function sharedViewer(settings) {
  return {
    name: 'shared-viewer',
    apply: 'build',
    async generateBundle() {
      const source = viewerHtml(await buildViewer(settings));
      if (source.length > VIEWER_BYTES_MAX) {
        this.error(
          `the viewer of shared files has ${source.length} bytes, ${VIEWER_BYTES_MAX} at most`,
        );
      }
      this.emitFile({ type: 'asset', fileName: 'share/viewer.html', source });
    },
  };
}

async function buildViewer({ alias, treeshake }) {
  const { output } = await build({
    root: web,
    configFile: false,
    publicDir: false,
    logLevel: 'warn',
    plugins: [standIns(), mantineStyles(), react()],
    resolve: {
      alias: [{ find: '#patterns', replacement: join(root, 'src/patterns/index.ts') }, ...alias],
    },
    build: {
      write: false,
      cssCodeSplit: false,
      assetsInlineLimit: Number.POSITIVE_INFINITY,
      chunkSizeWarningLimit: VIEWER_BYTES_MAX,
      rolldownOptions: {
        input: join(share, 'main.tsx'),
        output: { codeSplitting: false },
        treeshake,
      },
    },
  });
  return output;
}

function standIns() {
  return {
    name: 'stand-ins',
    enforce: 'pre',
    async resolveId(id, importer, options) {
      if (id === '#filters') return join(share, 'no-filters.ts');
      if (!id.startsWith('.') || importer === undefined || importer.startsWith(share)) return null;
      const found = await this.resolve(id, importer, { ...options, skipSelf: true });
      const standIn = found === null ? undefined : STAND_INS[relative(web, found.id)];
      return standIn === undefined ? null : join(share, standIn);
    },
  };
}

function viewerHtml(output) {
  const code = output.find(({ type }) => type === 'chunk').code;
  const style = output.find(({ fileName }) => fileName.endsWith('.css')).source;
  // In strings and patterns alone, where the backslash changes nothing: neither ends the script.
  const script = code
    .replaceAll('</script', String.raw`<\/script`)
    .replaceAll('<!--', String.raw`<\!--`);
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
    "style-src 'nonce-NARTHEX-NONCE-OF-POLICY'",
    'img-src data: blob:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  // The places that src/dashboards/shared-file.ts fills, in this order.
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="Narthex">
<title>NARTHEX-TITLE</title>
<style nonce="NARTHEX-NONCE-OF-STYLE">${style.replaceAll('</style', String.raw`<\/style`)}</style>
</head>
<body>
<div id="root"></div>
<noscript>The panels of this dashboard need JavaScript.</noscript>
<script type="application/gzip" id="snapshot">NARTHEX-DATA</script>
<script type="module">${script}</script>
</body>
</html>
`;
}
