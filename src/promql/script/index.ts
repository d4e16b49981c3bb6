export { type EvaluationResult, runScript, SCRIPT_ENGINE_OPTIONS } from './run.ts';
export { ScriptError } from './script-error.ts';
