import { readFile } from 'node:fs/promises';
import { formatErrors, loadConfig, targetVariables } from '#config';
import type { Config } from '#config';
import { errorText } from '#platform';
import type { Log } from '#platform';

/** What is wrong with a configuration file; the message names file, line and remedy. */
export class ConfigFileError extends Error {
  override readonly name = 'ConfigFileError';
}

export interface ReadOptions {
  readonly log: Log;
  /** Of `--enable-feature`; some change what is the default. */
  readonly features: ReadonlySet<string>;
}

/** Throws ConfigFileError. */
export async function readConfig(fileName: string, options: ReadOptions): Promise<Config> {
  return parseConfig(await readText(fileName), fileName, options);
}

/** Throws ConfigFileError. */
export function parseConfig(
  text: string,
  fileName: string,
  { log, features }: ReadOptions,
): Config {
  const loaded = loadConfig(text, {
    fileName,
    env: process.env,
    targetEnv: targetVariables(process.env),
    extraScrapeMetrics: features.has('extra-scrape-metrics'),
    onEmptyVariable: (name) =>
      log.warn('empty environment variable in the configuration', { name }),
  });
  if ('errors' in loaded) throw new ConfigFileError(formatErrors(loaded.errors));
  return loaded.config;
}

async function readText(fileName: string): Promise<string> {
  try {
    return await readFile(fileName, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'ENOENT' ? 'there is no such file' : errorText(error);
    throw new ConfigFileError(`cannot read ${fileName}: ${reason}`, { cause: error });
  }
}

/** What the file asks for and nothing here does yet. */
export function idleSections(config: Config): readonly string[] {
  return config.withoutEffect;
}
