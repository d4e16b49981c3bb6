import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Labels, labelsKey, labelsToObject } from '#model';
import { receiveWrite, type WriteMessage } from '#remote';
import { type Appendable, type Appender, AppendStatus, StorageError } from '#storage';
import { compare } from './exposition/cases.ts';
import type { CaseResult, FileResult, Suite } from './suite.ts';

interface ReceiverCase {
  readonly id: string;
  readonly accepts: readonly WriteMessage[];
  readonly headers: Readonly<Record<string, string>>;
  readonly request?: string;
  readonly body_base64?: string;
  readonly options?: { readonly type_and_unit_labels?: boolean };
  readonly storage_faults?: Readonly<Record<string, string>>;
  readonly expect: {
    readonly status: number;
    readonly body?: string;
    readonly stored_labels?: Readonly<Record<string, string>>;
  };
}

interface ReceiverFile {
  readonly requests: Readonly<Record<string, { readonly body_base64: string }>>;
  readonly cases: readonly ReceiverCase[];
}

export const remoteSuite: Suite = {
  area: 'remote',
  async run(dir) {
    const path = join(dir, 'remote/receiver.json');
    if (!existsSync(path)) return [];
    const file = JSON.parse(await readFile(path, 'utf8')) as ReceiverFile;
    const cases = file.cases.map((one) => runCase(file, one));
    const result: FileResult = { file: 'remote/receiver', cases };
    return [result];
  },
};

function runCase(file: ReceiverFile, one: ReceiverCase): CaseResult {
  const base64 = one.body_base64 ?? file.requests[one.request ?? '']?.body_base64 ?? '';
  const storage = new OrderedStorage(one.storage_faults ?? {});
  const answer = receiveWrite({
    body: Buffer.from(base64, 'base64'),
    contentType: one.headers['Content-Type'],
    contentEncoding: one.headers['Content-Encoding'],
    appendable: storage,
    nowMs: Date.now(),
    acceptedMessages: one.accepts,
    typeAndUnitLabels: one.options?.type_and_unit_labels === true,
  });
  const { status, body, stored_labels: stored } = one.expect;
  const got = {
    status: answer.status,
    body: body === undefined ? undefined : answer.body.trimEnd(),
    stored: stored === undefined ? undefined : storage.committed.map(labelsToObject),
  };
  const wanted = {
    status,
    body: body?.trimEnd(),
    stored: stored === undefined ? undefined : [stored],
  };
  return compare(one.id, got, wanted);
}

/**
 * The storage that the cases were made with: it keeps floats and histograms apart and accepts neither an
 * older nor an equal timestamp in each.
 */
class OrderedStorage implements Appendable {
  readonly committed: Labels[] = [];
  private readonly faults: Readonly<Record<string, string>>;

  constructor(faults: Readonly<Record<string, string>>) {
    this.faults = faults;
  }

  appender(): Appender {
    const series: Labels[] = [];
    const refs = new Map<string, number>();
    const newest = new Map<string, number>();
    const fail = (where: string): void => {
      const message = this.faults[where];
      if (message !== undefined) throw new StorageError('log-write', message);
    };
    const accept = (key: string, timestampMs: number): AppendStatus => {
      const before = newest.get(key) ?? -Infinity;
      if (timestampMs === before) return AppendStatus.duplicate;
      if (timestampMs < before) return AppendStatus.outOfOrder;
      newest.set(key, timestampMs);
      return AppendStatus.ok;
    };
    const find = (labels: Labels): number => refs.get(labelsKey(labels)) ?? 0;
    const make = (labels: Labels): number => {
      const known = find(labels);
      if (known !== 0) return known;
      series.push(labels);
      refs.set(labelsKey(labels), series.length);
      return series.length;
    };
    return {
      seriesRef: make,
      findSeries: (labels) => find(labels.labels()),
      seriesRefOfSpans: (labels) => make(labels.labels()),
      append: (ref, timestampMs) => {
        fail('appendSample');
        return accept(`float ${ref}`, timestampMs);
      },
      appendHistogram: (ref, timestampMs) => {
        fail('appendHistogram');
        return accept(`histogram ${ref}`, timestampMs);
      },
      appendExemplar: () => {
        fail('appendExemplar');
        return AppendStatus.ok;
      },
      setMetadata: () => fail('updateMetadata'),
      commit: () => {
        fail('commit');
        this.committed.push(...series);
      },
      rollback: () => undefined,
    };
  }
}
