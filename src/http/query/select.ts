import { compareLabels, compareStrings, labelsKey, unescapeName } from '#model';
import type { Labels, Matcher } from '#model';
import { entryBytes, watchedMatchers } from '#promql';
import type { Querier } from '#storage';
import { encodeSuccess } from './envelope.ts';
import { ApiError } from './api-error.ts';
import { stopIfCancelled } from './environment.ts';
import type { QueryEnvironment } from './environment.ts';
import { TRUNCATED } from './evaluate.ts';
import type { ByteSink, JsonBytes } from './json-bytes.ts';
import { watchOf } from './request-watch.ts';
import { limitParam, matcherSets, TIME_MS_MAX, TIME_MS_MIN, timeParam } from './params.ts';
import type { Params } from './params.ts';

/** Half a surrogate pair: no UTF-8. */
const HALF_PAIR = /\p{Surrogate}/u;

/** A name or a value in a list of labels; its text is shared. */
const LABEL_BYTES = 8;

interface Bounds {
  readonly startMs: number;
  readonly endMs: number;
}

function bounds(params: Params): Bounds {
  return {
    startMs: timeParam(params, 'start', TIME_MS_MIN),
    endMs: timeParam(params, 'end', TIME_MS_MAX),
  };
}

/** One more than is shown, so that cutting is noticed; 0: all. */
function hintLimit(limit: number): number {
  return limit === 0 ? 0 : limit + 1;
}

export function answerSeries(environment: QueryEnvironment, params: Params): Uint8Array {
  if (params.all('match[]').length === 0) {
    throw new ApiError('bad_data', 'no match[] parameter provided');
  }
  const limit = limitParam(params);
  const { startMs, endMs } = bounds(params);
  const sets = matcherSets(params);
  return withQuerier(environment, { startMs, endMs }, (querier) => {
    const hints = { startMs, endMs, func: 'series', limit: hintLimit(limit) };
    const warnings: string[] = [];
    const found = new Map<string, Labels>();
    const watch = watchOf(environment);
    for (const matchers of sets) {
      stopIfCancelled(environment);
      const series = querier.select(watchedMatchers(matchers, watch.passTurns), hints);
      for (let i = 0; i < series.count; i++) {
        const labels = series.labels(i);
        const key = labelsKey(labels);
        watch.passTurns(1);
        if (found.has(key)) continue;
        watch.memory.hold(entryBytes(key) + labels.length * LABEL_BYTES);
        found.set(key, labels);
      }
      warnings.push(...series.warnings);
    }
    const sorted = [...found.values()].toSorted((a, b) => {
      watch.passTurns(1);
      return compareLabels(a, b);
    });
    const { sink } = environment;
    return encodeItems(sorted, {
      limit,
      warnings,
      write: (out, labels) => out.writeLabels(labels),
      sink,
    });
  });
}

export function answerLabels(environment: QueryEnvironment, params: Params): Uint8Array {
  return answerNames(environment, params, (querier, matchers, limit) =>
    querier.labelNames(matchers, limit),
  );
}

export function answerLabelValues(
  environment: QueryEnvironment,
  params: Params,
  escapedName: string,
): Uint8Array {
  const name = unescapeName(escapedName, 'values');
  if (name === '' || HALF_PAIR.test(name)) {
    throw new ApiError('bad_data', `invalid label name: ${JSON.stringify(name)}`);
  }
  return answerNames(environment, params, (querier, matchers, limit) =>
    querier.labelValues(name, matchers, limit),
  );
}

type ListNames = (
  querier: Querier,
  matchers: readonly Matcher[],
  limit: number,
) => { readonly names: readonly string[]; readonly warnings: readonly string[] };

function answerNames(environment: QueryEnvironment, params: Params, list: ListNames): Uint8Array {
  const limit = limitParam(params);
  const range = bounds(params);
  const sets = matcherSets(params);
  return withQuerier(environment, range, (querier) => {
    const names = new Set<string>();
    const warnings: string[] = [];
    const watch = watchOf(environment);
    for (const matchers of sets.length === 0 ? [[]] : sets) {
      stopIfCancelled(environment);
      const watched = watchedMatchers(matchers, watch.passTurns);
      const found = list(querier, watched, hintLimit(limit));
      for (const name of found.names) {
        if (names.has(name)) continue;
        watch.memory.hold(entryBytes(name));
        names.add(name);
      }
      warnings.push(...found.warnings);
    }
    const sorted = [...names].toSorted(compareStrings);
    const { sink } = environment;
    return encodeItems(sorted, {
      limit,
      warnings,
      write: (out, name) => out.writeQuoted(name),
      sink,
    });
  });
}

export function withQuerier<T>(
  environment: QueryEnvironment,
  { startMs, endMs }: Bounds,
  use: (querier: Querier) => T,
): T {
  const querier = environment.queryable().querier(startMs, endMs);
  try {
    return use(querier);
  } finally {
    querier.close();
  }
}

interface ItemsOptions<T> {
  readonly limit: number;
  readonly warnings: readonly string[];
  readonly write: (out: JsonBytes, item: T) => void;
  readonly sink: ByteSink | undefined;
}

function encodeItems<T>(items: readonly T[], options: ItemsOptions<T>): Uint8Array {
  const { limit, write } = options;
  const cut = limit > 0 && items.length > limit;
  const shown = cut ? items.slice(0, limit) : items;
  return encodeSuccess(
    (out) => {
      out.write('[');
      for (const [i, item] of shown.entries()) {
        if (i > 0) out.write(',');
        write(out, item);
      }
      out.write(']');
    },
    { warnings: cut ? [...options.warnings, TRUNCATED] : options.warnings },
    options.sink,
  );
}
