// `npm test`: installs and builds what is needed, runs all tests, closes with `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bin, prepare, root } from './prepare.mjs';

prepare();
const resultsFile = join(root, 'dist', 'test-results.json');
rmSync(resultsFile, { force: true });
const { status } = spawnSync(
  bin('vitest'),
  [
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${resultsFile}`,
    ...process.argv.slice(2),
  ],
  { cwd: root, stdio: 'inherit' },
);
if (!existsSync(resultsFile)) {
  process.stdout.write('0 passed, 1 failed\n');
  process.exit(status === 0 ? 1 : (status ?? 1));
}

const results = JSON.parse(readFileSync(resultsFile, 'utf8'));
const tests = results.testResults.flatMap((file) => file.assertionResults);
const skipped = tests.filter((test) => test.status === 'pending' || test.status === 'skipped');
for (const test of skipped) process.stdout.write(`not run: ${test.fullName}\n`);
// A file that cannot be loaded has no tests to fail.
const brokenFiles = results.testResults.filter(
  (file) =>
    file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
);
for (const file of brokenFiles) process.stdout.write(`failed: ${file.name}: ${file.message}\n`);
const failed = results.numFailedTests + brokenFiles.length;
process.stdout.write(
  `${results.numPassedTests} passed, ${failed} failed, ${skipped.length} skipped\n`,
);
process.exit(failed > 0 || results.numPassedTests === 0 ? 1 : (status ?? 1));
