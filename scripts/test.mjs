// `npm test`: installs and builds what is needed, runs all tests, closes with `N passed, N failed`.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { bin, prepare, root } from './prepare.mjs';

/** More files than these that fail are no hiccup of the machine. */
const SECOND_TRIES_MAX = 3;
const SYSTEM_TESTS = join(root, 'test', 'system') + sep;

/** Answers what vitest found, or nothing where it found nothing, and its status. */
function runTests(name, args) {
  const file = join(root, 'dist', name);
  rmSync(file, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const { status } = spawnSync(bin('vitest'), ['run', ...reporters, ...args], {
    cwd: root,
    stdio: 'inherit',
    // What is tested is what `prepare` has built.
    env: { ...process.env, NARTHEX_IS_BUILT: '1' },
  });
  const files = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).testResults : undefined;
  return { files, status: status ?? 1 };
}

const hasFailed = ({ status }) => status === 'failed';

/** A file that cannot be loaded, or whose preparation fails, has no tests that failed. */
function failuresOf({ name, message, assertionResults }) {
  const tests = assertionResults.filter(hasFailed);
  if (tests.length === 0) return [`${relative(root, name)}: ${message}`];
  return tests.map(({ fullName, failureMessages }) => `${fullName}: ${failureMessages[0]}`);
}

/**
 * System tests that failed, once more, file by file, since the tests of a file may build on each other: engines,
 * browsers and other programs fail now and then for reasons of their own. Each is named, to be looked into.
 */
function withSecondTries({ files, status }) {
  const failed = files.filter(hasFailed);
  const isHiccup =
    failed.length <= SECOND_TRIES_MAX && failed.every(({ name }) => name.startsWith(SYSTEM_TESTS));
  if (failed.length === 0 || !isHiccup) return { files, status, secondTries: [] };
  const again = runTests(
    'test-results-again.json',
    failed.map(({ name }) => relative(root, name)),
  );
  const byName = new Map((again.files ?? []).map((file) => [file.name, file]));
  return {
    files: files.map((file) => byName.get(file.name) ?? file),
    status: again.status,
    secondTries: failed.flatMap(failuresOf),
  };
}

prepare();
const first = runTests('test-results.json', process.argv.slice(2));
if (first.files === undefined) {
  process.stdout.write('0 passed, 1 failed\n');
  process.exit(first.status === 0 ? 1 : first.status);
}

const { files, status, secondTries } =
  process.env.CI === 'true' ? withSecondTries(first) : { ...first, secondTries: [] };
const tests = files.flatMap((file) => file.assertionResults);
const skipped = tests.filter((test) => test.status === 'pending' || test.status === 'skipped');
for (const test of skipped) process.stdout.write(`not run: ${test.fullName}\n`);
for (const what of secondTries) process.stdout.write(`second try: ${what.split('\n')[0]}\n`);
const failures = files.filter(hasFailed).flatMap(failuresOf);
for (const what of failures) process.stdout.write(`failed: ${what.split('\n')[0]}\n`);
const passed = tests.filter((test) => test.status === 'passed').length;
process.stdout.write(`${passed} passed, ${failures.length} failed, ${skipped.length} skipped\n`);
process.exit(failures.length > 0 || passed === 0 ? 1 : status);
