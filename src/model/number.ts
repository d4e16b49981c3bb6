/**
 * Formats a float as Go's strconv.FormatFloat(value, 'f', -1, 64) does: shortest digits that read back
 * the same, never an exponent; `NaN`, `+Inf`, `-Inf`.
 */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Infinity) return '+Inf';
  if (value === -Infinity) return '-Inf';
  if (Object.is(value, -0)) return '-0';
  const text = String(value);
  return text.includes('e') ? expandExponent(text) : text;
}

function expandExponent(text: string): string {
  const [mantissa = '', exponentText = '0'] = text.split('e');
  const exponent = Number(exponentText);
  const sign = mantissa.startsWith('-') ? '-' : '';
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.');
  const digits = whole + fraction;
  const point = whole.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  return sign + digits.padEnd(point, '0');
}

/** Go's 'g' format with the shortest digits: exponent below 1e-4 and from 1e21 up, two digits at least. */
export function formatFloatG(value: number): string {
  const size = Math.abs(value);
  return size === 0 || (size >= 1e-4 && size < 1e21)
    ? formatFloat(value)
    : formatWithExponent(value);
}

function formatWithExponent(value: number): string {
  if (!Number.isFinite(value)) return formatFloat(value);
  const [mantissa = '', exponentText = '0'] = value.toExponential().split('e');
  const exponent = Number(exponentText);
  const sign = exponent < 0 ? '-' : '+';
  return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/**
 * Go's strconv.FormatFloat(value, 'g', -1, 64), the form of exposition pages: as `formatFloatG`, but
 * with an exponent from 1e6 on.
 */
export function formatFloatCompact(value: number): string {
  return Math.abs(value) < 1e6 ? formatFloatG(value) : formatWithExponent(value);
}

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Whether a text is a plain decimal (`1`, `-.5`, `1e9`), which `Number` reads as Go does. Takes linear time. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}
