import type { Config } from '#config';
import type { ScrapePoolConfigData } from '#contract';
import { ApiError } from './query/api-error.ts';
import type { Params } from './query/params.ts';

/** `/api/v1/scrape_pools/config`: one pool's part of the configuration that is in force, secrets hidden. */
export function scrapePoolConfigData(config: Config, params: Params): ScrapePoolConfigData {
  const name = params.first('scrapePool');
  if (name === '') throw new ApiError('bad_data', 'no scrapePool parameter provided');
  const found = config.scrapeConfigs.find(({ jobName }) => jobName === name);
  if (found === undefined) {
    throw new ApiError('not_found', `scrape pool ${JSON.stringify(name)} not found`);
  }
  return { yaml: found.yaml ?? '' };
}
