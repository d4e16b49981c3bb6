import { describe } from 'vitest';

/**
 * Tests that need a program. Where it is missing (undefined: it is not) they are left out, and their title says so;
 * CI must have it. `timeoutMs`: of each test, where it is not that of the project.
 */
export function describeWith(
  missing: string | undefined,
  title: string,
  declareTests: () => void,
  timeoutMs?: number,
): void {
  if (missing !== undefined && process.env['CI'] === 'true') {
    throw new Error(`${missing} is missing; .ci/run installs it`);
  }
  const because = missing === undefined ? '' : ` (not run: ${missing} is missing)`;
  describe.skipIf(missing !== undefined)(`${title}${because}`, declareTests, timeoutMs);
}
