import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runEncoding, type EncodingCase } from './api/encoding.ts';
import { runEndpoints, type EndpointCase } from './api/endpoints.ts';
import { runFederate, type FederateCase } from './api/federate.ts';
import { runParams, type ParamsCase } from './api/params.ts';
import { runScenarios, type ScenarioCase } from './api/scenarios.ts';
import type { CaseResult, FileResult, Suite } from './suite.ts';

interface CaseFile<T> {
  readonly cases: readonly T[];
}

type Run = (dir: string) => Promise<readonly CaseResult[]>;

/** `parse-query` is the parser's, in promql-parse.ts. */
const FILES: readonly (readonly [name: string, run: Run])[] = [
  [
    'endpoints',
    async (dir) => {
      const setup = await read<Parameters<typeof runEndpoints>[0]>(dir, 'setup');
      return await runEndpoints(
        setup,
        (await read<CaseFile<EndpointCase>>(dir, 'endpoints')).cases,
      );
    },
  ],
  [
    'scenarios',
    async (dir) => await runScenarios((await read<CaseFile<ScenarioCase>>(dir, 'scenarios')).cases),
  ],
  [
    'encoding',
    async (dir) => runEncoding((await read<CaseFile<EncodingCase>>(dir, 'encoding')).cases),
  ],
  [
    'params',
    async (dir) => await runParams((await read<CaseFile<ParamsCase>>(dir, 'params')).cases),
  ],
  [
    'federate',
    async (dir) => {
      const file = await read<CaseFile<FederateCase> & { load: string }>(dir, 'federate');
      return await runFederate(file.load, file.cases);
    },
  ],
];

async function read<T>(dir: string, name: string): Promise<T> {
  return JSON.parse(await readFile(join(dir, 'api', `${name}.json`), 'utf8')) as T;
}

export const apiSuite: Suite = {
  area: 'api',
  run: async (dir) => {
    const results: FileResult[] = [];
    for (const [name, run] of FILES) {
      if (!existsSync(join(dir, 'api', `${name}.json`))) continue;
      results.push({ file: `api/${name}`, cases: await run(dir) });
    }
    return results;
  },
};
