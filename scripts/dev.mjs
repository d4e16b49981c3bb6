// `npm run dev`: recompiles on change, serves the page with hot reload against a running Narthex.
import { spawn } from 'node:child_process';
import { watchServer } from './bundle.mjs';
import { bin, prepare, root } from './prepare.mjs';

prepare();
await watchServer();
const options = { cwd: root, stdio: 'inherit' };
const children = [
  spawn(bin('tsc'), ['--build', '--watch', '--preserveWatchOutput'], options),
  spawn(bin('vite'), ['dev', 'web'], options),
  spawn(
    process.execPath,
    [
      '--watch-path=dist/server',
      'bin/narthex',
      '--storage.tsdb.path=.narthex/dev',
      '--web.listen-address=127.0.0.1:9090',
      ...process.argv.slice(2),
    ],
    options,
  ),
];
const stop = () => {
  children.forEach((child) => child.kill('SIGTERM'));
  process.exit(0);
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
