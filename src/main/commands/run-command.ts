import { errorText } from '#platform';
import { COMMANDS } from './command-list.ts';
import { commandHelp, commandList } from './command-help.ts';
import { CommandError } from './command.ts';
import type { CommandInput } from './command.ts';
import { OutputClosedError, standardOutput } from './output.ts';
import type { Output } from './output.ts';
import { UsageError, commandsBelow, findCommand, parseCommand } from './parse-command.ts';

/** A command line that says something wrong; as Unix tools have it. */
const EXIT_USAGE = 2;
const EXIT_FAILURE = 1;

/** Standard input larger than this is refused. Bytes. */
const INPUT_BYTES_MAX: number = 256 * 1024 * 1024;

/** Runs one command but the server; the answer is the exit code, undefined where the words name none. */
export async function runCommand(
  args: readonly string[],
  output: Output = standardOutput(),
): Promise<number | undefined> {
  try {
    const exitCode = (await showGroup(args, output)) ?? (await runNamed(args, output));
    output.flush();
    return exitCode;
  } catch (error) {
    return failed(error, output);
  }
}

/** `narthex tsdb --help` */
async function showGroup(args: readonly string[], output: Output): Promise<number | undefined> {
  const asks = args.findIndex((arg) => arg === '--help' || arg === '-h');
  const below = asks < 1 ? [] : commandsBelow(COMMANDS, args.slice(0, asks));
  if (below.length === 0 || below.some(({ name }) => name === args.slice(0, asks).join(' '))) {
    return undefined;
  }
  output.write(`Usage:\n${commandList(below)}\nEach of them explains itself with --help.\n`);
  return 0;
}

async function runNamed(args: readonly string[], output: Output): Promise<number | undefined> {
  const found = findCommand(COMMANDS, args);
  if (found === undefined) return undefined;
  const { words, options, wantsHelp } = parseCommand(found.command, found.rest);
  if (wantsHelp) {
    output.write(commandHelp(found.command));
    return 0;
  }
  const run = await found.command.load();
  const input: CommandInput = { words, options, output, readInput, nowMs: Date.now };
  return await run(input);
}

function failed(error: unknown, output: Output): number {
  if (error instanceof OutputClosedError) return 0;
  try {
    output.flush();
    if (error instanceof UsageError) {
      output.writeError(`narthex: error: ${error.message}\n`);
      return EXIT_USAGE;
    }
    if (!isExplained(error)) throw error;
    const isWhole = error instanceof CommandError;
    output.writeError(isWhole ? `${error.message}\n` : `narthex: ${errorText(error)}\n`);
    return EXIT_FAILURE;
  } catch (second) {
    if (second instanceof OutputClosedError) return 0;
    throw second;
  }
}

/** Errors with a code say what is wrong with the world; all others are mistakes of this program. */
function isExplained(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return error instanceof CommandError || typeof (error as NodeJS.ErrnoException).code === 'string';
}

async function readInput(): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of process.stdin) {
    chunks.push(chunk as Buffer);
    bytes += (chunk as Buffer).length;
    if (bytes > INPUT_BYTES_MAX) throw new CommandError('cannot read the input: it is too large');
  }
  return Buffer.concat(chunks);
}
