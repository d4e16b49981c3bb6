// Bundles the server, each of its threads by itself, what other programs import, and the sample services:
// they start faster, need less memory than hundreds of modules do, and their images need no npm.
import {
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const examples = join(root, 'examples', 'image-gallery');
const server = join(root, 'dist', 'server');
const ENTRY = 'cli.js';
/** A server that has just been started may still ask for a piece of the bundle before this one. */
const LEFT_MS = 60_000;

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

function source(name) {
  return join(root, 'src', 'main', `${name}.ts`);
}

// Loaded by Fastify for what is not used: JSON schemas (src/http/server.ts) and requests without a socket.
const unused = {
  name: 'unused',
  setup(bundle) {
    const filter =
      /^(?:@fastify\/ajv-compiler|@fastify\/fast-json-stringify-compiler|light-my-request)$/;
    bundle.onResolve({ filter }, ({ path }) => ({ path, namespace: 'unused' }));
    bundle.onLoad({ filter: /./, namespace: 'unused' }, ({ path }) => ({
      contents: `throw new Error('BUG: ${path} is not in the bundle');`,
    }));
  },
};

// Names stay, so that stack traces and profiles can be read.
const ofServer = {
  ...common,
  conditions: ['source'],
  plugins: [unused],
  minifyWhitespace: true,
  minifySyntax: true,
  absWorkingDir: root,
  outdir: server,
};
const serverBundles = [
  // In pieces, so that a command loads only what it needs. Our image begins with a file of its own.
  { ...ofServer, entryPoints: [source('cli'), source('image')], splitting: true },
  // What a thread shares with others would only cost it memory.
  { ...ofServer, entryPoints: [source('query-worker'), source('compact-worker')] },
];

/** Writes dist/npm, the code behind the package's `exports`; the compiler writes its types. */
export async function bundleLibrary() {
  await build({
    ...common,
    banner: {},
    platform: 'neutral',
    mainFields: ['module', 'main'],
    conditions: ['source'],
    absWorkingDir: root,
    entryPoints: [join(root, 'src', 'library', 'promql.ts')],
    outdir: join(root, 'dist', 'npm'),
    minifyWhitespace: true,
    minifySyntax: true,
  });
}

/** Writes dist/server. A server that is being started meanwhile finds the old files or the new ones. */
export async function bundleServer() {
  const results = await Promise.all(
    serverBundles.map((options) => build({ ...options, write: false, metafile: true })),
  );
  mkdirSync(server, { recursive: true });
  const files = new Map(
    results.flatMap(({ outputFiles }) =>
      outputFiles.map(({ path, contents }) => [basename(path), contents]),
    ),
  );
  files.set('licenses.txt', licensesOf(results));
  for (const [name, contents] of files) {
    if (name !== ENTRY) writeWhole(join(server, name), contents);
  }
  // Last, since it names the others.
  writeWhole(join(server, ENTRY), files.get(ENTRY));
  removeOld(files);
}

/** Bundles anew whenever a source changes, until the answer is disposed of. */
export async function watchServer() {
  const contexts = await Promise.all(serverBundles.map((options) => context(options)));
  await Promise.all(contexts.map((one) => one.watch()));
  return { dispose: () => Promise.all(contexts.map((one) => one.dispose())) };
}

function removeOld(files) {
  for (const name of readdirSync(server)) {
    const path = join(server, name);
    if (files.has(name) || Date.now() - statSync(path).mtimeMs < LEFT_MS) continue;
    rmSync(path, { force: true });
  }
}

function writeWhole(path, contents) {
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}

/** The licences of the packages that the bundles contain, which ask to be named where their code is. */
function licensesOf(results) {
  const packages = new Set();
  for (const { metafile } of results) {
    for (const input of Object.keys(metafile.inputs)) {
      const match = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input);
      if (match !== null) packages.add(match[0]);
    }
  }
  return [...packages]
    .toSorted((a, b) => (a < b ? -1 : 1))
    .map(licenseOf)
    .join('\n');
}

function licenseOf(path) {
  const dir = join(root, path);
  const { name, version, license } = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
  const file = readdirSync(dir).find((entry) => /^licen[cs]e/i.test(entry));
  const text = file === undefined ? '' : readFileSync(join(dir, file), 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

async function bundleServices() {
  for (const service of ['image-gallery', 'iotd', 'access-log']) {
    const outdir = join(examples, service, 'dist');
    rmSync(outdir, { recursive: true, force: true });
    await build({
      ...common,
      entryPoints: [join(examples, service, 'src', 'server.ts')],
      outfile: join(outdir, 'server.mjs'),
    });
  }
  const assets = join(examples, 'iotd', 'assets');
  cpSync(assets, join(examples, 'iotd', 'dist', 'assets'), { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await bundleServer();
  await bundleLibrary();
  if (process.argv[2] !== 'server') await bundleServices();
}
