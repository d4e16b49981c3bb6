/** Milliseconds as seconds with three decimals, none where whole: `1.010`, `-0.001`, `2`. */
export function encodeTimestamp(ms: number | bigint): string {
  if (typeof ms === 'number' && ms >= 0 && Number.isSafeInteger(ms)) return encodeInstant(ms);
  const whole = typeof ms === 'bigint' ? ms : Math.round(ms);
  const negative = whole < 0;
  const digits = String(negative ? -whole : whole).padStart(4, '0');
  const seconds = digits.slice(0, -3);
  const fraction = digits.slice(-3);
  const text = fraction === '000' ? seconds : `${seconds}.${fraction}`;
  return negative ? `-${text}` : text;
}

/** What answers are full of: whole milliseconds since the epoch. */
function encodeInstant(ms: number): string {
  const fraction = ms % 1000;
  const seconds = String((ms - fraction) / 1000);
  if (fraction === 0) return seconds;
  return `${seconds}.${fraction < 10 ? '00' : fraction < 100 ? '0' : ''}${fraction}`;
}

/**
 * A sample value as Prometheus' JSON shows it (util/jsonutil), without its quotes: plain digits between
 * 1e-6 and 1e21, else an exponent; which is how JavaScript writes numbers, but for -0 and infinity.
 */
export function encodeValue(value: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (value === Infinity) return '+Inf';
  return String(value).replace('Infinity', 'Inf');
}
