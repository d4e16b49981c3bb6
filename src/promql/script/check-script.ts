import { runScript, SCRIPT_ENGINE_OPTIONS } from './run.ts';
import type { EngineOptions } from '../options.ts';

/** What failed in a script, a line each; for tests, which compare it with nothing. */
export function failuresOf(
  script: string,
  options: EngineOptions = SCRIPT_ENGINE_OPTIONS,
): string[] {
  return runScript(script, options)
    .filter(({ ok }) => !ok)
    .map(({ lineNumber, query, message }) => `line ${lineNumber}: ${query}: ${message}`);
}
