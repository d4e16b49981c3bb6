import { describe, expect, test } from 'vitest';
import { parseExpr } from '#promql';
import {
  interpolate,
  type BuiltInScope,
  type InterpolationOptions,
  variablesIn,
} from './interpolate.ts';
import type { VariableValue, VariableValues } from './variable.ts';

function multi(...values: string[]): VariableValue {
  return { isMulti: true, isAll: false, isPattern: false, isLiteral: true, values, texts: values };
}

function one(value: string): VariableValue {
  const values = [value];
  return { isMulti: false, isAll: false, isPattern: false, values, texts: values };
}

function all(allValue: string, ...options: string[]): VariableValue {
  const isPattern = allValue !== '';
  const values = isPattern ? [allValue] : options;
  return { isMulti: false, isAll: true, isPattern, isLiteral: true, values, texts: ['All'] };
}

const SCOPE: BuiltInScope = {
  time: { fromMs: 1594671549254, toMs: 1594675149254, text: { from: 'now-1h', to: 'now' } },
  intervals: { intervalMs: 90_000, rateIntervalMs: 240_000 },
  dashboard: { uid: 'u1', title: 'Hosts' },
  field: { name: 'Value', displayName: 'a:1', labels: { job: 'api', 'a.b': 'dotted' } },
  value: { name: 'Value', raw: '1024', text: '1 KiB', numeric: 1024, timeMs: 1500 },
  row: [
    { name: 'Time', raw: '1500', text: '1970', numeric: 1500, timeMs: 1500 },
    { name: 'my job', raw: 'api', text: 'API', numeric: Number.NaN, timeMs: 1500 },
  ],
};

function write(
  text: string,
  values: VariableValues,
  format: InterpolationOptions['format'] = 'promql',
): string {
  return interpolate(text, values, SCOPE, { format, timeZone: 'utc' });
}

// Facts: grafana.com/docs/grafana/latest/dashboards/variables/variable-syntax.
describe('formats that a text names', () => {
  test.each([
    ['csv', 'test1,test2'],
    ['distributed', 'test1,servers=test2'],
    ['doublequote', '"test1","test2"'],
    ['glob', '{test1,test2}'],
    ['json', '["test1","test2"]'],
    ['lucene', '("test1" OR "test2")'],
    ['pipe', 'test1|test2'],
    ['raw', 'test1,test2'],
    ['regex', '(test1|test2)'],
    ['singlequote', "'test1','test2'"],
    ['sqlstring', "'test1','test2'"],
    ['text', 'test1 + test2'],
    ['queryparam', 'var-servers=test1&var-servers=test2'],
    ['customqueryparam:p-s:x-', 'p-s=x-test1&p-s=x-test2'],
    ['join: / ', 'test1 / test2'],
    ['percentencode', '%7Btest1%2Ctest2%7D'],
    ['uriencode', '%7Btest1,test2%7D'],
    ['html', 'test1, test2'],
    ['nosuchformat', '{test1,test2}'],
  ])('two values as %s', (format, expected) => {
    expect(write(`\${servers:${format}}`, { servers: multi('test1', 'test2') })).toBe(expected);
  });

  test.each([
    ['regex', 'test1.', 'test1\\.'],
    ['sqlstring', "test'1", "'test''1'"],
    ['singlequote', "a'b", "'a\\'b'"],
    ['doublequote', 'a"b', '"a\\"b"'],
    ['percentencode', 'foo()bar BAZ', 'foo%28%29bar%20BAZ'],
    ['percentencode', 'half \uD800 pair', 'half%20%EF%BF%BD%20pair'],
    ['uriencode', '/gp/it?a=b c', '/gp/it?a=b%20c'],
    ['json', 'plain', 'plain'],
    ['lucene', 'a:b c', 'a\\:b\\ c'],
    ['lucene', '-1.5', '-1.5'],
    ['html', '<a href="x">&\'', '&lt;a href=&quot;x&quot;&gt;&amp;&#39;'],
    ['date:YYYY', '1594671549254', '2020'],
    ['date', 'no date', 'NaN'],
  ])('one value as %s: %s', (format, value, expected) => {
    expect(write(`\${v:${format}}`, { v: one(value) })).toBe(expected);
  });

  test('all is $__all in a URL and All for people', () => {
    const values = { job: all('.*'), node: all('', 'a', 'b') };
    expect(write('${job:queryparam}&${node:queryparam}', values)).toBe(
      'var-job=$__all&var-node=$__all',
    );
    expect(write('${job:text} $node', values, 'text')).toBe('All All');
  });
});

describe('values in PromQL', () => {
  test.each([
    ['up{a=~"$v"}', multi('a', 'b'), 'up{a=~"(a|b)"}'],
    ['up{a=~"[[v]]"}', multi('x.y'), 'up{a=~"x\\\\.y"}'],
    ['up{a=~"${v}"}', multi('looking$glass'), 'up{a=~"looking\\\\$glass"}'],
    ['up{a=~"$v"}', multi('looking\\glass'), 'up{a=~"looking\\\\\\\\glass"}'],
    ['up{a=~"$v"}', one('web.*'), 'up{a=~"web.*"}'],
    ['up{a=~"$v"}', one('a\\d'), 'up{a=~"a\\\\d"}'],
    ['up{a=~"$v"}', all('.+'), 'up{a=~".+"}'],
    ['up{a=~"$v"}', all('', 'a.', 'b'), 'up{a=~"(a\\\\.|b)"}'],
    ['up{a=~"$v"}', all(''), 'up{a=~"()"}'],
    ['$v{a="b"}', one('up'), 'up{a="b"}'],
    ['{$v}', one('a="b"'), '{a="b"}'],
    // Beyond Grafana, whose answers to these find nothing or cannot be parsed.
    ['up{a="$v"}', multi('x.y:9100'), 'up{a="x.y:9100"}'],
    ['up{a!= "$v"}', multi('x.y'), 'up{a!= "x.y"}'],
    ['up{a="$v"}', one('say "hi"'), 'up{a="say \\"hi\\""}'],
    ["up{a='$v'}", one("it's"), "up{a='it\\'s'}"],
    ['up{a=~`$v`}', multi('x.y'), 'up{a=~`x\\.y`}'],
    ['# it\'s a note\nup{a=~"$v"}', multi('x.y'), '# it\'s a note\nup{a=~"x\\\\.y"}'],
  ])('%s with %j', (text, value, expected) => {
    const written = write(text, { v: value });
    expect(written).toBe(expected);
    expect(parseExpr(written).ok).toBe(true);
  });

  test.each([
    ['rate(x[$__rate_interval])', 'rate(x[4m])'],
    ['rate(x[${__interval}]) * $__interval_ms', 'rate(x[90s]) * 90000'],
    ['increase(x[$__range]) / $__range_s / $__range_ms', 'increase(x[3600s]) / 3600 / 3600000'],
    ['x[$window]', 'x[4m]'],
    ['label_replace(x, "a", "$1", "b", "(.*)")', 'label_replace(x, "a", "$1", "b", "(.*)")'],
    [
      '$timeFilter $unknown ${unknown:csv} [[unknown]]',
      '$timeFilter $unknown ${unknown:csv} [[unknown]]',
    ],
    ['x{a="$__auto_interval_i"}', 'x{a="5m"}'],
  ])('%s', (text, expected) => {
    const values = { window: one('$__rate_interval'), __auto_interval_i: one('5m') };
    expect(write(text, values)).toBe(expected);
  });

  test('a pattern for all may name another variable, a value may not name itself for ever', () => {
    const values = { env: one('prod'), job: all('$env-.*'), loop: all('$loop$loop') };
    expect(write('{job=~"$job"}', values)).toBe('{job=~"prod-.*"}');
    expect(write('$loop', values).length).toBeLessThan(200);
  });

  test('names of objects are no variables', () => {
    expect(write('$constructor ${__proto__} $toString', {})).toBe(
      '$constructor ${__proto__} $toString',
    );
  });
});

describe('built-in variables in titles and links', () => {
  test.each([
    ['${__from} $__to', '1594671549254 1594675149254'],
    ['${__from:date}', '2020-07-13T20:19:09.254Z'],
    ['${__from:date:iso}', '2020-07-13T20:19:09.254Z'],
    ['${__from:date:seconds}', '1594671549'],
    ['${__from:date:YYYY-MM}', '2020-07'],
    ['${__to:date:HH:mm:ss}', '21:19:09'],
    ['$__dashboard ${__dashboard.uid}', 'Hosts u1'],
    ['?${__url_time_range}', '?from=now-1h&to=now&timezone=utc'],
    ['?${__all_variables}', '?var-a=x%20y&var-b=1&var-b=2'],
    ['${__field.name} ${__field.labels.job} ${__field.labels["a.b"]}|', 'Value api dotted|'],
    ['${__field.labels.none}|', '|'],
    ['${__field.displayName} ${__series.name}', 'a:1 a:1'],
    ['${__value.raw} ${__value.text} ${__value.numeric} ${__value.time}', '1024 1 KiB 1024 1500'],
    ['${__data.fields.Time} ${__data.fields["my job"]} ${__data.fields[1].raw}', '1970 API api'],
    ['$__cell $__cell_1', '1 KiB API'],
    ['${__value.text:percentencode}', '1%20KiB'],
    ['${a} ${a.text}', 'x y x y'],
    ['$__timezone', 'UTC'],
  ])('%s', (text, expected) => {
    expect(write(text, { a: one('x y'), b: multi('1', '2') }, 'text')).toBe(expected);
  });

  test('what the scope does not know stays', () => {
    const text = '$__interval ${__from} ${__value.raw} ${__field.name} $__dashboard';
    expect(interpolate(text, {}, {}, { format: 'text', timeZone: '' })).toBe(text);
  });
});

test('the variables of a text are found in all spellings, each once', () => {
  expect(variablesIn('$a ${b:csv} [[c:raw]] $a ${d.text} $1 $$')).toEqual([
    'a',
    'b',
    'c',
    'd',
    '1',
  ]);
});

test('megabytes of half references are read in linear time', () => {
  const text = '${a:'.repeat(200_000) + '[[b:'.repeat(200_000);
  expect(write(text, { a: one('x') })).toBe(text);
});
