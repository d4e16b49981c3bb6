import type { NameCount, TsdbStatusData } from '#contract';
import type { Cardinality, QueryEnvironment } from './environment.ts';
import { encodeSuccess } from './envelope.ts';
import { invalidParameter } from './api-error.ts';
import type { Params } from './params.ts';
import type { HeadCounts } from './request.ts';

const LIMIT_DEFAULT = 10;
/** Names listed in each table at most. */
const LIMIT_MAX = 10_000;

/** What Prometheus shows of a head without samples: the ends of an int64, as near as a double comes. */
const NO_MIN_TIME = 2 ** 63;
const NO_MAX_TIME: number = -NO_MIN_TIME;

export function answerTsdbStatus(
  environment: QueryEnvironment,
  params: Params,
  head: HeadCounts,
): Uint8Array {
  const limit = statusLimit(params.first('limit'));
  const data = statusData(environment.cardinality(limit), head);
  return encodeSuccess((out) => out.write(JSON.stringify(data)));
}

function statusLimit(text: string): number {
  if (text === '') return LIMIT_DEFAULT;
  const limit = /^[+-]?\d+$/.test(text) ? Number(text) : NaN;
  if (!(limit >= 1)) throw invalidParameter('limit', 'limit must be a positive number');
  if (limit > LIMIT_MAX) throw invalidParameter('limit', `limit must not exceed ${LIMIT_MAX}`);
  return limit;
}

function statusData(cardinality: Cardinality, head: HeadCounts): TsdbStatusData {
  return {
    headStats: {
      numSeries: head.seriesCount,
      numLabelPairs: head.labelPairCount,
      chunkCount: head.chunkCount,
      minTime: head.minTimeMs ?? NO_MIN_TIME,
      maxTime: head.maxTimeMs ?? NO_MAX_TIME,
    },
    seriesCountByMetricName: shown(cardinality.seriesCountByMetricName),
    labelValueCountByLabelName: shown(cardinality.labelValueCountByLabelName),
    memoryInBytesByLabelName: shown(cardinality.memoryInBytesByLabelName),
    seriesCountByLabelValuePair: shown(cardinality.seriesCountByLabelValuePair),
  };
}

function shown(counts: readonly NameCount[]): NameCount[] {
  return counts.map(({ name, value }) => ({ name, value }));
}
