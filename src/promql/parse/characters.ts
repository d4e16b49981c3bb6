/** Classes of UTF-16 units. NaN, what charCodeAt gives behind the end, is in none. */

export function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x09 || unit === 0x0a || unit === 0x0d;
}

export function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39;
}

/** Letters of ASCII and `_`. */
export function isAlpha(unit: number): boolean {
  return (unit >= 0x61 && unit <= 0x7a) || (unit >= 0x41 && unit <= 0x5a) || unit === 0x5f;
}

export function isAlphaNumeric(unit: number): boolean {
  return isAlpha(unit) || isDigit(unit);
}

export function isHexDigit(unit: number): boolean {
  return isDigit(unit) || (unit >= 0x61 && unit <= 0x66) || (unit >= 0x41 && unit <= 0x46);
}

export function isUnderscore(unit: number): boolean {
  return unit === 0x5f;
}

export function isExponent(unit: number): boolean {
  return unit === 0x65 || unit === 0x45;
}
