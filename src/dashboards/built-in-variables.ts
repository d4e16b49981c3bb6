import { formatInterval } from './intervals.ts';
import { type TimeRangeText, timeParameters } from './time-range.ts';
import { timeZoneName } from './time-zone.ts';
import type { VariableValue } from './variable.ts';
import { encodeStrict, formatTimeValue, formatVariable } from './variable-format.ts';

/** What built-in variables stand for in one place; those whose part is missing stay in the text. */
export interface BuiltInScope {
  readonly time?: {
    readonly fromMs: number;
    readonly toMs: number;
    /** As in the URL, for links. */
    readonly text: TimeRangeText;
  };
  readonly intervals?: { readonly intervalMs: number; readonly rateIntervalMs: number };
  readonly dashboard?: { readonly uid: string; readonly title: string };
  /** `${__field.name}`, `${__field.labels.instance}`. */
  readonly field?: {
    readonly name: string;
    readonly displayName: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly seriesName?: string;
  readonly value?: DataValue;
  /** Fields of the same row, by name and by number: `${__data.fields.job}`, `${__data.fields[0]}`. */
  readonly row?: readonly DataValue[];
}

/** One value that a link or a title speaks of. */
export interface DataValue {
  readonly name: string;
  readonly raw: string;
  /** With unit and decimals. */
  readonly text: string;
  /** NaN where it is none. */
  readonly numeric: number;
  /** Undefined where it has none. */
  readonly timeMs: number | undefined;
}

interface BuiltInReference {
  readonly name: string;
  readonly path: string;
  readonly format: string;
}

/** What a built-in variable stands for; undefined for none, or where the scope does not say. */
export function builtIn(
  reference: BuiltInReference,
  scope: BuiltInScope,
  timeZone: string,
): string | undefined {
  const { name, format } = reference;
  const time = timeBuiltIn(reference, scope, timeZone);
  if (time !== undefined) return time;
  const text = intervalBuiltIn(name, scope) ?? dataBuiltIn(reference, scope);
  if (text === undefined || format === '') return text;
  return formatVariable(single(text), format, { name, timeZone });
}

function single(text: string): VariableValue {
  return { isMulti: false, isAll: false, isPattern: false, values: [text], texts: [text] };
}

function timeBuiltIn(
  { name, format }: BuiltInReference,
  { time }: BuiltInScope,
  timeZone: string,
): string | undefined {
  if (name === '__timezone') return timeZoneName(timeZone);
  if (time === undefined) return undefined;
  switch (name) {
    case '__from':
      return formatInstant(time.fromMs, format, timeZone);
    case '__to':
      return formatInstant(time.toMs, format, timeZone);
    case '__url_time_range':
      return timeParameters(time.text, timeZone)
        .map(([key, value]) => `${key}=${encodeStrict(value)}`)
        .join('&');
    case '__range':
      return `${Math.round((time.toMs - time.fromMs) / 1000)}s`;
    case '__range_s':
      return String(Math.round((time.toMs - time.fromMs) / 1000));
    case '__range_ms':
      return String(Math.round(time.toMs - time.fromMs));
    default:
      return undefined;
  }
}

function formatInstant(timeMs: number, format: string, timeZone: string): string {
  const text = String(Math.round(timeMs));
  if (format === '') return text;
  const [name, ...rest] = format.split(':');
  if (name === 'date') return formatTimeValue(text, rest.join(':'), timeZone);
  return formatVariable(single(text), format, { name: '', timeZone });
}

function intervalBuiltIn(name: string, { intervals }: BuiltInScope): string | undefined {
  // Grafana's way to search among options, which the page does by itself.
  if (name === '__searchFilter') return '';
  if (intervals === undefined) return undefined;
  switch (name) {
    case '__interval':
      return formatInterval(intervals.intervalMs);
    case '__interval_ms':
      return String(Math.round(intervals.intervalMs));
    case '__rate_interval':
      return formatInterval(intervals.rateIntervalMs);
    case '__rate_interval_ms':
      return String(Math.round(intervals.rateIntervalMs));
    default:
      return undefined;
  }
}

function dataBuiltIn({ name, path }: BuiltInReference, scope: BuiltInScope): string | undefined {
  switch (name) {
    case '__dashboard':
      return path === 'uid' ? scope.dashboard?.uid : scope.dashboard?.title;
    case '__series':
      return path === 'name' ? (scope.seriesName ?? scope.field?.displayName) : undefined;
    case '__field':
      return fieldPart(path, scope.field);
    case '__value':
      return scope.value === undefined ? undefined : valuePart(path, scope.value);
    case '__cell':
      return scope.value?.text;
    case '__data':
      return rowPart(path, scope.row);
    default:
      return /^__cell_\d{1,4}$/.test(name) ? scope.row?.[Number(name.slice(7))]?.text : undefined;
  }
}

function fieldPart(path: string, field: BuiltInScope['field']): string | undefined {
  if (field === undefined) return undefined;
  if (path === 'name') return field.name;
  if (path === 'displayName' || path === '') return field.displayName;
  if (path === 'labels') {
    const pairs = Object.entries(field.labels).map(([key, value]) => `${key}="${value}"`);
    return pairs.join(', ');
  }
  const [head, label] = pathParts(path);
  if (head !== 'labels' || label === undefined) return undefined;
  // A label that is not there is empty: so does Grafana.
  return Object.hasOwn(field.labels, label) ? (field.labels[label] ?? '') : '';
}

function valuePart(path: string, value: DataValue): string | undefined {
  switch (path) {
    case '':
    case 'text':
      return value.text;
    case 'raw':
      return value.raw;
    case 'numeric':
      return Number.isNaN(value.numeric) ? '' : String(value.numeric);
    case 'time':
      return value.timeMs === undefined ? '' : String(value.timeMs);
    default:
      return undefined;
  }
}

/** `fields.job`, `fields["a b"].text`, `fields[0].numeric`. */
function rowPart(path: string, row: BuiltInScope['row']): string | undefined {
  if (row === undefined) return undefined;
  const parts = pathParts(path);
  if (parts[0] !== 'fields' || parts.length < 2) return undefined;
  const exact = parts.slice(1).join('.');
  const whole = row.find(({ name }) => name === exact);
  if (whole !== undefined) return whole.text;
  const ending = parts.at(-1) ?? '';
  const isPart = parts.length > 2 && ['text', 'raw', 'numeric', 'time'].includes(ending);
  const name = isPart ? parts.slice(1, -1).join('.') : exact;
  const value =
    row.find((one) => one.name === name) ?? row[/^\d{1,6}$/.test(name) ? Number(name) : -1];
  return value === undefined ? undefined : valuePart(isPart ? ending : 'text', value);
}

/** `a.b["c d"][0]` to its parts. */
function pathParts(path: string): string[] {
  const parts: string[] = [];
  for (const match of path.matchAll(/\[\s*(?:"([^"]*)"|'([^']*)'|(\d+))\s*\]|([^.[\]]+)/g)) {
    parts.push(match[1] ?? match[2] ?? match[3] ?? match[4] ?? '');
  }
  return parts;
}
