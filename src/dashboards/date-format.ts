import { toWallMs, wallTime, type WallTime, zoneOffsetMs } from './time-zone.ts';

const MONTHS: readonly string[] = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const DAYS: readonly string[] = [
  'Sunday',
  'Monday',
  'Tuesday',
  'Wednesday',
  'Thursday',
  'Friday',
  'Saturday',
];

const TOKEN =
  /\[([^\]]{0,100})\]|YYYY|YY|Q|MMMM|MMM|MM|Mo|M|DDDD|DDD|DD|Do|D|dddd|ddd|dd|d|E|WW|W|HH|H|hh|h|kk|k|mm|m|ss|s|SSS|SS|S|A|a|ZZ|Z|X|x/g;

/** Writes an instant by a pattern of Moment's, which Grafana's `${__from:date:YYYY-MM}` takes. */
export function formatDate(timeMs: number, pattern: string, timeZone: string): string {
  if (Math.abs(timeMs) > 8.64e15 || Number.isNaN(timeMs)) return 'Invalid date';
  const time = wallTime(timeMs, timeZone);
  return pattern.replaceAll(TOKEN, (token: string, literal: string | undefined) => {
    if (literal !== undefined) return literal;
    return dateToken(token, time) ?? clockToken(token, time) ?? zoneToken(token, timeMs, timeZone);
  });
}

function dateToken(token: string, { year, month, day, weekday }: WallTime): string | undefined {
  switch (token) {
    case 'YYYY':
      return two(year, 4);
    case 'YY':
      return two(year % 100);
    case 'Q':
      return String(Math.ceil(month / 3));
    case 'MMMM':
      return MONTHS[month - 1];
    case 'MMM':
      return MONTHS[month - 1]?.slice(0, 3);
    case 'MM':
      return two(month);
    case 'Mo':
      return ordinal(month);
    case 'M':
      return String(month);
    case 'DD':
      return two(day);
    case 'Do':
      return ordinal(day);
    case 'D':
      return String(day);
    case 'dddd':
      return DAYS[weekday];
    case 'ddd':
      return DAYS[weekday]?.slice(0, 3);
    case 'dd':
      return DAYS[weekday]?.slice(0, 2);
    case 'd':
      return String(weekday);
    case 'E':
      return String(weekday === 0 ? 7 : weekday);
    default:
      return undefined;
  }
}

function clockToken(token: string, time: WallTime): string | undefined {
  const { hour, minute, second, millisecond } = time;
  switch (token) {
    case 'HH':
      return two(hour);
    case 'H':
      return String(hour);
    case 'hh':
      return two(hour % 12 === 0 ? 12 : hour % 12);
    case 'h':
      return String(hour % 12 === 0 ? 12 : hour % 12);
    case 'kk':
      return two(hour === 0 ? 24 : hour);
    case 'k':
      return String(hour === 0 ? 24 : hour);
    case 'mm':
      return two(minute);
    case 'm':
      return String(minute);
    case 'ss':
      return two(second);
    case 's':
      return String(second);
    case 'SSS':
      return two(millisecond, 3);
    case 'SS':
      return two(Math.floor(millisecond / 10));
    case 'S':
      return String(Math.floor(millisecond / 100));
    case 'A':
      return hour < 12 ? 'AM' : 'PM';
    case 'a':
      return hour < 12 ? 'am' : 'pm';
    default:
      return undefined;
  }
}

function zoneToken(token: string, timeMs: number, timeZone: string): string {
  switch (token) {
    case 'Z':
      return zoneOffset(timeMs, timeZone, ':');
    case 'ZZ':
      return zoneOffset(timeMs, timeZone, '');
    case 'X':
      return String(Math.floor(timeMs / 1000));
    case 'x':
      return String(timeMs);
    case 'DDDD':
      return two(dayOfYear(timeMs, timeZone), 3);
    case 'DDD':
      return String(dayOfYear(timeMs, timeZone));
    case 'WW':
      return two(isoWeek(timeMs, timeZone));
    case 'W':
      return String(isoWeek(timeMs, timeZone));
    default:
      return token;
  }
}

function zoneOffset(timeMs: number, timeZone: string, between: string): string {
  const minutes = Math.round(zoneOffsetMs(timeMs, timeZone) / 60_000);
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${between}${two(size % 60)}`;
}

function dayOfYear(timeMs: number, timeZone: string): number {
  const wallMs = toWallMs(timeMs, timeZone);
  return Math.floor((wallMs - Date.UTC(new Date(wallMs).getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
}

/** Weeks begin on Mondays; the first is that of the year's first Thursday. */
function isoWeek(timeMs: number, timeZone: string): number {
  const wallMs = toWallMs(timeMs, timeZone);
  const weekday = (new Date(wallMs).getUTCDay() + 6) % 7;
  const thursdayMs = wallMs + (3 - weekday) * 86_400_000;
  const yearMs = Date.UTC(new Date(thursdayMs).getUTCFullYear(), 0, 1);
  return Math.floor((thursdayMs - yearMs) / (7 * 86_400_000)) + 1;
}

function ordinal(value: number): string {
  const tens = value % 100;
  if (tens >= 11 && tens <= 13) return `${value}th`;
  return `${value}${['th', 'st', 'nd', 'rd'][value % 10] ?? 'th'}`;
}

function two(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}
