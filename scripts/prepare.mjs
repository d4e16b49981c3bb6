// Installs and builds what is missing or stale, so that each npm command works alone in a fresh clone.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

const NODE_MINIMUM = [20, 19];

/** Runs a program in the repository; ends this process with its status where it fails. */
export function run(title, command, args, options = {}) {
  process.stderr.write(`narthex: ${title} ...\n`);
  const startMs = Date.now();
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error !== undefined) {
    process.stderr.write(`narthex: cannot run ${command}: ${result.error.message}\n`);
    process.exit(1);
  }
  if (result.status !== 0) {
    process.stderr.write(`narthex: ${title} failed\n`);
    process.exit(result.status ?? 1);
  }
  process.stderr.write(`narthex: ${title}: ${((Date.now() - startMs) / 1000).toFixed(1)} s\n`);
}

/** The path of a program that a dependency brings. */
export function bin(name) {
  return join(root, 'node_modules', '.bin', name);
}

export function install() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor < NODE_MINIMUM[1])) {
    process.stderr.write(
      `narthex: Node ${process.versions.node} is too old; 20.19 or newer is needed\n`,
    );
    process.exit(1);
  }
  const installed = modifiedMs(join(root, 'node_modules', '.package-lock.json'));
  if (installed >= modifiedMs(join(root, 'package-lock.json')) && installed > 0) return;
  // Not `npm ci`: it refuses a lock file without the native packages of every other platform.
  const quiet = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
  run('installing dependencies', 'npm', ['install', ...quiet]);
}

/** What runs: the server, its page, the sample services. Tests are compiled by those who run them. */
export function build() {
  run('compiling', bin('tsc'), ['--build', 'src/main', 'src/library', 'examples']);
  if (
    isStale(
      [
        'web',
        'src/contract',
        'src/dashboards',
        'src/filters',
        'src/model',
        'src/patterns',
        'src/promql',
      ],
      'dist/web/index.html',
    )
  ) {
    run('building the web page', bin('vite'), ['build', 'web', '--logLevel', 'warn']);
  }
  run('bundling the server and the sample services', process.execPath, ['scripts/bundle.mjs']);
}

export function prepare() {
  install();
  build();
}

function isStale(folders, output) {
  const builtMs = modifiedMs(join(root, output));
  return folders.some((folder) => newestMs(join(root, folder)) > builtMs);
}

function modifiedMs(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

function newestMs(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestMs(path) : modifiedMs(path));
  }
  return newest;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) prepare();
