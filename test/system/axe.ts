import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type Axe from 'axe-core';
import type { RunOptions } from 'axe-core';
import type { Locator } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What "level A and AA" of WCAG 2.0, 2.1 and 2.2 are called there. */
const LEVELS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/**
 * What of an element, or of the whole page where it is `html`, breaks a rule of level A or AA: the rule, where, and
 * what is wrong. Evaluated by the debugger, to which the page's content policy does not apply.
 */
export async function findViolations(within: Locator): Promise<readonly string[]> {
  const page = within.page();
  const isLoaded = await page.evaluate<boolean>('window.axe !== undefined');
  if (!isLoaded) await page.evaluate(source);
  const options: RunOptions = {
    runOnly: { type: 'tag', values: LEVELS },
    resultTypes: ['violations'],
    preload: false,
  };
  const violations = await within.first().evaluate(async (element, asked) => {
    const { axe } = globalThis as unknown as { readonly axe: typeof Axe };
    return (await axe.run(element, asked)).violations;
  }, options);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => {
      const [, ...faults] = failureSummary.split('\n');
      return `${id} at ${target.join(' ')}: ${faults.join(';').trim()}`;
    }),
  );
}
