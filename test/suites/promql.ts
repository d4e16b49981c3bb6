import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createEngine,
  type EngineOptions,
  type EvaluationResult,
  runScript,
  SCRIPT_ENGINE_OPTIONS,
} from '#promql';
import { createMemoryStorage } from '#storage';
import type { CaseResult, FileResult, Suite } from './suite.ts';

/** Scripts of the Prometheus project, and what queries say beside their results. */
export const promqlSuite: Suite = {
  area: 'promql',
  async run(dir) {
    const folder = join(dir, 'promql');
    return [
      ...(await runScripts(folder, 'promql', SCRIPT_ENGINE_OPTIONS)),
      ...(await runScripts(join(folder, 'options'), 'promql/options', {
        ...SCRIPT_ENGINE_OPTIONS,
        delayedNameRemoval: false,
      })),
      ...(await runAnnotations(folder)),
    ];
  },
};

async function runScripts(
  folder: string,
  name: string,
  options: EngineOptions,
): Promise<FileResult[]> {
  const files = (await readdir(folder).catch(() => [])).filter((file) => file.endsWith('.test'));
  const results: FileResult[] = [];
  for (const file of files.toSorted()) {
    const text = await readFile(join(folder, file), 'utf8');
    const cases = runScript(text, options).map(caseOf);
    results.push({ file: `${name}/${file.replace(/\.test$/, '')}`, cases });
  }
  return results;
}

function caseOf({ lineNumber, query, ok, message }: EvaluationResult): CaseResult {
  const id = String(lineNumber);
  return message === undefined ? { id, ok } : { id, ok, message: `${query}: ${message}` };
}

interface AnnotationCase {
  readonly name: string;
  readonly load: string;
  readonly at: string;
  readonly expr: string;
  readonly type_and_unit_labels: boolean;
  readonly expect: { readonly warnings: readonly string[]; readonly infos: readonly string[] };
}

async function runAnnotations(folder: string): Promise<FileResult[]> {
  const text = await readFile(join(folder, 'annotations.json'), 'utf8').catch(() => undefined);
  if (text === undefined) return [];
  const { cases } = JSON.parse(text) as { cases: readonly AnnotationCase[] };
  return [{ file: 'promql/annotations', cases: cases.map(runAnnotationCase) }];
}

function runAnnotationCase(one: AnnotationCase): CaseResult {
  const storage = createMemoryStorage();
  const engine = createEngine({
    ...SCRIPT_ENGINE_OPTIONS,
    typeAndUnitLabels: one.type_and_unit_labels,
  });
  try {
    runScript(one.load, SCRIPT_ENGINE_OPTIONS, storage);
    const { warnings, infos } = engine.instant(storage, one.expr, { timeMs: 60_000 });
    const got = JSON.stringify({ warnings: warnings.toSorted(), infos: infos.toSorted() });
    const wanted = JSON.stringify({
      warnings: one.expect.warnings.toSorted(),
      infos: one.expect.infos.toSorted(),
    });
    return got === wanted
      ? { id: one.name, ok: true }
      : { id: one.name, ok: false, message: `expected ${wanted}, got ${got}` };
  } catch (error) {
    return { id: one.name, ok: false, message: String(error) };
  }
}
