import { locale } from './locale.ts';

export type Zone = 'local' | 'utc';

/** `2026-11-22 20:30:05`: the form of Prometheus' links (always UTC there). */
export function formatInstant(timeMs: number, zone: Zone = 'utc'): string {
  return toIso(timeMs, zone).slice(0, 19).replace('T', ' ');
}

/** Like formatInstant, with milliseconds where they are not zero. */
export function formatInstantPrecisely(timeMs: number, zone: Zone): string {
  const fraction = Math.round(timeMs) % 1000;
  const text = formatInstant(timeMs, zone);
  return fraction === 0 ? text : `${text}.${String(fraction).padStart(3, '0')}`;
}

/** The value of an `<input type="datetime-local">`. */
export function toInputValue(timeMs: number, zone: Zone): string {
  return toIso(timeMs, zone).slice(0, 19);
}

/** Undefined where the input is empty or incomplete. */
export function fromInputValue(text: string, zone: Zone): number | undefined {
  if (text === '') return undefined;
  const timeMs = Date.parse(zone === 'utc' ? `${text}Z` : text);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** Reads a time of a link: `2026-11-22 20:30[:05]` in UTC, RFC 3339, or seconds since the epoch. */
export function parseInstant(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) return Math.round(Number(trimmed) * 1000);
  const iso = trimmed.replace(' ', 'T');
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/i.test(iso) || !iso.includes('T') ? iso : `${iso}Z`;
  const timeMs = Date.parse(zoned);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

function toIso(timeMs: number, zone: Zone): string {
  const offsetMs = zone === 'utc' ? 0 : new Date(timeMs).getTimezoneOffset() * 60_000;
  const date = new Date(Math.round(timeMs) - offsetMs);
  return Number.isNaN(date.getTime()) ? 'invalid time' : date.toISOString();
}

const relativeFormat = new Intl.RelativeTimeFormat(locale, { numeric: 'always', style: 'narrow' });

const RELATIVE_UNITS: readonly (readonly [number, Intl.RelativeTimeFormatUnit])[] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
  [1000, 'second'],
];

/** `5s ago`, `3h ago`; for a moment less than a second away, `just now`. */
export function formatRelative(timeMs: number, nowMs: number): string {
  const distanceMs = timeMs - nowMs;
  for (const [unitMs, unit] of RELATIVE_UNITS) {
    if (Math.abs(distanceMs) >= unitMs) {
      return relativeFormat.format(Math.trunc(distanceMs / unitMs), unit);
    }
  }
  return 'just now';
}

/** Prometheus writes the year 1 for "never". */
export function parseRfc3339(text: string): number | undefined {
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) || timeMs <= 0 ? undefined : timeMs;
}

export function zoneName(zone: Zone): string {
  return zone === 'utc' ? 'UTC' : new Intl.DateTimeFormat(locale).resolvedOptions().timeZone;
}

/** A time span to read: `340 ms`, `2.1 s`, `5m 3s`. */
export function formatSpan(seconds: number): string {
  if (seconds < 1) return `${trim(seconds * 1000)} ms`;
  if (seconds < 60) return `${trim(seconds)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${minutes}m ${whole % 60}s`
    : `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

function trim(value: number): string {
  return String(Number(value.toPrecision(value >= 100 ? 3 : 2)));
}
