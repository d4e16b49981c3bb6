// `npm run check`: everything that CI runs. Format and lint first, since they answer at once.
import { spawnSync } from 'node:child_process';
import { bin, build, install, root, run } from './prepare.mjs';

install();
run('checking the format', bin('oxfmt'), ['--check']);
build();
run('checking all types', bin('tsc'), ['--build']);
run('linting', bin('oxlint'), ['--type-aware']);
const { status } = spawnSync('npm', ['test'], { cwd: root, stdio: 'inherit' });
process.exit(status ?? 1);
