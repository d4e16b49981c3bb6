import { fileURLToPath } from 'node:url';
import { apiSuite } from './api.ts';
import { configSuite } from './config.ts';
import { discoverySuite } from './discovery.ts';
import { expositionSuite } from './exposition.ts';
import { promqlSuite } from './promql.ts';
import { promqlParseSuite } from './promql-parse.ts';
import { remoteSuite } from './remote.ts';
import type { FileResult, Suite } from './suite.ts';
import { stacksSuite } from './stacks.ts';
import { waitingSuite } from './waiting.ts';

/** Where the data is unless another directory is named: beside the repository. */
export const CONFORMANCE_DIR = fileURLToPath(
  new URL('../../../shared/conformance', import.meta.url),
);

export const SUITES: readonly Suite[] = [
  promqlSuite,
  promqlParseSuite,
  stacksSuite,
  expositionSuite,
  configSuite,
  discoverySuite,
  remoteSuite,
  apiSuite,
  waitingSuite,
];

/** All files of all suites, sorted by name. */
export async function runSuites(dir: string): Promise<readonly FileResult[]> {
  const results: FileResult[] = [];
  for (const suite of SUITES) results.push(...(await suite.run(dir)));
  return results.toSorted((a, b) => (a.file < b.file ? -1 : 1));
}
