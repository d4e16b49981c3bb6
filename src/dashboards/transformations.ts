import type { Transformation } from './dashboard.ts';
import { fieldMatcher } from './field-matchers.ts';
import type { Frame } from './frame.ts';
import { Cursor, isObject, ProblemList } from './read-cursor.ts';
import { textPattern } from './text-pattern.ts';
import type { Transform } from './transform.ts';
import { boundedFrames, namedFields, withFields } from './transform.ts';
import { calculateField } from './transform-calculate-field.ts';
import { configFromData, rowsToFields } from './transform-config.ts';
import { extractFields } from './transform-extract-fields.ts';
import { filterByValue } from './transform-filter-by-value.ts';
import { filterByRefId, filterFieldsByName } from './transform-filter-fields-by-name.ts';
import { formatString, formatTime } from './transform-format.ts';
import { groupBy } from './transform-group-by.ts';
import { joinByField, joinFrames } from './transform-join-by-field.ts';
import { labelsToFields, seriesToRows } from './transform-labels-to-fields.ts';
import { merge } from './transform-merge.ts';
import { organize } from './transform-organize.ts';
import {
  groupingToMatrix,
  joinByLabels,
  partitionByValues,
  transpose,
} from './transform-partition.ts';
import { reduce } from './transform-reduce.ts';
import { renameByRegex } from './transform-rename-by-regex.ts';
import { limit, sortBy } from './transform-sort-by.ts';
import {
  concatenate,
  convertFieldType,
  prepareTimeSeries,
  timeSeriesTable,
} from './transform-time-series-table.ts';

/** Grafana's ids. */
const transforms: Readonly<Record<string, Transform>> = {
  calculateField,
  concatenate,
  configFromData,
  convertFieldType,
  extractFields,
  filterByRefId,
  filterByValue,
  filterFields,
  filterFieldsByName,
  formatString,
  formatTime,
  groupBy,
  groupingToMatrix,
  joinByField,
  joinByLabels,
  labelsToFields,
  limit,
  merge,
  noop: (frames) => frames,
  organize,
  partitionByValues,
  prepareTimeSeries,
  reduce,
  renameByRegex,
  rowsToFields,
  seriesToColumns: (frames, options) => {
    return joinFrames(frames, options.text('byField'), { mode: 'outer', options });
  },
  seriesToRows,
  sortBy,
  timeSeriesTable,
  transpose,
};

const transformationsMax = 100;

/** What a panel's frames become by its transformations, in order. An unknown one is told and left out; nothing is thrown. */
export function transformFrames(
  frames: readonly Frame[],
  transformations: readonly Transformation[],
): { readonly frames: readonly Frame[]; readonly problems: readonly string[] } {
  const list = new ProblemList();
  let now = frames;
  if (transformations.length > transformationsMax) {
    list.tell('', `only the first ${transformationsMax} transformations`);
  }
  for (const one of transformations.slice(0, transformationsMax)) {
    if (one.isDisabled) continue;
    const transform = Object.hasOwn(transforms, one.id) ? transforms[one.id] : undefined;
    if (transform === undefined) {
      list.tell(one.id.slice(0, 100), 'the transformation is not known and left out');
      continue;
    }
    const options = new Cursor(one.options, one.id, list);
    now = boundedFrames(transformed(now, one, { transform, options }), options);
  }
  const problems = list
    .toArray()
    .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return { frames: now, problems };
}

/** Of frames that the filter leaves out nothing changes; they stay in front. */
function transformed(
  frames: readonly Frame[],
  { filter }: Transformation,
  { transform, options }: { readonly transform: Transform; readonly options: Cursor },
): readonly Frame[] {
  if (filter === undefined) return transform(frames, options);
  const wanted = typeof filter.options === 'string' ? filter.options : '';
  const pattern = wanted.startsWith('/') ? textPattern(wanted) : undefined;
  const isOwn = ({ refId }: Frame): boolean => refId === wanted || (pattern?.finds(refId) ?? false);
  const others = frames.filter((frame) => !isOwn(frame));
  return [...others, ...transform(frames.filter(isOwn), options)];
}

/** Fields by any matcher. */
function filterFields(frames: readonly Frame[], options: Cursor): readonly Frame[] {
  const include = matcherOf(options, 'include');
  const exclude = matcherOf(options, 'exclude');
  return namedFields(frames).flatMap((fields, i): Frame[] => {
    const kept = fields.filter((one) => (include?.(one) ?? true) && !(exclude?.(one) ?? false));
    const frame = frames[i];
    if (frame === undefined || kept.length === 0) return [];
    return [
      withFields(
        frame,
        kept.map(({ field }) => field),
      ),
    ];
  });
}

function matcherOf(options: Cursor, key: string): ReturnType<typeof fieldMatcher> {
  const value = options.raw(key);
  if (!isObject(value)) return undefined;
  const child = options.child(key);
  return fieldMatcher({ id: child.text('id'), options: child.raw('options') ?? null });
}
