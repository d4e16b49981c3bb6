/** Date and time of day as a clock on the wall shows them. `month` 1 to 12, `weekday` 0 (Sunday) to 6. */
export interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  readonly weekday: number;
}

const FORMATTERS_MAX = 64;
const formatters = new Map<string, Intl.DateTimeFormat | undefined>();

/** Does this machine know the zone? `utc`, `browser` and '' always are. */
export function isTimeZone(name: string): boolean {
  return isUtc(name) || isOwn(name) || formatterOf(name) !== undefined;
}

/** The name in the tz database; what is not known is the machine's own zone, as `browser` and '' are. */
export function timeZoneName(name: string): string {
  if (isUtc(name)) return 'UTC';
  if (!isOwn(name) && formatterOf(name) !== undefined) return name;
  return new Intl.DateTimeFormat('en-US').resolvedOptions().timeZone;
}

/** How far the zone is ahead of UTC at an instant, in milliseconds. */
export function zoneOffsetMs(timeMs: number, timeZone: string): number {
  if (isUtc(timeZone)) return 0;
  const formatter = formatterOf(timeZone) ?? formatterOf('');
  if (formatter === undefined || !isDate(timeMs)) return 0;
  const part: Record<string, number> = {};
  for (const { type, value } of formatter.formatToParts(timeMs)) part[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(timeMs / 1000) * 1000;
}

/** An instant as milliseconds since 1970 on the zone's wall clock. */
export function toWallMs(timeMs: number, timeZone: string): number {
  return timeMs + zoneOffsetMs(timeMs, timeZone);
}

/** The reverse. Of the hour that a clock shows twice the first is taken; of one it never shows, the one after. */
export function fromWallMs(wallMs: number, timeZone: string): number {
  const before = zoneOffsetMs(wallMs - 86_400_000, timeZone);
  const after = zoneOffsetMs(wallMs + 86_400_000, timeZone);
  const first = wallMs - before;
  if (zoneOffsetMs(first, timeZone) === before) return first;
  const second = wallMs - after;
  return zoneOffsetMs(second, timeZone) === after ? second : first;
}

export function wallTime(timeMs: number, timeZone: string): WallTime {
  const date = new Date(toWallMs(timeMs, timeZone));
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
    millisecond: date.getUTCMilliseconds(),
    weekday: date.getUTCDay(),
  };
}

export function isUtc(name: string): boolean {
  return name === 'utc' || name === 'UTC';
}

function isOwn(name: string): boolean {
  return name === '' || name === 'browser';
}

function isDate(timeMs: number): boolean {
  return Math.abs(timeMs) <= 8.64e15;
}

function formatterOf(name: string): Intl.DateTimeFormat | undefined {
  const zone = isOwn(name) ? '' : name;
  if (formatters.has(zone)) return formatters.get(zone);
  if (formatters.size >= FORMATTERS_MAX) formatters.clear();
  const formatter = openFormatter(zone);
  formatters.set(zone, formatter);
  return formatter;
}

function openFormatter(zone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat('en-US', {
      ...(zone === '' ? {} : { timeZone: zone }),
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return undefined;
  }
}
