import { describe, expect, it } from 'vitest';
import { failuresOf } from './check-script.ts';
import { runScript } from './run.ts';
import { ScriptError } from './script-error.ts';

const LOAD = `
load 1m
  requests{job="a"} 0+10x5
  requests{job="b"} 1 2 _ stale 5
`;

describe('the runner of test scripts', () => {
  it('numbers evaluations by their line and goes on after a failed one', () => {
    const results = runScript(`${LOAD}
eval instant at 1m requests{job="a"}
  requests{job="a"} 11

eval instant at 1m requests{job="a"}
  requests{job="a"} 10
`);
    expect(results.map(({ lineNumber, ok }) => [lineNumber, ok])).toEqual([
      [6, false],
      [9, true],
    ]);
  });

  it.each([
    ['a wrong value', 'eval instant at 1m 1 + 1\n  3'],
    ['a series too many', 'eval instant at 1m requests\n  requests{job="a"} 10'],
    ['a series too few', 'eval instant at 0 requests{job="a"}\n  requests{job="a"} 0\n  x 1'],
    ['a missing failure', 'eval instant at 0 requests\n  expect fail'],
    ['another failure', 'eval instant at 0 requests[\n  expect fail msg: no'],
    [
      'a missing warning',
      'eval instant at 0 requests{job="a"}\n  expect warn\n  requests{job="a"} 0',
    ],
    [
      'an unexpected info',
      'eval instant at 5m sum(rate(requests[5m]))\n  expect no_info\n  {} 0.16',
    ],
    [
      'a point too many',
      'eval range from 0 to 2m step 1m requests{job="a"}\n  requests{job="a"} 0 10',
    ],
    [
      'a point too few',
      'eval range from 0 to 1m step 1m requests{job="a"}\n  requests{job="a"} 0 10 20',
    ],
    [
      'a wrong order',
      'eval instant at 0 sort(requests)\n  expect ordered\n  requests{job="b"} 1\n  requests{job="a"} 0',
    ],
    ['a wrong string', 'eval instant at 0 "a"\n  expect string "b"'],
  ])('reports %s', (_, evaluation) => {
    expect(failuresOf(`${LOAD}\n${evaluation}\n`)).toHaveLength(1);
  });

  it('forgets everything at clear', () => {
    const script = `${LOAD}\nclear\neval instant at 1m requests\n`;
    expect(failuresOf(script)).toEqual([]);
  });

  it('reads range vectors, strings and the old word for failure', () => {
    const script = `${LOAD}
eval instant at 2m requests{job="a"}[2m]
  expect range vector from 1m to 2m step 1m
  requests{job="a"} 10 20

eval instant at 0 "text"
  expect string "text"

eval_fail instant at 0 requests +
`;
    expect(failuresOf(script)).toEqual([]);
  });

  it('loads native histograms of classic ones', () => {
    const script = `
load_with_nhcb 1m
  lat_bucket{le="1"} 2
  lat_bucket{le="+Inf"} 5
  lat_sum 9
  lat_count 5

eval instant at 0 lat
  lat {{schema:-53 sum:9 count:5 custom_values:[1] buckets:[2 3]}}
`;
    expect(failuresOf(script)).toEqual([]);
  });

  it('loads start timestamps for the line below them', () => {
    const script = `
load 1m
  c{k="0"}@st -30s-1mx1 _
  c{k="0"} 1 2 3

eval range from 0 to 2m step 1m start_timestamp(c)
  {k="0"} -30 -30 0
`;
    expect(failuresOf(script)).toEqual([]);
  });

  it.each([
    ['an unknown command', 'evil instant at 0 x'],
    ['a bad load line', 'load 1m\n  metric 1 2 x'],
    ['a bad expectation', 'eval instant at 0 1\n  expect nonsense\n  1'],
  ])('refuses %s with its line', (_, script) => {
    expect(() => runScript(`\n${script}\n`)).toThrow(ScriptError);
    expect(() => runScript(`\n${script}\n`)).toThrow(/line [23]: /);
  });
});
