import { labelsFromObject } from '#model';
import { StorageError } from '#storage';
import type { CaseResult } from '../suite.ts';
import { load } from './load.ts';
import { createTestServer } from './server.ts';
import { openTestStorage } from './storage.ts';

export interface FederateCase {
  readonly name: string;
  readonly request: string;
  readonly external_labels?: Record<string, string>;
  readonly expect: { readonly status: number; readonly body: string };
}

/** 101 minutes after the epoch. */
const NOW_MS = 101 * 60_000;

export async function runFederate(
  loadText: string,
  cases: readonly FederateCase[],
): Promise<CaseResult[]> {
  const { appendable, queryable } = openTestStorage();
  load(appendable, loadText);
  const results: CaseResult[] = [];
  for (const one of cases) {
    const externalLabels = labelsFromObject(one.external_labels ?? {});
    const nowMs = (): number => NOW_MS;
    const ready = await createTestServer({ queryable: () => queryable, nowMs, externalLabels });
    const notReady = await createTestServer({ queryable: closed, nowMs, externalLabels });
    const response = await ready.app.inject(one.request);
    const early = await notReady.app.inject(one.request);
    await ready.close();
    await notReady.close();
    const earlyStatus = one.expect.status === 200 ? 503 : one.expect.status;
    const ok =
      response.statusCode === one.expect.status &&
      lines(response.body) === lines(one.expect.body) &&
      early.statusCode === earlyStatus;
    const message = `${response.statusCode} ${response.body} (not ready: ${early.statusCode})`;
    results.push({ id: one.name, ok, ...(!ok && { message }) });
  }
  return results;
}

function closed(): never {
  throw new StorageError('closed', 'not open');
}

/** Lines of one metric may come in any order; those of another may not come between. */
function lines(page: string): string {
  return page
    .split(/^(?=# TYPE)/m)
    .map((family) => family.split('\n').toSorted().join('\n'))
    .join('');
}
