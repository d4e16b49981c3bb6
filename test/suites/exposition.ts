import { join } from 'node:path';
import { scrapeParseFile } from './exposition/scrape-parse.ts';
import type { CaseResult, FileResult, Suite } from './suite.ts';

type Run = (dir: string) => Promise<readonly CaseResult[]>;

const files: readonly (readonly [string, Run])[] = [['scrape-parse', scrapeParseFile]];

export const expositionSuite: Suite = {
  area: 'exposition',
  async run(dir) {
    const results: FileResult[] = [];
    for (const [name, run] of files) {
      const cases = await run(join(dir, 'exposition'));
      results.push({ file: `exposition/${name}`, cases });
    }
    return results;
  },
};
