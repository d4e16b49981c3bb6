import { describe, expect, it } from 'vitest';
import { parseExpr } from '#promql';
import type { VectorSample } from '#contract';
import { cpuExpr, currentValuesQuery, MEMORY_EXPR, readCurrentValues } from './container-values.ts';

function sample(value: string, number: string, name?: string): VectorSample {
  const metric = { narthex_value: value, ...(name === undefined ? {} : { name }) };
  return { metric, value: [1, number] };
}

describe('the values of the list', () => {
  it.each([currentValuesQuery(60), cpuExpr(60), MEMORY_EXPR])(
    'are asked for with valid PromQL',
    (expr) => {
      expect(parseExpr(expr)).toMatchObject({ ok: true });
    },
  );

  it('are read by container, those of the host apart; what is no number is left out', () => {
    const result = [
      sample('cpu', '0.5', 'a'),
      sample('memoryBytes', '100', 'a'),
      sample('cpu', 'NaN', 'b'),
      sample('constructor', '1', 'b'),
      sample('sentBytes', '3', 'b'),
      sample('hostCpuShare', '0.25'),
      sample('somethingElse', '1'),
    ];
    const values = readCurrentValues({ resultType: 'vector', result });
    expect(Object.fromEntries(values.containers)).toEqual({
      a: { cpu: 0.5, memoryBytes: 100 },
      b: { sentBytes: 3 },
    });
    expect(values.host).toEqual({ hostCpuShare: 0.25 });
  });

  it('are none where the answer is no vector', () => {
    const values = readCurrentValues({ resultType: 'scalar', result: [1, '1'] });
    expect(values.containers.size).toBe(0);
  });
});
