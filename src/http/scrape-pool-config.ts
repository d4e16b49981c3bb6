import { parse, stringify } from 'yaml';
import type { Config } from '#config';
import type { ScrapePoolConfigData } from '#contract';
import { ApiError } from './query/api-error.ts';
import type { Params } from './query/params.ts';

/** `/api/v1/scrape_pools/config`: one pool's part of the configuration that is in force. */
export function scrapePoolConfigData(config: Config, params: Params): ScrapePoolConfigData {
  const name = params.first('scrapePool');
  if (name === '') throw new ApiError('bad_data', 'no scrapePool parameter provided');
  const found = poolsOf(config).find((pool) => pool['job_name'] === name);
  if (found === undefined) {
    throw new ApiError('not_found', `scrape pool ${JSON.stringify(name)} not found`);
  }
  return { yaml: stringify(found) };
}

/** `config.yaml` is our own text with secrets hidden, so it reads back. */
function poolsOf(config: Config): Record<string, unknown>[] {
  const file = parse(config.yaml) as { scrape_configs?: Record<string, unknown>[] } | null;
  return file?.scrape_configs ?? [];
}
