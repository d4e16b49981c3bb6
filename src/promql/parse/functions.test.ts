import { expect, test } from 'vitest';
import { AGGREGATIONS, FUNCTIONS, functionSignature } from './functions.ts';
import { ALL_PARSER_OPTIONS, parseExpr } from './parse.ts';

const ARGUMENT: Readonly<Record<string, string>> = {
  vector: '{a="b"}',
  matrix: 'a[5m]',
  scalar: '1',
  string: '"x"',
};

test.each([...FUNCTIONS.values()].map((signature) => [signature.name, signature] as const))(
  '%s takes the arguments of its signature, and only with its option',
  (name, { argTypes, experimental, variadic }) => {
    const args = argTypes.map((type) => ARGUMENT[type]);
    const call = `${name}(${args.join(', ')})`;
    expect(parseExpr(call, ALL_PARSER_OPTIONS).ok).toBe(true);
    expect(parseExpr(call).ok).toBe(!experimental);
    if (variadic !== 0) {
      const shorter = `${name}(${args.slice(0, -1).join(', ')})`;
      expect(parseExpr(shorter, ALL_PARSER_OPTIONS).ok).toBe(true);
    }
  },
);

test.each(Object.entries(AGGREGATIONS))(
  '%s takes its parameter, and only with its option',
  (name, { paramType, experimental }) => {
    const param = paramType === undefined ? '' : `${ARGUMENT[paramType]}, `;
    expect(parseExpr(`${name}(${param}a)`, ALL_PARSER_OPTIONS).ok).toBe(true);
    expect(parseExpr(`${name}(${param}a)`).ok).toBe(!experimental);
    expect(parseExpr(`${name}(${param}a, a)`, ALL_PARSER_OPTIONS).ok).toBe(false);
  },
);

test('names count with their case, aliases are followed', () => {
  expect(functionSignature('Rate')).toBeUndefined();
  expect(functionSignature('toString')).toBeUndefined();
  expect(functionSignature('holt_winters')?.name).toBe('double_exponential_smoothing');
});
