import { readFile } from 'node:fs/promises';
import { formatErrors, loadConfig } from '#config';
import type { Config } from '#config';
import { errorText } from '#platform';
import type { Log } from '#platform';

/** What is wrong with a configuration file; the message names file, line and remedy. */
export class ConfigFileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ConfigFileError';
  }
}

/**
 * Names that stand for a static target's host until the environment says which. The image-gallery
 * stack scrapes the Docker Engine by this one.
 */
const TARGET_VARIABLES = ['DOCKER_HOST'];

/** Throws ConfigFileError. */
export async function readConfig(fileName: string, log: Log): Promise<Config> {
  return parseConfig(await readText(fileName), fileName, log);
}

/** Throws ConfigFileError. */
export function parseConfig(text: string, fileName: string, log: Log): Config {
  const loaded = loadConfig(text, {
    fileName,
    env: process.env,
    targetEnv: TARGET_VARIABLES,
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

/** What runs where no file was named and none is there: the server watches itself. */
export function builtInConfig(address: string, metricsPath: string): string {
  return `# Built in, because no configuration file was given and none was found.
global:
  scrape_interval: 15s
scrape_configs:
  - job_name: narthex
    metrics_path: ${JSON.stringify(metricsPath)}
    static_configs:
      - targets: [${JSON.stringify(address)}]
`;
}

/** What the file asks for and nothing here does yet. */
export function idleSections(config: Config): readonly string[] {
  const { queryLogFile } = config.global;
  return queryLogFile === undefined || queryLogFile === ''
    ? config.withoutEffect
    : [...config.withoutEffect, 'global.query_log_file'];
}
