import { isDecimal } from '#model';

/** The number that an `le` label says, as Go reads floats; undefined where it says none. */
export function parseBound(text: string): number | undefined {
  if (isDecimal(text)) return Number(text);
  switch (text.toLowerCase()) {
    case 'inf':
    case '+inf':
    case 'infinity':
    case '+infinity':
      return Infinity;
    case '-inf':
    case '-infinity':
      return -Infinity;
    case 'nan':
      return NaN;
    default:
      return undefined;
  }
}
