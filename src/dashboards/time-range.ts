import { formatDate } from './date-format.ts';
import { fromWallMs, isTimeZone, toWallMs } from './time-zone.ts';

/** As it is written: `now-6h`, milliseconds since 1970, or a date. */
export interface TimeRangeText {
  readonly from: string;
  readonly to: string;
}

export interface TimeSpan {
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Calendar {
  /** '' or `browser`, `utc`, or a name of the tz database. */
  readonly timeZone: string;
  /** Days from Sunday (0) to Saturday (6); Monday unless given. */
  readonly weekStartDay?: number;
  /** From 0 for January, which is taken where nothing is said. */
  readonly fiscalStartMonth?: number;
}

export interface TimeContext extends Calendar {
  readonly nowMs: number;
  /** So much earlier ends a range that ends `now`, where the newest data are not whole; 0 unless given. */
  readonly nowDelayMs?: number;
}

export interface QuickRange extends TimeRangeText {
  readonly name: string;
}

export const QUICK_RANGES: readonly QuickRange[] = [
  { name: 'Last 5 minutes', from: 'now-5m', to: 'now' },
  { name: 'Last 15 minutes', from: 'now-15m', to: 'now' },
  { name: 'Last 30 minutes', from: 'now-30m', to: 'now' },
  { name: 'Last 1 hour', from: 'now-1h', to: 'now' },
  { name: 'Last 3 hours', from: 'now-3h', to: 'now' },
  { name: 'Last 6 hours', from: 'now-6h', to: 'now' },
  { name: 'Last 12 hours', from: 'now-12h', to: 'now' },
  { name: 'Last 24 hours', from: 'now-24h', to: 'now' },
  { name: 'Last 2 days', from: 'now-2d', to: 'now' },
  { name: 'Last 7 days', from: 'now-7d', to: 'now' },
  { name: 'Last 30 days', from: 'now-30d', to: 'now' },
  { name: 'Last 90 days', from: 'now-90d', to: 'now' },
  { name: 'Last 6 months', from: 'now-6M', to: 'now' },
  { name: 'Last 1 year', from: 'now-1y', to: 'now' },
  { name: 'Last 2 years', from: 'now-2y', to: 'now' },
  { name: 'Last 5 years', from: 'now-5y', to: 'now' },
  { name: 'Yesterday', from: 'now-1d/d', to: 'now-1d/d' },
  { name: 'Day before yesterday', from: 'now-2d/d', to: 'now-2d/d' },
  { name: 'This day last week', from: 'now-7d/d', to: 'now-7d/d' },
  { name: 'Previous week', from: 'now-1w/w', to: 'now-1w/w' },
  { name: 'Previous month', from: 'now-1M/M', to: 'now-1M/M' },
  { name: 'Previous year', from: 'now-1y/y', to: 'now-1y/y' },
  { name: 'Today', from: 'now/d', to: 'now/d' },
  { name: 'Today so far', from: 'now/d', to: 'now' },
  { name: 'This week', from: 'now/w', to: 'now/w' },
  { name: 'This week so far', from: 'now/w', to: 'now' },
  { name: 'This month', from: 'now/M', to: 'now/M' },
  { name: 'This month so far', from: 'now/M', to: 'now' },
  { name: 'This year', from: 'now/y', to: 'now/y' },
  { name: 'This year so far', from: 'now/y', to: 'now' },
];

/** Where fiscal years do not begin in January. */
export const FISCAL_RANGES: readonly QuickRange[] = [
  { name: 'This fiscal quarter so far', from: 'now/fQ', to: 'now' },
  { name: 'This fiscal year so far', from: 'now/fy', to: 'now' },
  { name: 'Previous fiscal quarter', from: 'now-1Q/fQ', to: 'now-1Q/fQ' },
  { name: 'Previous fiscal year', from: 'now-1y/fy', to: 'now-1y/fy' },
];

const UNIT_NAMES: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  M: 'month',
  Q: 'quarter',
  y: 'year',
};

/** Operations behind `now` or `||` in one expression. */
const OPERATIONS_MAX = 20;
const TIME_MS_MAX = 8.64e15;

/**
 * The instant of `now-1d/d`, `1700000000000`, `2024-05-01 12:00:00`, `2024-05-01||+1M`, in milliseconds; undefined
 * for what is none. `/d` goes to the start of the day, or to its last millisecond where the end of a range is meant.
 */
export function parseTime(text: string, isEnd: boolean, context: TimeContext): number | undefined {
  const trimmed = text.trim();
  if (trimmed.startsWith('now')) {
    return applyTimeMath(context.nowMs, trimmed.slice(3), isEnd, context);
  }
  const [date = '', math, more] = trimmed.split('||');
  const timeMs = parseDate(date, context.timeZone);
  if (timeMs === undefined || math === undefined) return timeMs;
  return more === undefined ? applyTimeMath(timeMs, math, isEnd, context) : undefined;
}

/** Both ends; undefined where one cannot be read or the range ends before it starts. */
export function resolveTimeRange(text: TimeRangeText, context: TimeContext): TimeSpan | undefined {
  const fromMs = parseTime(text.from, false, context);
  const toMs = parseTime(text.to, true, context);
  if (fromMs === undefined || toMs === undefined || toMs < fromMs) return undefined;
  const { nowDelayMs = 0 } = context;
  const isNow = text.to.trim() === 'now';
  return { fromMs, toMs: isNow ? Math.max(fromMs, toMs - nowDelayMs) : toMs };
}

export function isRelative({ from, to }: TimeRangeText): boolean {
  return from.trim().startsWith('now') || to.trim().startsWith('now');
}

/** What follows `now`: `-1d/d`. `undefined` where that is no such thing. */
export function applyTimeMath(
  timeMs: number,
  math: string,
  isEnd: boolean,
  calendar: Calendar,
): number | undefined {
  const text = math.replaceAll(/\s/g, '');
  const operations = [...text.matchAll(/([+\-/])(\d{0,9})(fQ|fy|[smhdwMQyY])/g)];
  if (operations.length > OPERATIONS_MAX) return undefined;
  if (operations.map(([whole]) => whole).join('') !== text) return undefined;
  let result = timeMs;
  for (const [, operator, digits = '', written = ''] of operations) {
    const unit = written.replace('Y', 'y');
    if (operator === '/') {
      if (digits !== '' && digits !== '1') return undefined;
      result = roundTime(result, unit, isEnd, calendar);
    } else {
      const count = digits === '' ? 1 : Number(digits);
      result = addTime(result, operator === '-' ? -count : count, unit, calendar.timeZone);
    }
    if (Number.isNaN(result) || Math.abs(result) > TIME_MS_MAX) return undefined;
  }
  return result;
}

const CLOCK_UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 };

function addTime(timeMs: number, count: number, unit: string, timeZone: string): number {
  const unitMs = CLOCK_UNITS_MS[unit];
  if (unitMs !== undefined) return timeMs + count * unitMs;
  const wall = new Date(toWallMs(timeMs, timeZone));
  if (unit === 'd' || unit === 'w') {
    wall.setUTCDate(wall.getUTCDate() + count * (unit === 'w' ? 7 : 1));
  } else {
    addMonths(wall, count * (unit.endsWith('y') ? 12 : unit.endsWith('Q') ? 3 : 1));
  }
  return fromWallMs(wall.getTime(), timeZone);
}

/** 31 March less a month is the last day of February. */
function addMonths(wall: Date, months: number): void {
  const day = wall.getUTCDate();
  wall.setUTCDate(1);
  wall.setUTCMonth(wall.getUTCMonth() + months);
  const next = new Date(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth() + 1, 0));
  wall.setUTCDate(Math.min(day, next.getUTCDate()));
}

function roundTime(timeMs: number, unit: string, isEnd: boolean, calendar: Calendar): number {
  const startMs = startOf(timeMs, unit, calendar);
  return isEnd ? addTime(startMs, 1, unit, calendar.timeZone) - 1 : startMs;
}

function startOf(timeMs: number, unit: string, calendar: Calendar): number {
  const { timeZone } = calendar;
  const wallMs = toWallMs(timeMs, timeZone);
  const unitMs = CLOCK_UNITS_MS[unit];
  // Not by the wall clock: an hour that it shows twice has two starts.
  if (unitMs !== undefined) return timeMs - (((wallMs % unitMs) + unitMs) % unitMs);
  return fromWallMs(startOfWallDate(unit, new Date(wallMs), calendar), timeZone);
}

const MONDAY = 1;

function startOfWallDate(
  unit: string,
  wall: Date,
  { weekStartDay = MONDAY, fiscalStartMonth = 0 }: Calendar,
): number {
  const [year, month, day] = [wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate()];
  const fiscalMonth = (month - fiscalStartMonth + 12) % 12;
  switch (unit) {
    case 'd':
      return Date.UTC(year, month, day);
    case 'w':
      return Date.UTC(year, month, day - ((wall.getUTCDay() - weekStartDay + 7) % 7));
    case 'M':
      return Date.UTC(year, month, 1);
    case 'Q':
      return Date.UTC(year, month - (month % 3), 1);
    case 'fQ':
      return Date.UTC(year, month - (fiscalMonth % 3), 1);
    case 'fy':
      return Date.UTC(year, month - fiscalMonth, 1);
    default:
      return Date.UTC(year, 0, 1);
  }
}

const DATE =
  /^(\d{4})-?(\d\d)(?:-?(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:\.(\d{1,9}))?)?)?)?\s?(Z|[+-]\d\d:?\d\d)?$/;

/** Eight digits are a date; other numbers are milliseconds since 1970. Without a zone the given one is meant. */
function parseDate(text: string, timeZone: string): number | undefined {
  if (/^-?\d+$/.test(text) && text.length !== 8) {
    const timeMs = Number(text);
    return Math.abs(timeMs) <= TIME_MS_MAX ? timeMs : undefined;
  }
  const match = DATE.exec(text);
  if (match === null) return undefined;
  const [, year, month, day = '1', hour = '0', minute = '0', second = '0', part = '', zone] = match;
  const days = [Number(year), Number(month) - 1, Number(day)] as const;
  const wallMs =
    Date.UTC(...days, Number(hour), Number(minute), Number(second)) +
    Math.floor(Number(part.padEnd(3, '0').slice(0, 3)));
  const isReal = new Date(Date.UTC(...days)).getUTCMonth() === days[1] && Number(hour) < 25;
  if (!isReal || Number(minute) > 59 || Number(second) > 60) return undefined;
  if (zone === undefined) return fromWallMs(wallMs, timeZone);
  return wallMs - (zone === 'Z' ? 0 : parseOffset(zone));
}

function parseOffset(zone: string): number {
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return (zone.startsWith('-') ? -minutes : minutes) * 60_000;
}

/** `Last 6 hours`, `Yesterday`, or both ends. */
export function describeTimeRange(range: TimeRangeText, context: TimeContext): string {
  const known = [...QUICK_RANGES, ...FISCAL_RANGES].find(
    ({ from, to }) => from === range.from && to === range.to,
  );
  if (known !== undefined) return known.name;
  const last = /^now-(\d{1,6})([smhdwMQy])$/.exec(range.from);
  const unit = UNIT_NAMES[last?.[2] ?? ''];
  if (last !== null && unit !== undefined && range.to === 'now') {
    return `Last ${last[1]} ${unit}${last[1] === '1' ? '' : 's'}`;
  }
  return `${describeEnd(range.from, context)} to ${describeEnd(range.to, context)}`;
}

function describeEnd(text: string, context: TimeContext): string {
  if (text.trim().startsWith('now')) return text.trim();
  const timeMs = parseTime(text, false, context);
  return timeMs === undefined ? text : formatDate(timeMs, 'YYYY-MM-DD HH:mm:ss', context.timeZone);
}

/** Half its length to the left or right; not beyond now, unless it is there already. */
export function shiftTimeRange(span: TimeSpan, direction: -1 | 1, nowMs: number): TimeSpan {
  const half = Math.round((span.toMs - span.fromMs) / 2);
  const fromMs = span.fromMs + direction * half;
  const toMs = span.toMs + direction * half;
  if (direction === 1 && toMs > nowMs && span.toMs <= nowMs) {
    return { fromMs: nowMs - (span.toMs - span.fromMs), toMs: nowMs };
  }
  return { fromMs, toMs };
}

/** About its middle. A range without length becomes one of 30 seconds. */
export function zoomOutTimeRange(span: TimeSpan, factor = 2): TimeSpan {
  const lengthMs = span.toMs - span.fromMs;
  const halfMs = lengthMs <= 0 ? 15_000 : Math.round((lengthMs * factor) / 2);
  const centreMs = Math.round(span.fromMs + lengthMs / 2);
  return { fromMs: Math.max(0, centreMs - halfMs), toMs: centreMs + halfMs };
}

export function spanText(span: TimeSpan): TimeRangeText {
  return { from: String(Math.round(span.fromMs)), to: String(Math.round(span.toMs)) };
}

/**
 * A panel's own time: `timeFrom` (`24h`) replaces a range that is relative to now, `timeShift` (`1h`, `1d/d`) moves
 * either end back. What cannot be read changes nothing.
 */
export function applyPanelTime(
  range: TimeRangeText,
  panel: { readonly timeFrom: string; readonly timeShift: string },
  context: TimeContext,
): TimeSpan | undefined {
  const isReplaced = panel.timeFrom !== '' && isRelative(range);
  const own = isReplaced
    ? resolveTimeRange(panelRange(panel.timeFrom), context)
    : resolveTimeRange(range, context);
  const span = own ?? resolveTimeRange(range, context);
  if (span === undefined || panel.timeShift === '') return span;
  const math = `-${panel.timeShift}`;
  const fromMs = applyTimeMath(span.fromMs, math, false, context);
  const toMs = applyTimeMath(span.toMs, math, true, context);
  return fromMs === undefined || toMs === undefined || toMs < fromMs ? span : { fromMs, toMs };
}

/** `Last 2 hours`; what is no range as it is written. */
export function describePanelTime(timeFrom: string): string {
  const range = panelRange(timeFrom);
  const words = describeTimeRange(range, { nowMs: 0, timeZone: 'utc' });
  return words.includes(' to ') ? timeFrom : words;
}

function panelRange(timeFrom: string): TimeRangeText {
  const text = timeFrom.trim();
  if (text.startsWith('now')) return { from: text, to: 'now' };
  return { from: `now-${text}`, to: 'now' };
}

/** What of a URL says the time; undefined where it says nothing. */
export interface TimeParameters {
  readonly range: TimeRangeText | undefined;
  readonly timeZone: string | undefined;
}

/**
 * `from`, `to` and `timezone`, or `time` and `time.window` (a centre and a length in milliseconds), of Grafana's
 * URLs; ends that cannot be read count as not there.
 */
export function readTimeParameters(
  parameters: Iterable<readonly [string, string]>,
): TimeParameters {
  const of = new Map(parameters);
  const zone = of.get('timezone');
  return {
    range: readWindow(of) ?? readEnds(of),
    timeZone: zone !== undefined && isTimeZone(zone) ? zone : undefined,
  };
}

function readEnds(of: ReadonlyMap<string, string>): TimeRangeText | undefined {
  const range = { from: of.get('from') ?? 'now-6h', to: of.get('to') ?? 'now' };
  if (!of.has('from') && !of.has('to')) return undefined;
  const context: TimeContext = { nowMs: 0, timeZone: 'utc' };
  const isReadable =
    parseTime(range.from, false, context) !== undefined &&
    parseTime(range.to, true, context) !== undefined;
  return isReadable ? range : undefined;
}

function readWindow(of: ReadonlyMap<string, string>): TimeRangeText | undefined {
  const timeMs = Number(of.get('time') ?? Number.NaN);
  const windowMs = Number(of.get('time.window') ?? Number.NaN);
  if (Number.isNaN(timeMs) || !(windowMs > 0)) return undefined;
  return spanText({ fromMs: timeMs - windowMs / 2, toMs: timeMs + windowMs / 2 });
}

/** For a URL; the zone only where it is given. */
export function timeParameters(range: TimeRangeText, timeZone: string): [string, string][] {
  const parameters: [string, string][] = [
    ['from', range.from],
    ['to', range.to],
  ];
  if (timeZone !== '') parameters.push(['timezone', timeZone]);
  return parameters;
}
