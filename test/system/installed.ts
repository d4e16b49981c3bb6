import { existsSync } from 'node:fs';
import { test } from 'vitest';

/** A test that needs programs: left out with a message where one is missing; not in CI, where they are installed. */
export function withPrograms(...paths: readonly string[]): typeof test {
  const missing = paths.filter((path) => !existsSync(path));
  if (missing.length === 0 || process.env['CI'] === 'true') return test;
  console.warn(`skipped: ${missing.join(', ')} is not installed (Debian: package prometheus)`);
  return test.skip as typeof test;
}
