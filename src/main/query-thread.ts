import { answerQuery, ownBytes } from '#http';
import type { QueryAnswer, QueryRequest } from '#http';
import type { ThreadAnswer, ThreadService, ThreadSurroundings } from '#platform';
import { createEngine } from '#promql';
import type { EngineOptions } from '#promql';
import { createReader } from '#tsdb';
import { helpWithRows } from './row-help.ts';
import { RowOffers } from './row-offers.ts';
import { warmUp } from './query-warm-up.ts';
import {
  openQueryRecords,
  type QueryRecordOptions,
  type QueryThreadUpdate,
} from './query-records.ts';

/** What a query thread is started with; crosses by workerData. */
export interface QueryThreadOptions extends QueryRecordOptions {
  readonly engine: Pick<
    EngineOptions,
    | 'parser'
    | 'lookbackDeltaMs'
    | 'maxSamples'
    | 'maxMemoryBytes'
    | 'delayedNameRemoval'
    | 'typeAndUnitLabels'
  >;
  readonly lookbackDeltaMs: number;
  readonly perStepStats: boolean;
  /** What would take less than this, estimated, gets no help of other threads. */
  readonly aloneMs: number;
}

/** The engine over a view of the database, which the writing thread's updates keep fresh. */
export function openQueryThread(data: unknown, surroundings: ThreadSurroundings): ThreadService {
  const options = data as QueryThreadOptions;
  const reader = createReader();
  const helpers = new RowOffers(surroundings, options.aloneMs);
  const help = { reader, surroundings };
  const records = openQueryRecords(options);
  const parts = {
    engine: createEngine({ ...options.engine, nowMs: preciseNowMs, helpers }),
    parser: options.engine.parser ?? {},
    queryable: () => reader.queryable,
    cardinality: (limit: number) => reader.cardinality(limit),
    lookbackDeltaMs: options.lookbackDeltaMs,
    clockMs: Date.now,
    perStepStats: options.perStepStats,
    memoryBytesMax: options.engine.maxMemoryBytes ?? 0,
    observer: records.observer,
  };
  warmUp(parts);
  return {
    receive: (message, asker) => helpWithRows(help, message, asker),
    update: (update) => records.apply(update as QueryThreadUpdate, (other) => reader.apply(other)),
    answer: (job, isCancelled, sendPiece) => {
      try {
        records.takeCost();
        const answer = answerQuery(parts, job as QueryRequest, isCancelled, sendPiece);
        const cost = records.takeCost();
        return threadAnswer(cost === undefined ? answer : { cost, ...answer });
      } finally {
        helpers.closeAll();
      }
    },
  };
}

function threadAnswer(answer: QueryAnswer): ThreadAnswer {
  const body = ownBytes(answer.body);
  const entry = answer.cache?.entry;
  const transfer = entry === undefined ? [body.buffer] : [body.buffer, entry.buffer];
  return { answer: { ...answer, body }, transfer };
}

/** Milliseconds since the epoch with fractions, so that the timings of short queries show. */
function preciseNowMs(): number {
  return performance.timeOrigin + performance.now();
}
