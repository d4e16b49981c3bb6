import type { QueryCost, QueryObserver } from '#http';
import type { QueryStats } from '#promql';
import type { SharedUpdate } from '#tsdb';
import { ActivePlace } from './active-queries.ts';
import { type LogFailures, QueryLogFile } from './query-log.ts';

/** What a query thread needs to keep record of its queries; crosses by workerData. */
export interface QueryRecordOptions {
  /** Where to note what runs. */
  readonly active: { readonly path: string; readonly place: number } | undefined;
  readonly logFailures: LogFailures;
}

/** What the main thread tells a query thread. */
export type QueryThreadUpdate =
  | SharedUpdate
  /** To be opened anew even if it has the same name. */
  | { readonly kind: 'query-log'; readonly path: string | undefined };

export interface QueryRecords {
  readonly observer: QueryObserver;
  /** What the query since the last call took; undefined where there was none, or it failed. */
  takeCost(): QueryCost | undefined;
  /** Hands on what is not about records. */
  apply(update: QueryThreadUpdate, others: (update: SharedUpdate) => void): void;
}

/** The records that one query thread keeps: what runs, and what has run. */
export function openQueryRecords({ active, logFailures }: QueryRecordOptions): QueryRecords {
  const log = new QueryLogFile(logFailures);
  const place = active === undefined ? undefined : new ActivePlace(active.path, active.place);
  let cost: QueryCost | undefined;
  return {
    observer: {
      began: (query) => place?.enter(query, Date.now()),
      ended: (record) => {
        place?.leave();
        cost = record?.stats && costOf(record.stats);
        if (record !== undefined && log.isOpen) log.write(record, Date.now());
      },
    },
    takeCost: () => {
      const taken = cost;
      cost = undefined;
      return taken;
    },
    apply: (update, others) => {
      if (update.kind === 'query-log') log.use(update.path);
      else others(update);
    },
  };
}

function costOf({ timings, samples }: QueryStats): QueryCost {
  return { timings, samples: samples.totalQueryableSamples };
}
