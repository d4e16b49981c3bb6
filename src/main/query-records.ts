import type { QueryObserver } from '#http';
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
  /** Hands on what is not about records. */
  apply(update: QueryThreadUpdate, others: (update: SharedUpdate) => void): void;
}

/** The records that one query thread keeps: what runs, and what has run. */
export function openQueryRecords({ active, logFailures }: QueryRecordOptions): QueryRecords {
  const log = new QueryLogFile(logFailures);
  const place = active === undefined ? undefined : new ActivePlace(active.path, active.place);
  return {
    observer: {
      began: (query) => place?.enter(query, Date.now()),
      ended: (record) => {
        place?.leave();
        if (record !== undefined && log.isOpen) log.write(record, Date.now());
      },
    },
    apply: (update, others) => {
      if (update.kind === 'query-log') log.use(update.path);
      else others(update);
    },
  };
}
