// Bundles the sample services and the server into single files, so that their images need no npm.
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const examples = join(root, 'examples', 'image-gallery');

// Packages written for CommonJS call `require` when they load Node's own modules.
const banner = {
  js: "import { createRequire as nodeCreateRequire } from 'node:module'; const require = nodeCreateRequire(import.meta.url);",
};
const common = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  banner,
  logLevel: 'warning',
};

for (const service of ['image-gallery', 'iotd', 'access-log']) {
  const outdir = join(examples, service, 'dist');
  rmSync(outdir, { recursive: true, force: true });
  await build({
    ...common,
    entryPoints: [join(examples, service, 'src', 'server.ts')],
    outfile: join(outdir, 'server.mjs'),
  });
}
cpSync(join(examples, 'iotd', 'assets'), join(examples, 'iotd', 'dist', 'assets'), {
  recursive: true,
});

const image = join(root, 'dist', 'image');
rmSync(image, { recursive: true, force: true });
mkdirSync(image, { recursive: true });
await build({
  ...common,
  entryPoints: [
    join(root, 'dist/main/cli.js'),
    join(root, 'dist/main/query-worker.js'),
    join(root, 'dist/main/compact-worker.js'),
  ],
  outdir: join(image, 'dist', 'main'),
});
cpSync(join(root, 'dist', 'web'), join(image, 'dist', 'web'), { recursive: true });
cpSync(join(root, 'bin'), join(image, 'bin'), { recursive: true });
cpSync(join(root, 'package.json'), join(image, 'package.json'));
