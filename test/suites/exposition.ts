import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { strictFile, textFamiliesFile, writeFile } from './exposition/families.ts';
import { histogramKindsFile } from './exposition/histogram-kinds.ts';
import {
  bodiesFile,
  contentTypeFile,
  durationsFile,
  escapingFile,
  namesFile,
  negotiateFile,
} from './exposition/names.ts';
import { scrapeParseFile } from './exposition/scrape-parse.ts';
import type { CaseResult, FileResult, Suite } from './suite.ts';

type Run = (dir: string) => Promise<readonly CaseResult[]>;

/** By path below the area; `bodies/index` for the bodies that it counts. */
const files: readonly (readonly [string, Run])[] = [
  ['bodies/index', bodiesFile],
  ['content-type', contentTypeFile],
  ['durations', durationsFile],
  ['escaping', escapingFile],
  ['histogram-kinds', histogramKindsFile],
  ['names', namesFile],
  ['negotiate', negotiateFile],
  ['openmetrics-strict', strictFile],
  ['scrape-parse', scrapeParseFile],
  ['text-families', textFamiliesFile],
  ['write', writeFile],
];

export const expositionSuite: Suite = {
  area: 'exposition',
  async run(dir) {
    const results: FileResult[] = [];
    for (const [name, run] of files) {
      const area = join(dir, 'exposition');
      if (!existsSync(join(area, `${name}.json`))) continue;
      results.push({ file: `exposition/${name}`, cases: await run(area) });
    }
    return results;
  },
};
