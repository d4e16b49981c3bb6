import { ConfigFileError, idleSections, readConfig } from './read-config.ts';
import { createLog, errorText } from '#platform';
import { BUILD_INFO } from './build-info.ts';
import { helpText } from './help.ts';
import { FlagError, parseFlags } from './parse-flags.ts';
import type { ParsedFlags } from './parse-flags.ts';
import { serve } from './serve.ts';

/** A command line that says something wrong; as Unix tools have it. */
const EXIT_USAGE = 2;

/** Runs one command line; the answer is the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  try {
    return await runCommand(parseFlags(args));
  } catch (error) {
    if (!(error instanceof FlagError)) throw error;
    process.stderr.write(`narthex: error: ${error.message}\n`);
    return EXIT_USAGE;
  }
}

async function runCommand(flags: ParsedFlags): Promise<number> {
  if (flags.help) return print(helpText());
  if (flags.version) return print(versionText());
  const [command = 'serve', ...rest] = flags.words;
  if (command === 'serve' && rest.length === 0) return await serve(flags);
  if (command === 'check' && rest[0] === 'config') return await checkConfigs(rest.slice(1));
  throw new FlagError(`cannot run "${flags.words.join(' ')}", see --help`);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function versionText(): string {
  const { narthexVersion, nodeVersion, version } = BUILD_INFO;
  return `narthex, version ${narthexVersion} (as Prometheus ${version}, on Node ${nodeVersion})\n`;
}

/** Says of each file whether it can be used. 1: one cannot. */
async function checkConfigs(files: readonly string[]): Promise<number> {
  if (files.length === 0) throw new FlagError('expected a file to check');
  let exitCode = 0;
  for (const file of files) if (!(await checkConfig(file))) exitCode = 1;
  return exitCode;
}

async function checkConfig(file: string): Promise<boolean> {
  const log = createLog({
    level: 'warn',
    format: 'logfmt',
    write: (line) => process.stderr.write(line),
  });
  try {
    const config = await readConfig(file, { log, features: new Set() });
    print(`${file}: valid, ${config.scrapeConfigs.length} scrape configs\n`);
    for (const section of idleSections(config)) print(`${file}: ${section} has no effect yet\n`);
    return true;
  } catch (error) {
    if (!(error instanceof ConfigFileError)) throw error;
    process.stderr.write(`${errorText(error)}\n`);
    return false;
  }
}
