import { readFile, stat } from 'node:fs/promises';
import { ScriptError, runScript } from '#promql';
import { CommandError } from './command.ts';
import type { CommandInput } from './command.ts';

const SCRIPT_BYTES_MAX: number = 64 * 1024 * 1024;

/** Says what differs, file by file. 1: something does, or is no script. */
export async function testPromql(input: CommandInput): Promise<number> {
  let exitCode = 0;
  for (const file of input.words.get('file') ?? []) {
    if (!(await testFile(file, input))) exitCode = 1;
  }
  return exitCode;
}

async function testFile(file: string, { output }: CommandInput): Promise<boolean> {
  const { size } = await stat(file);
  if (size > SCRIPT_BYTES_MAX) throw new CommandError(`cannot read ${file}: it is too large`);
  try {
    const results = runScript(await readFile(file, 'utf8'));
    const failed = results.filter(({ ok }) => !ok);
    for (const { lineNumber, query, message = '' } of failed) {
      output.write(`${file}:${lineNumber}: ${query}\n    ${firstLine(message)}\n`);
    }
    const count = `${results.length} evaluations`;
    const verdict = failed.length === 0 ? 'SUCCESS' : `FAILED: ${failed.length} of`;
    output.write(`${file}: ${verdict} ${count}\n`);
    return failed.length === 0;
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    output.writeError(`${file}: ${error.message}\n`);
    return false;
  }
}

/** What follows is where in this program it came from. */
function firstLine(message: string): string {
  return message.split('\n    at ')[0] ?? message;
}
