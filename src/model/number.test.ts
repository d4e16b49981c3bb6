import { expect, test } from 'vitest';
import { formatFloat, formatFloatCompact, formatFloatG, isDecimal } from './number.ts';

// Value, strconv 'f', fmt %v, strconv 'g'; all with the shortest digits.
test.each([
  [0, '0', '0', '0'],
  [-0, '-0', '-0', '-0'],
  [1.5, '1.5', '1.5', '1.5'],
  [999_999, '999999', '999999', '999999'],
  [1_000_000, '1000000', '1000000', '1e+06'],
  [-1_234_567.5, '-1234567.5', '-1234567.5', '-1.2345675e+06'],
  [1e20, '100000000000000000000', '100000000000000000000', '1e+20'],
  [1e21, '1000000000000000000000', '1e+21', '1e+21'],
  [0.0001, '0.0001', '0.0001', '0.0001'],
  [0.00001, '0.00001', '1e-05', '1e-05'],
  [-2.5e-9, '-0.0000000025', '-2.5e-09', '-2.5e-09'],
  [Number.NaN, 'NaN', 'NaN', 'NaN'],
  [Infinity, '+Inf', '+Inf', '+Inf'],
  [-Infinity, '-Inf', '-Inf', '-Inf'],
])('%d is written as Go does', (value, plain, general, compact) => {
  expect(formatFloat(value)).toBe(plain);
  expect(formatFloatG(value)).toBe(general);
  expect(formatFloatCompact(value)).toBe(compact);
});

test.each([
  ['0', true],
  ['-12.', true],
  ['+.5', true],
  ['1.25e-7', true],
  ['1E+9', true],
  ['', false],
  ['.', false],
  ['1e', false],
  ['1.2.3', false],
  [' 1', false],
  ['0x1', false],
  ['Inf', false],
])('%j is a decimal: %s', (text, expected) => expect(isDecimal(text)).toBe(expected));

test('a long text that is nearly a decimal takes no time', () => {
  const digits = '1'.repeat(200_000);
  expect(isDecimal(`${digits}x`)).toBe(false);
  expect(isDecimal(`${digits}.${digits}x`)).toBe(false);
});
