// `npm run conformance [-- --dir DIR]`: runs every suite over the conformance data and counts.
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CONFORMANCE_DIR, runSuites } from './suites/index.ts';

const { values } = parseArgs({
  options: { dir: { type: 'string' }, failures: { type: 'boolean', default: false } },
});
const dir = values.dir ?? CONFORMANCE_DIR;
if (!existsSync(dir)) {
  console.error(
    `cannot read the conformance data: there is no directory ${dir} (--dir DIR names another)`,
  );
  process.exit(1);
}

let passed = 0;
let total = 0;
for (const { file, cases } of await runSuites(dir)) {
  const good = cases.filter((one) => one.ok).length;
  console.log(`${file} ${good}/${cases.length}`);
  if (values.failures) {
    for (const one of cases) if (!one.ok) console.log(`  ${one.id}: ${one.message ?? 'failed'}`);
  }
  passed += good;
  total += cases.length;
}
console.log(`total ${passed}/${total}`);
