// `npm run check`: everything that CI runs. Format and lint first, since they answer at once. `--no-tests`: all else.
import { spawnSync } from 'node:child_process';
import { bin, build, install, root, run } from './prepare.mjs';

install();
run('checking the format', bin('oxfmt'), ['--check']);
build();
run('checking all types', bin('tsc'), ['--build']);
run('linting', bin('oxlint'), ['--type-aware']);
if (process.argv.includes('--no-tests')) process.exit(0);
const { status } = spawnSync('npm', ['test'], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
