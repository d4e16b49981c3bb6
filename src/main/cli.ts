import { BUILD_INFO } from './build-info.ts';
import { COMMANDS } from './commands/command-list.ts';
import { FlagError, parseFlags } from './parse-flags.ts';
import type { ParsedFlags } from './parse-flags.ts';
import { nearestWord } from './nearest-word.ts';

/** A command line that says something wrong; as Unix tools have it. */
const EXIT_USAGE = 2;

/** Runs one command line; the answer is the exit code. What a command needs is loaded when it runs. */
export async function main(args: readonly string[]): Promise<number> {
  // `narthex help tsdb dump` is `narthex tsdb dump --help`.
  const words = args[0] === 'help' ? [...args.slice(1), '--help'] : args;
  if (isCommand(words[0])) {
    const { runCommand } = await import('./commands/run-command.ts');
    const exitCode = await runCommand(words);
    if (exitCode !== undefined) return exitCode;
  }
  try {
    return await runServer(parseFlags(words));
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    process.stderr.write(`narthex: error: ${error.message}\n`);
    return EXIT_USAGE;
  }
}

function isCommand(word: string | undefined): boolean {
  return COMMANDS.some(({ name }) => name.split(' ')[0] === word);
}

async function runServer(flags: ParsedFlags): Promise<number> {
  if (flags.help) {
    const { helpText } = await import('./help.ts');
    return print(helpText());
  }
  if (flags.version) return print(versionText());
  const [command = 'serve', ...rest] = flags.words;
  if (command !== 'serve' || rest.length > 0) throw unknownCommand(flags.words);
  const { serve } = await import('./serve.ts');
  return await serve(flags);
}

function unknownCommand(words: readonly string[]): FlagError {
  const [first = '', ...rest] = words;
  const known = ['serve', ...new Set(COMMANDS.map(({ name }) => name.split(' ')[0] ?? ''))];
  if (known.includes(first)) {
    return new FlagError(`cannot run "${[first, ...rest].join(' ')}", see --help`);
  }
  const nearest = nearestWord(first, known);
  const hint = nearest === undefined ? 'see --help' : `did you mean ${nearest}?`;
  return new FlagError(`unknown command "${first}", ${hint}`);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function versionText(): string {
  const { narthexVersion, nodeVersion, version } = BUILD_INFO;
  return `narthex, version ${narthexVersion} (as Prometheus ${version}, on Node ${nodeVersion})\n`;
}
