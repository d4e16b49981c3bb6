import { formatFromNow, formatMoment, isInstant, isSameDay } from './unit-dates.ts';
import {
  formatClock,
  formatDuration,
  formatHoursMinutesSeconds,
  formatTimeSpan,
} from './unit-durations.ts';
import type { UnitOfFamily } from './unit-list.ts';
import { unitList } from './unit-list.ts';
import {
  binaryScale,
  countScale,
  decimalScale,
  fixed,
  formatCount,
  formatScaled,
  scaled,
  shortScale,
} from './unit-scales.ts';

/** A value for a person. The suffix brings its space along. */
export interface FormattedValue {
  readonly prefix: string;
  readonly text: string;
  readonly suffix: string;
}

/** What instants and words of a place depend on. */
export interface UnitContext {
  /** Of the tz database. */
  readonly zone: string;
  readonly nowMs: number;
  /** BCP 47, of the unit `locale`; undefined for that of the program. */
  readonly locale?: string | undefined;
}

const utc: UnitContext = { zone: 'UTC', nowMs: 0 };

/** Characters of a unit of a file; what is longer is cut. */
const unitLengthMax = 100;

/**
 * A value in a unit of Grafana's: an id (`bytes`, `percentunit`), `prefix:`, `suffix:`, `si:`, `count:`, `currency:`,
 * `time:`, `bool:` with what follows, or any other text, which stands behind the number. Without `decimals`
 * whole numbers have none and others show three digits.
 */
export function formatValue(
  value: number,
  unit: string,
  decimals?: number,
  context: UnitContext = utc,
): FormattedValue {
  const known = unitList.get(unit);
  if (known !== undefined) return formatOfFamily(value, known, decimals);
  return (
    formatSpecial(value, unit, decimals) ??
    formatInstant(value, unit, context) ??
    formatCustom(value, unit.slice(0, unitLengthMax), decimals, context)
  );
}

/** `formatValue` as one text. */
export function formatText(
  value: number,
  unit: string,
  decimals?: number,
  context?: UnitContext,
): string {
  const { prefix, text, suffix } = formatValue(value, unit, decimals, context);
  return prefix + text + suffix;
}

/** Units whose values are instants in milliseconds. */
export function isInstantUnit(unit: string): boolean {
  return unit.startsWith('dateTime') || unit.startsWith('time:');
}

function plain(text: string, suffix = ''): FormattedValue {
  return { prefix: '', text, suffix };
}

function formatOfFamily(
  value: number,
  { family, symbol, offset }: UnitOfFamily,
  decimals: number | undefined,
): FormattedValue {
  switch (family) {
    case 'decimal':
      return formatScaled(value, decimals, { scale: decimalScale, symbol, offset });
    case 'binary':
      return formatScaled(value, decimals, { scale: binaryScale, symbol, offset });
    case 'count':
      return formatCount(value, decimals, symbol);
    case 'plain':
      return plain(fixed(value, decimals), ` ${symbol}`);
    case 'currency':
      return formatMoney(value, symbol, decimals);
  }
}

/** `$1.53K`; a symbol without `<` stands behind. */
function formatMoney(value: number, symbol: string, decimals: number | undefined): FormattedValue {
  const { value: rest, name } = scaled(value, countScale, 0);
  const text = fixed(rest, decimals);
  if (!symbol.endsWith('<')) return plain(text, `${name} ${symbol}`);
  const isNegative = text.startsWith('-');
  const prefix = `${isNegative ? '-' : ''}${symbol.slice(0, -1)}`;
  return { prefix, text: isNegative ? text.slice(1) : text, suffix: name };
}

function formatSpecial(
  value: number,
  unit: string,
  decimals: number | undefined,
): FormattedValue | undefined {
  switch (unit) {
    case '':
    case 'none':
      return plain(fixed(value, decimals));
    case 'string':
      return plain(String(value));
    case 'short': {
      const { value: rest, name } = scaled(value, shortScale, 0);
      return plain(fixed(rest, decimals), name);
    }
    case 'sishort':
      return formatScaled(value, decimals, { scale: decimalScale, symbol: '', offset: 0 });
    case 'percent':
      return plain(fixed(value, decimals), '%');
    case 'percentunit':
      return plain(fixed(value * 100, decimals), '%');
    case 'hex':
    case 'hex0x':
      return plain(hexOf(value, decimals, unit === 'hex0x'));
    case 'sci':
      return plain(Number.isFinite(value) ? exponential(value, decimals) : fixed(value, 0));
    case 'pressurepsi':
      return formatPsi(value, decimals);
    default:
      return formatTime(value, unit, decimals);
  }
}

function formatPsi(value: number, decimals: number | undefined): FormattedValue {
  const scale = { factor: 1000, names: ['psi', 'ksi', 'Mpsi'], zero: 0 };
  return formatScaled(value, decimals, { scale, symbol: '', offset: 0 });
}

function hexOf(value: number, decimals: number | undefined, hasMark: boolean): string {
  if (!Number.isFinite(value)) return fixed(value, 0);
  const rounded = Number(value.toFixed(Math.min(decimals ?? 0, 20)));
  const text = Math.abs(rounded).toString(16).toUpperCase();
  return `${rounded < 0 ? '-' : ''}${hasMark ? '0x' : ''}${text}`;
}

function exponential(value: number, decimals: number | undefined): string {
  return decimals === undefined
    ? value.toExponential()
    : value.toExponential(Math.min(decimals, 20));
}

function formatTime(
  value: number,
  unit: string,
  decimals: number | undefined,
): FormattedValue | undefined {
  if (!Number.isFinite(value)) return isTimeUnit(unit) ? plain(fixed(value, 0)) : undefined;
  switch (unit) {
    case 'ns':
    case 'µs':
    case 'ms':
    case 's':
    case 'm':
    case 'h':
    case 'd':
      return formatTimeSpan(value, unit, decimals);
    // The micro sign and the Greek letter look alike.
    case 'μs':
    case 'us':
      return formatTimeSpan(value, 'µs', decimals);
    case 'timeticks':
      return formatTimeSpan(value / 100, 's', decimals);
    case 'dtdurationms':
      return plain(formatDuration(value, decimals, 'millisecond'));
    case 'dtdurations':
      return plain(formatDuration(value * 1000, decimals, 'second'));
    case 'dthms':
      return plain(formatHoursMinutesSeconds(value, false));
    case 'dtdhms':
      return plain(formatHoursMinutesSeconds(value, true));
    case 'clockms':
      return plain(formatClock(value, decimals));
    case 'clocks':
      return plain(formatClock(value * 1000, decimals));
    default:
      return undefined;
  }
}

const timeUnits = new Set(
  'ns µs μs us ms s m h d timeticks dtdurationms dtdurations dthms dtdhms clockms clocks'.split(
    ' ',
  ),
);

function isTimeUnit(unit: string): boolean {
  return timeUnits.has(unit);
}

const instantFormats: Readonly<Record<string, readonly [date: string, time: string]>> = {
  dateTimeAsIso: ['YYYY-MM-DD', 'HH:mm:ss'],
  dateTimeAsUS: ['MM/DD/YYYY', 'h:mm:ss a'],
  dateTimeAsBR: ['DD/MM/YYYY', 'HH:mm:ss'],
  dateTimeAsSystem: ['YYYY-MM-DD', 'HH:mm:ss'],
};
const notToday = 'NoDateIfToday';

function formatInstant(
  value: number,
  unit: string,
  context: UnitContext,
): FormattedValue | undefined {
  if (!unit.startsWith('dateTime')) return undefined;
  if (unit === 'dateTimeFromNow') return plain(formatFromNow(value, context.nowMs));
  const isShort = unit.endsWith(notToday);
  const name = isShort ? unit.slice(0, -notToday.length) : unit;
  if (name === 'dateTimeAsLocal') return plain(localInstant(value, isShort, context));
  const format = Object.hasOwn(instantFormats, name) ? instantFormats[name] : undefined;
  if (format === undefined) return undefined;
  const [date, time] = format;
  const hidesDate = isShort && isSameDay(value, context.nowMs, context.zone);
  return plain(formatMoment(value, hidesDate ? time : `${date} ${time}`, context.zone));
}

function localInstant(ms: number, isShort: boolean, context: UnitContext): string {
  if (!isInstant(ms)) return 'Invalid date';
  const hidesDate = isShort && isSameDay(ms, context.nowMs, context.zone);
  const options: Intl.DateTimeFormatOptions = {
    ...(hidesDate ? {} : { year: 'numeric', month: '2-digit', day: '2-digit' }),
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  };
  try {
    const zone = context.zone === '' || context.zone === 'browser' ? undefined : context.zone;
    return new Date(ms).toLocaleString(context.locale, { ...options, timeZone: zone });
  } catch {
    return formatMoment(ms, 'YYYY-MM-DD HH:mm:ss', context.zone);
  }
}

const booleanTexts: Readonly<Record<string, string>> = {
  bool: 'True/False',
  bool_yes_no: 'Yes/No',
  bool_on_off: 'On/Off',
};

function formatCustom(
  value: number,
  unit: string,
  decimals: number | undefined,
  context: UnitContext,
): FormattedValue {
  if (unit === 'locale') return plain(localNumber(value, decimals, context.locale));
  const booleanText = Object.hasOwn(booleanTexts, unit) ? booleanTexts[unit] : undefined;
  if (booleanText !== undefined) return booleanOf(value, booleanText);
  const colon = unit.indexOf(':');
  const rest = unit.slice(colon + 1);
  switch (colon > 0 ? unit.slice(0, colon) : '') {
    case 'prefix':
      return { prefix: rest, text: fixed(value, decimals), suffix: '' };
    case 'suffix':
      return plain(fixed(value, decimals), ` ${rest}`);
    case 'time':
      return plain(formatMoment(value, rest, context.zone));
    case 'si':
      return formatSi(value, rest, decimals);
    case 'count':
      return formatCount(value, decimals, rest);
    case 'currency':
      return formatMoneyOf(value, rest, decimals);
    case 'bool':
      return booleanOf(value, rest);
    default:
      return plain(fixed(value, decimals), ` ${unit}`);
  }
}

function localNumber(
  value: number,
  decimals: number | undefined,
  locale: string | undefined,
): string {
  const digits = Math.min(Math.max(0, decimals ?? 3), 20);
  const minimum = decimals === undefined ? 0 : digits;
  return value.toLocaleString(locale, {
    minimumFractionDigits: minimum,
    maximumFractionDigits: digits,
  });
}

function booleanOf(value: number, texts: string): FormattedValue {
  const [yes = '', no = ''] = texts.split('/');
  return plain(value === 0 || Number.isNaN(value) ? no : yes);
}

/** `si:kHz`: the first letter says what the values already are, where something follows it. */
function formatSi(value: number, unit: string, decimals: number | undefined): FormattedValue {
  const place = unit.length > 1 ? decimalScale.names.indexOf(unit.slice(0, 1)) : -1;
  const offset = place < 0 ? 0 : place - decimalScale.zero;
  const symbol = place < 0 ? unit : unit.slice(1);
  return formatScaled(value, decimals, { scale: decimalScale, symbol, offset });
}

/** `currency:€`, `currency:financial:$:suffix`. */
function formatMoneyOf(value: number, unit: string, decimals: number | undefined): FormattedValue {
  const parts = unit.split(':');
  const isFinancial = parts[0] === 'financial';
  const [symbol = '', place = ''] = isFinancial ? parts.slice(1) : parts;
  if (!isFinancial) return formatMoney(value, place === 'suffix' ? symbol : `${symbol}<`, decimals);
  const text = localNumber(value, decimals ?? 2, 'en-US');
  return place === 'suffix' ? plain(text, ` ${symbol}`) : { prefix: symbol, text, suffix: '' };
}
