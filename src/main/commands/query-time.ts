import { isDecimal } from '#model';
import { CommandError } from './command.ts';

const RFC_3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** Seconds since the epoch or RFC 3339, to milliseconds. Throws CommandError. */
export function parseTimeMs(text: string, what: string): number {
  if (isDecimal(text)) return Number(text) * 1000;
  const timeMs = RFC_3339.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(timeMs)) return timeMs;
  const shown = JSON.stringify(text);
  throw new CommandError(`error parsing ${what}: cannot parse ${shown} to a valid timestamp`);
}
