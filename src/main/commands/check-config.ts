import { createLog, errorText } from '#platform';
import { ConfigFileError, idleSections, readConfig } from '../read-config.ts';
import type { CommandInput } from './command.ts';

/** Says of each file whether it can be used. 1: one cannot. */
export async function checkConfigs(input: CommandInput): Promise<number> {
  let exitCode = 0;
  for (const file of input.words.get('file') ?? []) {
    if (!(await checkConfig(file, input))) exitCode = 1;
  }
  return exitCode;
}

async function checkConfig(file: string, { output }: CommandInput): Promise<boolean> {
  const log = createLog({
    level: 'warn',
    format: 'logfmt',
    write: (line) => output.writeError(line),
  });
  try {
    const config = await readConfig(file, { log, features: new Set() });
    output.write(`${file}: valid, ${config.scrapeConfigs.length} scrape configs\n`);
    for (const section of idleSections(config)) {
      output.write(`${file}: ${section} has no effect yet\n`);
    }
    return true;
  } catch (error) {
    if (!(error instanceof ConfigFileError)) throw error;
    output.writeError(`${errorText(error)}\n`);
    return false;
  }
}
